// The control side with real threads: decoders, the clock sink, failing and hanging sources, the sink's host.
#include "core/engine.h"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "addon/synthetic.h"
#include "sink/host.h"
#include "sink/null.h"

using namespace segue;

namespace {

Plan planOf(std::int64_t entry, std::int64_t after, Frame frames = 48000) {
  return {.plan = entry, .entry = entry, .after = after, .start = 0, .end = frames};
}
std::string pathOf(std::int64_t entry, Frame frames = 48000, const std::string& more = "") {
  return "synthetic:frames=" + std::to_string(frames) + ",code=" + std::to_string(entry) + more;
}
void sleepMs(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

struct Bench {
  explicit Bench(EngineConfig config) : engine(config, openSynthetic, [] {}) {}

  void take() {
    std::vector<Event> news;
    std::vector<Answered> more;
    engine.drain(news, more);
    for (Event& event : news) events.push_back(std::move(event));
    for (const Answered& answer : more) answers[answer.request] = answer;
  }
  bool waitFor(const std::function<bool()>& condition, int ms = 10000) {
    for (int i = 0; i < ms; ++i) {
      take();
      if (condition()) return true;
      sleepMs(1);
    }
    return false;
  }
  Answered answerTo(std::uint32_t request) {
    REQUIRE(waitFor([&] { return answers.contains(request); }));
    return answers[request];
  }
  const Event* find(EventType type, std::int64_t entry) const {
    for (const Event& event : events) {
      const std::int64_t of = type == EventType::voiceEnded ? event.ended.entry : event.entry;
      if (event.type == type && of == entry) return &event;
    }
    return nullptr;
  }
  std::vector<float> pull(Frame frames) {
    std::vector<float> out(static_cast<std::size_t>(2 * frames));
    engine.pull(out.data(), frames);
    take();
    return out;
  }

  Engine engine;
  std::vector<Event> events;
  std::map<std::uint32_t, Answered> answers;
};

EngineConfig manual() { return {.rate = 48000, .playing = true, .limiter = false, .manual = true}; }

}  // namespace

TEST_CASE("two passages in a row, every frame in its place") {
  Bench bench(manual());
  REQUIRE(bench.answerTo(bench.engine.offer(planOf(1, 0), pathOf(1))).isAccepted);
  auto out = bench.pull(100);
  REQUIRE(bench.answerTo(bench.engine.offer(planOf(2, 1), pathOf(2))).isAccepted);
  const auto rest = bench.pull(96900);
  out.insert(out.end(), rest.begin(), rest.end());
  bool isRight = true;
  for (std::size_t i = 0; i < 97000; ++i) {
    const float code = i < 48000 ? 0.25F : i < 96000 ? 0.125F : 0;
    const float frame = i < 96000 ? static_cast<float>(i % 48000) / 8388608.0F : 0;
    isRight = isRight && out[2 * i] == code && out[2 * i + 1] == frame;
  }
  CHECK(isRight);
  CHECK(bench.engine.snapshot().ended.size() == 2);
  bench.engine.acknowledge({1, 2});
  CHECK(bench.engine.snapshot().ended.empty());
}

TEST_CASE("a file longer than the ring, faster than real time, loses nothing") {
  EngineConfig config = manual();
  config.ringSeconds = 1;
  Bench bench(config);
  constexpr Frame kFrames = 48000 * 20;
  bench.engine.offer(planOf(1, 0, kFrames), pathOf(1, kFrames));
  const auto out = bench.pull(kFrames);
  bool isRight = true;
  for (std::size_t i = 0; i < kFrames; ++i) {
    isRight = isRight && out[2 * i + 1] == static_cast<float>(i) / 8388608.0F;
  }
  CHECK(isRight);
  CHECK(bench.engine.audioCounters().underruns == 0);
}

TEST_CASE("a ring takes memory when it is first needed, and none when it has not been needed for long") {
  EngineConfig config = manual();
  config.spareLimitNs = 0;
  Bench bench(config);
  const auto resident = [&] {
    const Engine::Memory memory = bench.engine.memory();
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> pages(memory.bytes / page);
    REQUIRE(mincore(const_cast<float*>(memory.rings), memory.bytes, pages.data()) == 0);
    return page * static_cast<std::size_t>(std::count_if(pages.begin(), pages.end(), [](unsigned char each) { return (each & 1) != 0; }));
  };
  const std::size_t ring = bench.engine.memory().bytes / kVoices;
  CHECK(resident() == 0);
  constexpr Frame kFrames = 48000 * 20;
  bench.engine.offer(planOf(1, 0, kFrames), pathOf(1, kFrames));
  REQUIRE(bench.waitFor([&] { return resident() > ring * 9 / 10; }));
  CHECK(resident() <= ring + 8192);
  bench.pull(512);
  bench.engine.offer(planOf(2, 1, kFrames), pathOf(2, kFrames));
  REQUIRE(bench.waitFor([&] { return resident() > ring * 19 / 10; }));
  bench.engine.withdraw(2);
  CHECK(bench.waitFor([&] { return resident() <= ring + 8192; }));
  // Given back, it serves as before.
  bench.engine.offer(planOf(3, 1, kFrames), pathOf(3, kFrames));
  REQUIRE(bench.waitFor([&] { return resident() > ring * 19 / 10; }));
  const auto out = bench.pull(kFrames + 1000);
  REQUIRE(bench.find(EventType::voiceStarted, 3));
  const auto at = static_cast<std::size_t>(bench.find(EventType::voiceStarted, 3)->frame) - 512;
  CHECK(out[2 * (at + 100) + 1] == 100.0F / 8388608.0F);
}

TEST_CASE("what cannot be opened is reported and dropped; missing files are told apart") {
  Bench bench(manual());
  bench.engine.offer(planOf(1, 0), "synthetic:open=missing");
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceFailed, 1); }));
  CHECK(bench.find(EventType::voiceFailed, 1)->isMissing);
  bench.engine.offer(planOf(2, 0), "synthetic:open=broken");
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceFailed, 2); }));
  CHECK_FALSE(bench.find(EventType::voiceFailed, 2)->isMissing);
  CHECK(bench.answerTo(bench.engine.offer(planOf(3, 0), pathOf(3))).isAccepted);
  bench.pull(512);
  CHECK(bench.find(EventType::voiceStarted, 3));
}

