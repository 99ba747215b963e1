// Another sink takes over the renderer, a hundred times, each on a thread of its own, while passages begin, end and are
// acted on: what all of them were heard to play joins to the frame. Under TSan this proves that a renderer may be handed
// from thread to thread, under RTSan that being held, released, taken back and taken over stays within the law.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "addon/synthetic.h"
#include "core/engine.h"
#include "sink/host.h"
#include "sink/null.h"

using namespace segue;

namespace {

constexpr int kRate = 8000;
constexpr Frame kPeriod = kRate / 100;
constexpr Frame kAhead = kRate / 4;
constexpr Frame kHold = kRate * 5 / 1000;
constexpr Frame kRelease = kRate * 10 / 1000;
constexpr std::chrono::milliseconds kStep{1};

// What each sink was heard to play, one after the other. Written by the host's thread while no sink runs.
using Tape = std::vector<std::vector<float>>;
Tape* tape = nullptr;
std::atomic<bool> isToBreak{false};

// A device ten times faster than real time. "near": a period at a time. "far": rendered ahead, and taken back when it
// is nudged. It plays out what sounds before it stops.
class Device final : public Sink {
 public:
  Device(Engine& engine, std::string name)
      : engine_(engine), name_(std::move(name)), ahead_(name_ == "far" ? kAhead : 0) {}
  ~Device() override { stop(); }

