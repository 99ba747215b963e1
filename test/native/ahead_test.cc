// A sink that renders ahead, over a device that does what the test says: a command is obeyed at the frame that is heard next,
// also where the device asks for more just then, and a device that gives no answer is fed all the same.
#include "sink/ahead.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "addon/synthetic.h"

using namespace segue;

namespace {

constexpr int kRate = 48000;
constexpr Frame kFrames = 20 * kRate;
constexpr std::chrono::milliseconds kStep{1};

// A server that plays when it is told to, and asks for what it has played when it is told to.
class Server final : public AheadStream {
 public:
  // A question for the position is followed by a request for more, and by its answer after so many rounds.
  static constexpr int kRounds = 3;
  static constexpr int kNever = -1;  // no answer comes

  bool open(int, Frame bufferFrames, std::string&) override {
    capacity_ = bufferFrames;
    wanted_ = bufferFrames;
    return true;
  }
  [[nodiscard]] bool isOpen() const override { return capacity_ > 0; }
  void close() override { capacity_ = 0; }
  [[nodiscard]] Frame capacityFrames() const override { return capacity_; }

  bool serve(int microseconds) override {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, std::chrono::microseconds(std::min(microseconds, 10'000)), [this] { return isWoken_; });
    isWoken_ = false;
    if (roundsLeft_ > 0) --roundsLeft_;
    return true;
  }
  void wake() override {
    {
      const std::lock_guard lock(mutex_);
      isWoken_ = true;
    }
    woken_.notify_one();
  }

  [[nodiscard]] Frame wanted() override {
    const std::lock_guard lock(mutex_);
    return wanted_ + back_;
  }
  float* begin(Frame& frames) override {
    piece_.resize(static_cast<std::size_t>(2 * frames));
    return piece_.data();
  }
  void write(const float*, Frame frames) override {
    const std::lock_guard lock(mutex_);
    wanted_ -= frames - back_;
    written_ += frames - back_;
    back_ = 0;
  }

  void askPosition() override {
    const std::lock_guard lock(mutex_);
    roundsLeft_ = rounds_;
    want();
  }
  [[nodiscard]] bool hasPosition() const override { return roundsLeft_ == 0; }
  [[nodiscard]] Frame aheadFrames() override {
    const std::lock_guard lock(mutex_);
    return written_ - played_;
  }
  [[nodiscard]] Frame retractable() override { return aheadFrames(); }
  Frame goBack(Frame frames) override {
    const std::lock_guard lock(mutex_);
    back_ = frames;
    return frames;
  }
  [[nodiscard]] Frame firstFrames() const override { return capacity_; }
  int takeUnderflows() override { return 0; }
  [[nodiscard]] const char* advice() const override { return "None."; }

  // From the test's thread.
  void answerNever() {
    const std::lock_guard lock(mutex_);
    rounds_ = kNever;
  }
  void ask() {
    const std::lock_guard lock(mutex_);
    want();
    isWoken_ = true;
    woken_.notify_one();
  }
  // Returns how far it has played.
  Frame play(Frame frames) {
    const std::lock_guard lock(mutex_);
    played_ += frames;
    return played_;
  }
  Frame written() {
    const std::lock_guard lock(mutex_);
    return written_;
  }

 private:
  // What it has played since it asked last.
  void want() { wanted_ = capacity_ - (written_ - played_); }

  std::mutex mutex_;
  std::condition_variable woken_;
  bool isWoken_ = false;
  int rounds_ = kRounds;
  int roundsLeft_ = kNever;
  Frame capacity_ = 0;
  Frame wanted_ = 0;
  Frame written_ = 0;
  Frame played_ = 0;
  Frame back_ = 0;
  std::vector<float> piece_;
};

struct Bench {
  Bench() {
    auto made = std::make_unique<Server>();
    server = made.get();
    sink = makeAheadSink(engine, std::move(made), "server", 0.1);
    std::string error;
    engine.offer({.plan = 1, .entry = 1, .start = 0, .end = kFrames},
                 "synthetic:frames=" + std::to_string(kFrames) + ",code=1");
    REQUIRE(sink->open(error));
    REQUIRE(sink->start(error));
    // What is rendered until the passage begins is silence: it is played, and more is asked for.
    REQUIRE(waitFor([this] {
      server->play(server->written() - server->play(0));
      server->ask();
      return engine.published().voices[0].entry == 1;
    }));
    REQUIRE(waitFor([this] {
      server->ask();
      return server->written() - server->play(0) == server->capacityFrames();
    }));
  }
  ~Bench() { sink->stop(); }

  static bool waitFor(const std::function<bool()>& condition) {
    for (int i = 0; i < 10'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(kStep);
    }
    return false;
  }
  Frame answerTo(std::uint32_t request) {
    Frame frame = -1;
    REQUIRE(waitFor([&] {
      std::vector<Event> events;
      std::vector<Answered> answers;
      engine.drain(events, answers);
      for (const Answered& answer : answers) {
        if (answer.request == request) frame = answer.frame;
      }
      return frame >= 0;
    }));
    return frame;
  }

  Engine engine{{.rate = kRate, .playing = true, .limiter = false}, openSynthetic, [] {}};
  Server* server = nullptr;
  std::unique_ptr<Sink> sink;
};

}  // namespace

TEST_CASE("a command is obeyed where it is heard next, also where the device asks for more before it says how far it is") {
  Bench bench;
  const Frame heard = bench.server->play(kRate / 6);
  CHECK(bench.answerTo(bench.engine.pause()) == heard);
  CHECK(bench.server->written() > heard);
}

TEST_CASE("a device that does not say how far it is gets its frames, and the command is obeyed behind them") {
  Bench bench;
  bench.server->answerNever();
  const Frame full = bench.server->written();
  bench.server->play(kRate / 6);
  CHECK(bench.answerTo(bench.engine.pause()) == full);
  CHECK(Bench::waitFor([&] { return bench.server->written() == full + kRate / 6; }));
}