TEST_CASE("a file that ends early plays to its end from half on, and is skipped below") {
  Bench bench(manual());
  bench.engine.offer(planOf(1, 0), pathOf(1, 48000, ",real=30000"));
  bench.pull(1000);
  bench.engine.offer(planOf(2, 1), pathOf(2, 48000, ",real=20000"));
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceFailed, 2); }));
  bench.engine.offer(planOf(3, 1), pathOf(3));
  bench.pull(40000);
  REQUIRE(bench.find(EventType::endedEarly, 1));
  CHECK(bench.find(EventType::endedEarly, 1)->at == 30000);
  REQUIRE(bench.find(EventType::voiceStarted, 3));
  CHECK(bench.find(EventType::voiceStarted, 3)->frame == 30000);
  CHECK(bench.find(EventType::voiceEnded, 1)->ended.reason == VoiceEnd::natural);
}

TEST_CASE("a source that breaks before half, while it sounds, ends as failed") {
  EngineConfig config = manual();
  config.ringSeconds = 1;
  Bench bench(config);
  constexpr Frame kFrames = 48000 * 10;
  bench.engine.offer(planOf(1, 0, kFrames), pathOf(1, kFrames, ",breaks=100000"));
  bench.pull(200000);
  REQUIRE(bench.find(EventType::voiceEnded, 1));
  CHECK(bench.find(EventType::voiceEnded, 1)->ended.reason == VoiceEnd::failed);
  CHECK(bench.find(EventType::voiceEnded, 1)->ended.at <= 100000);
}