  bool start(std::string&) override {
    thread_ = std::thread([this] { run(); });
    if (ahead_ > 0) engine_.setNudge([this] { isNudged_ = true; });
    return true;
  }
  void stop() override {
    engine_.setNudge(nullptr);
    isStopping_ = true;
    if (!thread_.joinable()) return;
    thread_.join();
    while (!written_.empty() && written_.back() == 0.0F) written_.pop_back();
    if (written_.size() % 2 != 0) written_.push_back(0);
    if (tape) tape->push_back(std::move(written_));
  }
  bool isLost(std::string& why) override {
    why = "broken";
    return isBroken_;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Realtime realtime() const override { return Realtime::notApplicable; }

 private:
  [[nodiscard]] Frame written() const { return static_cast<Frame>(written_.size() / 2); }

  void run() {
    while (!isStopping_) {
      if (isToBreak.exchange(false)) {
        takeBack();
        isBroken_ = true;
        return;
      }
      if (isNudged_.exchange(false)) takeBack();
      fill();
      std::this_thread::sleep_for(kStep);
      played_ = std::min(played_ + kPeriod, written());
    }
    // A hold may have been obeyed where nothing was wanted: then its ramp is still to be heard.
    if (engine_.renderer().isSatisfied(kPeriod)) append();
  }
  void append() {
    const std::size_t at = written_.size();
    written_.resize(at + 2 * kPeriod);
    engine_.renderer().render(written_.data() + at, static_cast<int>(kPeriod));
  }
  void fill() {
    Renderer& renderer = engine_.renderer();
    while (written() < played_ + kPeriod + ahead_) {
      // Every other one that is ahead looks first whether all is decoded, as a sink does; a device cannot wait.
      if (!renderer.isSatisfied(kPeriod)) return;
      append();
    }
    // Commands are obeyed also where nothing is wanted.
    renderer.render(nullptr, 0);
  }
  void takeBack() {
    Renderer& renderer = engine_.renderer();
    const Frame kept = static_cast<Frame>(kRate) * kKeptMs / 1000;
    const Frame frames = std::min({written() - played_, renderer.retractable(), kept});
    renderer.takeBack(frames);
    written_.resize(written_.size() - 2 * static_cast<std::size_t>(frames));
  }

  Engine& engine_;
  const std::string name_;
  const Frame ahead_;
  std::vector<float> written_;
  Frame played_ = 0;
  std::atomic<bool> isStopping_{false};
  std::atomic<bool> isNudged_{false};
  std::atomic<bool> isBroken_{false};
  std::thread thread_;
};

std::unique_ptr<Sink> makeDevice(const SinkChoice& choice, Engine& engine, std::string&) {
  if (choice.kind == SinkChoice::null) return std::make_unique<NullSink>(engine);
  return std::make_unique<Device>(engine, choice.device);
}

// However slow a sanitizer makes a busy machine: no sink is taken away before it has obeyed.
constexpr std::int64_t kPatienceNs = 30'000'000'000;

EngineConfig config() { return {.rate = kRate, .playing = true, .limiter = true, .ringSeconds = 4}; }

std::string pathOf(std::int64_t entry, Frame frames) {
  return "synthetic:frames=" + std::to_string(frames) + ",code=" + std::to_string(entry);
}

// Waits until it is done.
void switchTo(SinkHost& host, const SinkChoice& choice) {
  std::atomic<bool> isDone{false};
  host.switchTo(choice, [&isDone](bool, const std::string&) { isDone = true; });
  while (!isDone) std::this_thread::sleep_for(kStep);
}

struct Run {
  Frame first = -1;
  Frame last = -1;
};

// The file frames that a tape of code 1 gives in full; whether these follow one another.
Run steadyRun(const std::vector<float>& samples, bool& isWhole) {
  Run run;
  for (std::size_t i = 0; i < samples.size(); i += 2) {
    if (samples[i] != 0.25F) continue;
    const auto frame = static_cast<Frame>(static_cast<double>(samples[i + 1]) * (1 << 23));
    if (run.first < 0) run.first = frame;
    isWhole = isWhole && (run.last < 0 || frame == run.last + 1);
    run.last = frame;
  }
  return run;
}

}  // namespace

TEST_CASE("a hundred switches between two kinds of sink lose no frame and repeat none") {
  Tape heard;
  tape = &heard;
  {
    EngineConfig patient = config();
    patient.holdLimitNs = kPatienceNs;
    Engine engine(patient, openSynthetic, [] {});
    SinkHost host(engine, makeDevice);
    switchTo(host, {.kind = SinkChoice::portaudio, .device = "near"});
    const Frame frames = 200 * kRate;
    engine.offer({.plan = 1, .entry = 1, .end = frames}, pathOf(1, frames));
    std::mt19937 random(7);
    for (int i = 0; i < 100; ++i) {
      // Longer than both ramps.
      std::this_thread::sleep_for(std::chrono::milliseconds(4 + random() % 20));
      switchTo(host, {.kind = SinkChoice::portaudio, .device = random() % 3 == 0 ? "near" : "far"});
    }
    host.stop();
    CHECK(engine.audioCounters().underruns == 0);
  }
  tape = nullptr;
  CHECK(heard.size() == 101);
  bool isWhole = true;
  Frame last = -1;
  int joined = 0;
  for (const std::vector<float>& samples : heard) {
    const Run run = steadyRun(samples, isWhole);
    if (run.first < 0) continue;
    // The first frame under a hold is the music's own; the ramp of a release begins with that frame.
    if (last >= 0) {
      CHECK(run.first == last + kRelease);
      ++joined;
    }
    last = run.last;
  }
  CHECK(isWhole);
  CHECK(joined > 90);
  static_assert(kHold < kRelease);
}

TEST_CASE("whatever is asked while sinks come, go and break: an entry sounds at most once, and nothing is left") {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    Engine engine(config(), openSynthetic, [] {});
    SinkHost host(engine, makeDevice);
    switchTo(host, {.kind = SinkChoice::portaudio, .device = "far"});
    std::mt19937 random(seed);
    const auto below = [&random](int limit) {
      return static_cast<Frame>(random() % static_cast<unsigned>(limit));
    };
    std::vector<Event> events;
    std::vector<Answered> answers;
    std::set<std::int64_t> started;
    const auto take = [&] {
      engine.drain(events, answers);
      for (const Event& event : events) {
        if (event.type == EventType::voiceStarted) CHECK(started.insert(event.entry).second);
      }
    };
    std::int64_t last = 0;
    for (int step = 0; step < 200; ++step) {
      const Snapshot snapshot = engine.snapshot();
      std::int64_t current = 0;
      for (const PublishedVoice& voice : snapshot.state.voices) {
        if (voice.isCurrent != 0) current = voice.entry;
      }
      switch (below(9)) {
        case 0:
        case 1: {
          const Frame frames = 3000 + below(3000);
          ++last;
          Plan plan{.plan = last, .entry = last, .after = current, .end = frames, .gain = 1.5, .overlap = below(2000)};
          plan.fadeIn = {plan.overlap, Curve::equalPower};
          plan.fadeOut = {below(2000), Curve::cosine};
          engine.offer(plan, pathOf(last, frames));
          break;
        }
        case 2:
          engine.skip(current, below(400), VoiceEnd::skipped);
          break;
        case 3:
          engine.seek(current, below(6000));
          break;
        case 4:
          engine.pause();
          engine.play(below(800));
          break;
        case 5:
          engine.setVolume(static_cast<double>(below(100)) / 100);
          break;
        case 6:
          switchTo(host, {});
          break;
        case 7:
          // It shows only when the host looks, twice a second: meanwhile the next switch finds it dead.
          isToBreak = below(8) == 0;
          [[fallthrough]];
        default:
          switchTo(host, {.kind = SinkChoice::portaudio, .device = below(2) == 0 ? "near" : "far"});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(below(8)));
      take();
    }
    isToBreak = false;
    switchTo(host, {.kind = SinkChoice::portaudio, .device = "far"});
    const std::uint32_t closing = engine.close(100);
    bool isClosed = false;
    for (int i = 0; i < 5000 && !isClosed; ++i) {
      take();
      for (const Answered& answer : answers) isClosed = isClosed || answer.request == closing;
      std::this_thread::sleep_for(kStep);
    }
    CHECK(isClosed);
    host.stop();
    const Snapshot snapshot = engine.snapshot();
    std::set<std::int64_t> ended;
    for (const EndedVoice& voice : snapshot.ended) {
      CHECK(ended.insert(voice.entry).second);
      CHECK(voice.heard <= voice.endedAt - voice.startedAt);
    }
    take();
    CHECK(ended == started);
    CHECK(started.size() > 5);
  }
}
