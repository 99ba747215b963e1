// A renderer on a bench: rings filled by hand, commands pushed by hand, output collected. One thread.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "core/channel.h"
#include "core/renderer.h"

namespace segue {

using Signal = std::function<double(Frame)>;

struct Rig {
  explicit Rig(RendererConfig config = {.rate = 48000, .playing = true, .limiter = false}, double volume = 1)
      : memory(kVoices, std::vector<float>(2 * kCapacity)) {
    channel.volumeGain = volume;
    for (std::size_t i = 0; i < kVoices; ++i) slots[i].ring.bind(memory[i].data(), kCapacity, kKept);
    renderer = std::make_unique<Renderer>(config, channel, slots);
  }

  // Decodes `signal` (left; right is its negative) into a slot, from the plan's first frame up to `upTo`.
  void fill(int slot, const Plan& plan, const Signal& signal, Frame upTo = -1) {
    VoiceRing& ring = slots[static_cast<std::size_t>(slot)].ring;
    ring.reset(plan.first());
    slots[static_cast<std::size_t>(slot)].released = false;
    write(slot, signal, plan.first(), upTo < 0 ? plan.end : upTo);
    if (upTo < 0) ring.finish(false);
  }
  void write(int slot, const Signal& signal, Frame from, Frame upTo) {
    for (Frame at = from; at < upTo; ++at) {
      const float frame[2] = {static_cast<float>(signal(at)), static_cast<float>(-signal(at))};
      slots[static_cast<std::size_t>(slot)].ring.write(frame, 1);
    }
  }

  Offer& offer(const Plan& plan, int slot) {
    offers.push_back(std::make_unique<Offer>());
    Offer& made = *offers.back();
    made.plan = plan;
    made.slot = slot;
    made.state = Offer::offered;
    return made;
  }
  int push(Command command) {
    command.cell = cell++ % AnswerTable::kCells;
    channel.answers.clear(command.cell);
    channel.commands.push(command);
    return command.cell;
  }
  int pushOffer(const Plan& plan, int slot) {
    return push({.type = CommandType::offer, .entry = plan.entry, .offer = &offer(plan, slot)});
  }
  // Obeys now and says what the answer was.
  Frame now(Command command) {
    const int at = push(command);
    renderer->render(nullptr, 0);
    return channel.answers.get(at);
  }
  Frame offerNow(const Plan& plan, int slot) {
    return now({.type = CommandType::offer, .entry = plan.entry, .offer = &offer(plan, slot)});
  }

  void render(Frame frames, int period = 512) {
    while (frames > 0) {
      const int count = static_cast<int>(std::min<Frame>(frames, period));
      const std::size_t at = out.size();
      out.resize(at + 2 * static_cast<std::size_t>(count));
      renderer->render(out.data() + at, count);
      frames -= count;
    }
  }
  [[nodiscard]] double left(Frame at) const {
    return static_cast<double>(out[static_cast<std::size_t>(2 * at)]);
  }
  [[nodiscard]] double right(Frame at) const {
    return static_cast<double>(out[static_cast<std::size_t>(2 * at + 1)]);
  }

  std::vector<Record> records() {
    std::vector<Record> result;
    Record record;
    while (channel.records.pop(record)) result.push_back(record);
    return result;
  }
  PublishedState state() {
    PublishedState result;
    channel.state.read(result);
    return result;
  }

  static constexpr Frame kCapacity = 480000;
  static constexpr Frame kKept = 24000;
  Channel channel;
  std::vector<std::vector<float>> memory;
  std::array<VoiceSlot, kVoices> slots;
  std::vector<std::unique_ptr<Offer>> offers;
  std::unique_ptr<Renderer> renderer;
  std::vector<float> out;
  int cell = 0;
};

}  // namespace segue