TEST_CASE("the same entry again is planned anew without being decoded anew") {
  Bench bench(manual());
  bench.engine.offer(planOf(1, 0), pathOf(1));
  bench.pull(100);
  bench.engine.offer(planOf(2, 1), pathOf(2));
  Plan again = planOf(2, 1);
  again.plan = 7;
  again.generation = 1;
  again.overlap = 1000;
  CHECK(bench.answerTo(bench.engine.offer(again, pathOf(2))).isAccepted);
  CHECK(bench.engine.snapshot().nextPlan == 7);
  bench.pull(48000);
  CHECK(bench.find(EventType::voiceStarted, 2)->frame == 47000);
  CHECK(bench.find(EventType::voiceStarted, 2)->plan == 7);
}

TEST_CASE("the next one lets what sounds play on to another end, and gives that back when it is withdrawn") {
  for (const bool isWithdrawn : {false, true}) {
    Bench bench(manual());
    Plan first = planOf(1, 0);
    first.end = 24000;
    bench.engine.offer(first, pathOf(1));
    bench.pull(100);
    Plan second = planOf(2, 1);
    second.previousEnd = 48000;
    REQUIRE(bench.answerTo(bench.engine.offer(second, pathOf(2))).isAccepted);
    bench.pull(10000);
    if (isWithdrawn) REQUIRE(bench.engine.withdraw(2) == Withdrawal::withdrawn);
    const auto out = bench.pull(48000);
    bool isRight = true;
    const std::size_t end = isWithdrawn ? 24000 : 48000;
    for (std::size_t i = 0; i < 48000; ++i) {
      const std::size_t at = i + 10100;
      const float frame = at < end ? static_cast<float>(at) : isWithdrawn ? 0 : static_cast<float>(at - end);
      isRight = isRight && out[2 * i + 1] == frame / 8388608.0F;
    }
    CHECK(isRight);
    CHECK(bench.find(EventType::voiceEnded, 1)->ended.at == static_cast<Frame>(end));
    CHECK((bench.find(EventType::voiceStarted, 2) != nullptr) == !isWithdrawn);
    CHECK(bench.engine.audioCounters().underruns == 0);
  }
}

TEST_CASE("withdraw: taken back, not loaded, too late") {
  Bench bench(manual());
  bench.engine.offer(planOf(1, 0), pathOf(1));
  bench.pull(100);
  bench.engine.offer(planOf(2, 1), pathOf(2));
  CHECK(bench.engine.withdraw(2) == Withdrawal::withdrawn);
  CHECK(bench.engine.withdraw(2) == Withdrawal::notLoaded);
  CHECK(bench.engine.withdraw(1) == Withdrawal::tooLate);
  bench.pull(60000);
  CHECK(bench.engine.withdraw(1) == Withdrawal::tooLate);
  CHECK_FALSE(bench.find(EventType::voiceStarted, 2));
}

TEST_CASE("seek is exact, backwards too, and works during a crossfade with the next one loaded") {
  Bench bench(manual());
  bench.engine.offer(planOf(1, 0, 96000), pathOf(1, 96000));
  bench.pull(50000);
  Plan second = planOf(2, 1, 96000);
  second.overlap = 24000;
  bench.engine.offer(second, pathOf(2, 96000));
  bench.pull(30000);
  bench.engine.offer(planOf(3, 2), pathOf(3));
  const std::uint32_t request = bench.engine.seek(2, 70001);
  bench.engine.pullNothing();
  const auto answer = bench.answerTo(request);
  REQUIRE(answer.isAccepted);
  const auto out = bench.pull(1000);
  CHECK(out[2 * 900 + 1] == (70001.0F + 900 + static_cast<float>(80000 - answer.frame)) / 8388608.0F);
  CHECK(out[2 * 900] == 0.125F);
  bench.pull(30000);
  CHECK(bench.find(EventType::voiceStarted, 3));
}

