// A sink whose frames somebody else carries: what the carrier is given, that it is waited for, and what is given anew when
// its device is lost.
#include "sink/fed.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "addon/synthetic.h"
#include "sink/host.h"
#include "sink/null.h"

using namespace segue;

namespace {

constexpr Frame kFrames = 480000;
constexpr Frame kChunk = 512;

bool waitFor(const std::function<bool()>& condition) {
  for (int i = 0; i < 10000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

Frame at(Engine& engine) { return engine.snapshot().state.voices[0].at; }

void offer(Engine& engine) {
  engine.offer({.plan = 1, .entry = 1, .start = 0, .end = kFrames},
               "synthetic:frames=" + std::to_string(kFrames) + ",code=1");
}

std::unique_ptr<Sink> make(const SinkChoice& choice, Engine& engine, std::string& error) {
  error = choice.error;
  if (!error.empty()) return nullptr;
  if (choice.kind == SinkChoice::null) return std::make_unique<NullSink>(engine);
  return std::make_unique<FedSink>(engine, choice.feed, choice.device, choice.wake);
}

// As JavaScript does: asks when it has room, ends when it is told to, and says so when all was heard.
struct Carrier {
  explicit Carrier(Engine& target) : engine(target), thread([this] { run(); }) {}
  ~Carrier() { thread.join(); }

  void run() {
    std::vector<float> chunk(2 * kChunk);
    while (!feed->isClosed()) {
      if (feed->render(engine, chunk.data(), kChunk)) carried.insert(carried.end(), chunk.begin(), chunk.end());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    hasDrained = true;
    feed->finish();
  }

  Engine& engine;
  std::shared_ptr<Feed> feed = std::make_shared<Feed>();
  std::vector<float> carried;
  std::atomic<bool> hasDrained{false};
  std::thread thread;
};

}  // namespace

TEST_CASE("its carrier gets every frame, is waited for, and the next sink goes on behind it") {
  Engine engine({.rate = 48000, .playing = true, .limiter = false}, openSynthetic, [] {});
  SinkHost host(engine, make);
  offer(engine);
  std::atomic<int> result{0};
  std::atomic<bool> isWoken{false};
  Frame whenDone = 0;
  bool wasDrained = false;
  std::vector<float> carried;
  {
    Carrier carrier(engine);
    SinkChoice choice{.kind = SinkChoice::fed, .device = "carried"};
    choice.feed = carrier.feed;
    choice.wake = [&isWoken] { isWoken = true; };
    host.switchTo(choice, [&result](bool isOk, const std::string& text) { result = isOk && text == "carried" ? 1 : 2; });
    REQUIRE(waitFor([&] { return result != 0; }));
    CHECK(result == 1);
    REQUIRE(waitFor([&] { return at(engine) > 50000; }));
    result = 0;
    host.switchTo({}, [&](bool isOk, const std::string&) {
      wasDrained = carrier.hasDrained;
      whenDone = at(engine);
      result = isOk ? 1 : 2;
    });
    REQUIRE(waitFor([&] { return result != 0; }));
    carrier.thread.join();
    carried = carrier.carried;
    carrier.thread = std::thread([] {});
  }
  CHECK(result == 1);
  CHECK(isWoken);
  CHECK(wasDrained);
  std::size_t first = 0;
  while (first < carried.size() / 2 && carried[2 * first] == 0) ++first;
  bool isRight = true;
  for (std::size_t i = 0; i < 50000; ++i) {
    const float frame = static_cast<float>(i) / 8388608.0F;
    isRight = isRight && carried[2 * (first + i)] == 0.25F && carried[2 * (first + i) + 1] == frame;
  }
  CHECK(isRight);
  CHECK(whenDone > 50000);
  REQUIRE(waitFor([&] { return at(engine) > whenDone; }));
}

TEST_CASE("lost with its device: it says why, and what was not heard is given again") {
  Engine engine({.rate = 48000, .playing = true, .limiter = false}, openSynthetic, [] {});
  offer(engine);
  const auto feed = std::make_shared<Feed>();
  FedSink sink(engine, feed, "carried", [] {});
  std::string error;
  std::string why;
  std::vector<float> out(2 * kChunk);
  CHECK_FALSE(feed->render(engine, out.data(), kChunk));
  REQUIRE(sink.start(error));
  REQUIRE(waitFor([&] { return feed->render(engine, out.data(), kChunk) && at(engine) >= 20 * kChunk; }));
  CHECK_FALSE(sink.isLost(why));
  const Frame heard = at(engine);
  feed->lose("the player has ended", 2000);
  CHECK(sink.isLost(why));
  CHECK(why == "the player has ended");
  sink.stop();
  CHECK_FALSE(feed->render(engine, out.data(), kChunk));
  engine.service();
  CHECK(at(engine) == heard - 2000);
}

TEST_CASE("a player that could not be started leaves what sounds alone") {
  Engine engine({.rate = 48000, .playing = true, .limiter = false}, openSynthetic, [] {});
  SinkHost host(engine, make);
  std::atomic<int> result{0};
  host.switchTo({}, [&result](bool isOk, const std::string&) { result = isOk ? 1 : 2; });
  REQUIRE(waitFor([&] { return result == 1; }));
  SinkChoice choice{.kind = SinkChoice::fed, .device = "carried"};
  choice.error = "naudiodon is not installed";
  std::string told;
  host.switchTo(choice, [&](bool isOk, const std::string& text) {
    told = text;
    result = isOk ? 3 : 2;
  });
  REQUIRE(waitFor([&] { return result != 1; }));
  CHECK(result == 2);
  CHECK(told == "naudiodon is not installed");
  CHECK(host.name() == "null");
}
