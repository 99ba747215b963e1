// See engine.h. Here: what the JavaScript thread reads. Changes nothing that sounds.
#include <algorithm>
#include <iterator>

#include "core/engine.h"

namespace segue {

Snapshot Engine::snapshot() {
  const std::lock_guard lock(mutex_);
  Snapshot result;
  // A period may end between reading the state and reading what ended: then both are read again. Periods last
  // milliseconds, this takes microseconds.
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t sequence = channel_.state.read(result.state);
    drainRecords();
    reapOffers();
    reapPlaces();
    if (channel_.state.sequence() == sequence) break;
  }
  result.ended = ended_;
  // Decoders go on between two periods.
  for (PublishedVoice& voice : result.state.voices) {
    for (std::size_t i = 0; i < kVoices; ++i) {
      if (!places_[i].isSounding || places_[i].entry != voice.entry) continue;
      voice.buffered = slots_[i].ring.buffered();
    }
  }
  for (std::size_t i = 0; i < kOffers; ++i) {
    const Offer& offer = offers_[i];
    if (!tickets_[i].isUsed || tickets_[i].isSeek || offer.plan.plan != result.state.nextPlan) continue;
    if (offer.state.load(std::memory_order_acquire) != Offer::attached) continue;
    const int slot = offer.slot.load(std::memory_order_relaxed);
    result.hasNext = true;
    result.nextEntry = offer.plan.entry;
    result.nextPlan = offer.plan.plan;
    result.nextBuffered = slot < 0 ? 0 : slots_[static_cast<std::size_t>(slot)].ring.buffered();
  }
  return result;
}

PublishedState Engine::published() const {
  PublishedState state;
  channel_.state.read(state);
  return state;
}

void Engine::acknowledge(const std::vector<std::int64_t>& entries) {
  const std::lock_guard lock(mutex_);
  std::erase_if(ended_, [&entries](const EndedVoice& voice) {
    return std::find(entries.begin(), entries.end(), voice.entry) != entries.end();
  });
}

void Engine::drain(std::vector<Event>& events, std::vector<Answered>& answers) {
  const std::lock_guard lock(mutex_);
  drainRecords();
  collectAnswers();
  events.assign(std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end()));
  events_.clear();
  if (hasOverflowed_) events.push_back({.type = EventType::overflow, .frame = streamFrame()});
  hasOverflowed_ = false;
  answers.swap(answers_);
  answers_.clear();
}

std::uint64_t Engine::concealedPackets() {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = concealedBefore_;
  for (const Place& place : places_) {
    if (place.job) sum += place.job->concealed();
  }
  return sum;
}

std::uint64_t Engine::leakedSources() {
  const std::lock_guard lock(mutex_);
  return leaked_;
}

}  // namespace segue