TEST_CASE("with every place taken the next starts with the very frame after the end that frees one") {
  Bench bench(manual());
  const auto offer = [&bench](std::int64_t entry, Frame frames, Frame overlap) {
    Plan plan = planOf(entry, entry - 1, frames);
    plan.overlap = overlap;
    CHECK(bench.answerTo(bench.engine.offer(plan, pathOf(entry, frames))).isAccepted);
  };
  offer(1, 96000, 0);
  bench.pull(1000);
  offer(2, 96000, 48000);
  bench.pull(60000);
  // 2 has begun; 1 and then 2 fade out while 3 begins, and 4 is due before either is gone.
  bench.engine.skip(1, 4800, VoiceEnd::skipped);
  bench.pull(100);
  offer(3, 3000, 0);
  bench.engine.skip(2, 24000, VoiceEnd::skipped);
  bench.pull(100);
  offer(4, 48000, 2950);
  bench.pull(30000);
  const Event* fourth = bench.find(EventType::voiceStarted, 4);
  REQUIRE(fourth);
  Frame freed = 1 << 30;
  for (const std::int64_t entry : {1, 2, 3}) {
    const Event* ended = bench.find(EventType::voiceEnded, entry);
    REQUIRE(ended);
    freed = std::min(freed, ended->ended.endedAt);
  }
  CHECK(fourth->frame == freed);
}

TEST_CASE("events that nobody takes overflow into one flag, and the account stays whole") {
  EngineConfig config = manual();
  config.eventLimit = 4;
  Bench bench(config);
  std::vector<float> out(2 * 1000);
  for (std::int64_t entry = 1; entry <= 10; ++entry) {
    bench.engine.offer(planOf(entry, entry - 1, 1000), pathOf(entry, 1000));
    bench.engine.pull(out.data(), 900);
  }
  CHECK(bench.engine.snapshot().ended.size() >= 8);
  bench.take();
  CHECK(bench.events.size() == 5);
  CHECK(bench.events.back().type == EventType::overflow);
}

TEST_CASE("a hanging open or read is given up after the limit, and the next entry plays") {
  EngineConfig config = manual();
  config.hangLimitNs = 200'000'000;
  config.ringSeconds = 1;
  Bench bench(config);
  bench.engine.offer(planOf(1, 0), pathOf(1, 48000, ",stall=0"));
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceFailed, 1); }));
  bench.engine.offer(planOf(2, 0, 480000), pathOf(2, 480000, ",hang=300000"));
  bench.pull(250000);
  bench.engine.offer(planOf(3, 2), pathOf(3));
  bench.pull(100000);
  REQUIRE(bench.find(EventType::voiceEnded, 2));
  REQUIRE(bench.find(EventType::voiceStarted, 3));
  CHECK(bench.waitFor([&] { return bench.engine.leakedSources() == 1; }));
  releaseSyntheticHangs();
}

TEST_CASE("with the clock: play, pause, skip, seek, close from another thread") {
  Bench bench({.rate = 48000, .playing = true, .limiter = true});
  SinkHost host(bench.engine, [](const SinkChoice&, Engine& engine, std::string&) -> std::unique_ptr<Sink> {
    return std::make_unique<NullSink>(engine);
  });
  host.switchTo({}, [](bool, const std::string&) {});
  CHECK(bench.answerTo(bench.engine.offer(planOf(1, 0, 480000), pathOf(1, 480000))).isAccepted);
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceStarted, 1); }));
  CHECK(bench.answerTo(bench.engine.seek(1, 100000)).isAccepted);
  CHECK(bench.answerTo(bench.engine.pause()).isAccepted);
  const Snapshot paused = bench.engine.snapshot();
  sleepMs(50);
  const Snapshot later = bench.engine.snapshot();
  CHECK(later.state.streamFrame > paused.state.streamFrame);
  CHECK(later.state.voices[0].at == paused.state.voices[0].at);
  CHECK(bench.answerTo(bench.engine.play(100)).isAccepted);
  CHECK(bench.answerTo(bench.engine.offer(planOf(2, 1), pathOf(2))).isAccepted);
  CHECK(bench.answerTo(bench.engine.skip(1, 480, VoiceEnd::skipped)).isAccepted);
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceStarted, 2); }));
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceEnded, 1); }));
  CHECK(bench.answerTo(bench.engine.close(480)).isAccepted);
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceEnded, 2); }));
  CHECK(bench.find(EventType::voiceEnded, 2)->ended.reason == VoiceEnd::stopped);
}

namespace {
std::atomic<bool> isUnplugged{false};

// A device that stops when it is unplugged.
class Fragile final : public Sink {
 public:
  explicit Fragile(Engine& engine) : inner_(engine) {}
  bool start(std::string& error) override { return inner_.start(error); }
  void stop() override { inner_.stop(); }
  bool isLost(std::string& why) override {
    if (!isUnplugged) return false;
    inner_.stop();
    why = "unplugged";
    return true;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Realtime realtime() const override { return Realtime::no; }

 private:
  NullSink inner_;
  std::string name_ = "fragile";
};
}  // namespace

TEST_CASE("a device that cannot be opened costs no gap: what played goes on") {
  class Busy final : public Sink {
   public:
    bool open(std::string& error) override {
      error = "busy";
      return false;
    }
    bool start(std::string&) override { return false; }
    void stop() override {}
    bool isLost(std::string&) override { return false; }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] Realtime realtime() const override { return Realtime::notApplicable; }

   private:
    std::string name_ = "busy";
  };
  Bench bench({.rate = 48000, .playing = true, .limiter = true});
  SinkHost host(bench.engine,
                [](const SinkChoice& choice, Engine& engine, std::string&) -> std::unique_ptr<Sink> {
                  if (choice.device == "busy") return std::make_unique<Busy>();
                  return std::make_unique<NullSink>(engine);
                });
  std::atomic<int> result{0};
  const auto note = [&result](bool isOk, const std::string&) { result = isOk ? 1 : 2; };
  host.switchTo({.kind = SinkChoice::portaudio, .device = "fine"}, note);
  REQUIRE(bench.waitFor([&] { return result == 1; }));
  result = 0;
  host.switchTo({.kind = SinkChoice::portaudio, .device = "busy"}, note);
  REQUIRE(bench.waitFor([&] { return result == 2; }));
  CHECK_FALSE(bench.find(EventType::streamLost, 0));
  CHECK(host.name() == "null");
}

TEST_CASE("a device that goes is reported, and the clock goes on with the position kept") {
  Bench bench({.rate = 48000, .playing = true, .limiter = true});
  SinkHost host(bench.engine,
                [](const SinkChoice& choice, Engine& engine, std::string& error) -> std::unique_ptr<Sink> {
                  if (choice.device == "fragile") return std::make_unique<Fragile>(engine);
                  error = "no such device";
                  return nullptr;
                });
  host.switchTo({.kind = SinkChoice::portaudio, .device = "fragile"}, [](bool, const std::string&) {});
  bench.engine.offer(planOf(1, 0, 480000), pathOf(1, 480000));
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::voiceStarted, 1); }));
  // The voice may begin before the host has written the name down.
  REQUIRE(bench.waitFor([&] { return host.name() == "fragile"; }));
  isUnplugged = true;
  REQUIRE(bench.waitFor([&] { return bench.find(EventType::streamLost, 0); }));
  REQUIRE(bench.waitFor([&] { return host.name() == "null"; }));
  const Frame before = bench.engine.snapshot().state.voices[0].at;
  REQUIRE(bench.waitFor([&] { return bench.engine.snapshot().state.voices[0].at > before; }));
  std::atomic<int> result{0};
  host.switchTo({.kind = SinkChoice::portaudio, .device = "gone"},
                [&result](bool isOk, const std::string&) { result = isOk ? 1 : 2; });
  CHECK(bench.waitFor([&] { return result == 2; }));
  CHECK(host.name() == "null");
}
