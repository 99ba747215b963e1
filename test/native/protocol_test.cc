// Random commands from one thread while another renders in its own time, with an event queue that overflows:
// whatever the threads do, an entry sounds at most once, withdraw and begin exclude each other, nothing that
// sounded is missing from the account, and every frame under no ramp is the one the account says.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "addon/synthetic.h"
#include "core/engine.h"

using namespace segue;

namespace {

constexpr int kRate = 8000;
constexpr Frame kCloseFade = 100;
constexpr Frame kMost = 40 * kRate;

// Renders in periods of 10 ms, ten times faster than real time, and keeps all of it.
class FastSink {
 public:
  explicit FastSink(Engine& engine) : engine_(engine), out_(2 * kMost) {
    thread_ = std::thread([this] { run(); });
  }
  ~FastSink() { stop(); }
  void stop() {
    isStopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] Frame rendered() const { return rendered_; }
  [[nodiscard]] const std::vector<float>& out() const { return out_; }

 private:
  void run() {
    constexpr int kPeriod = kRate / 100;
    while (!isStopping_ && rendered_ + kPeriod <= kMost) {
      engine_.renderer().render(out_.data() + 2 * rendered_, kPeriod);
      rendered_ += kPeriod;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  Engine& engine_;
  std::vector<float> out_;
  std::atomic<Frame> rendered_{0};
  std::atomic<bool> isStopping_{false};
  std::thread thread_;
};

struct Session {
  Engine engine{{.rate = kRate, .playing = true, .limiter = false, .ringSeconds = 2, .eventLimit = 8},
                openSynthetic,
                [] {}};
  std::vector<Event> events;
  std::map<std::uint32_t, Answered> answers;
  std::set<std::int64_t> withdrawn;
  std::vector<std::uint32_t> asked;
  std::vector<std::uint32_t> ramped;  // of these, what may start a ramp
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pauses;  // from the one's frame to the other's
  std::map<std::int64_t, Frame> ends;  // of the plans

  void askRamped(std::uint32_t request) {
    asked.push_back(request);
    ramped.push_back(request);
  }

  void take() {
    std::vector<Event> news;
    std::vector<Answered> more;
    engine.drain(news, more);
    events.insert(events.end(), news.begin(), news.end());
    for (const Answered& answer : more) answers[answer.request] = answer;
  }
};

// Returns how many sounding frames were compared.
Frame checkAccount(Session& session, const FastSink& sink) {
  const Snapshot snapshot = session.engine.snapshot();
  std::set<std::int64_t> entries;
  for (const EndedVoice& voice : snapshot.ended) {
    CHECK(entries.insert(voice.entry).second);
    CHECK_FALSE(session.withdrawn.contains(voice.entry));
    CHECK(voice.heard <= voice.endedAt - voice.startedAt);
  }
  for (const Event& event : session.events) {
    if (event.type == EventType::voiceStarted) CHECK(entries.contains(event.entry));
    if (event.type == EventType::voiceEnded) CHECK(entries.contains(event.ended.entry));
  }
  // Where no ramp of the core's own runs (0.1 s at most), the left channel names the voices by its bits.
  std::vector<bool> isRamp(static_cast<std::size_t>(sink.rendered()) + 1);
  const auto mask = [&isRamp](Frame from) {
    for (Frame i = from; i <= from + kRate / 10 && i < static_cast<Frame>(isRamp.size()); ++i) {
      isRamp[static_cast<std::size_t>(i)] = true;
    }
  };
  for (const std::uint32_t request : session.ramped) {
    if (session.answers[request].isAccepted) mask(session.answers[request].frame);
  }
  // A pause lasts as long as the machine leaves this thread waiting between the two requests.
  for (const auto& [pause, play] : session.pauses) {
    for (Frame i = session.answers[pause].frame; i < session.answers[play].frame; ++i) {
      isRamp[static_cast<std::size_t>(i)] = true;
    }
  }
  for (const EndedVoice& voice : snapshot.ended) {
    mask(voice.startedAt);
    // A seek ends the outgoing voice when it is taken, and is answered when its target is decoded, or refused.
    if (voice.at < session.ends[voice.entry]) mask(voice.endedAt);
  }
  // A close is answered when its fade is over.
  mask(session.answers[session.asked.back()].frame - kCloseFade);
  REQUIRE(session.engine.audioCounters().underruns == 0);
  Frame compared = 0;
  Frame wrong = 0;
  for (Frame i = 0; i < sink.rendered(); ++i) {
    if (isRamp[static_cast<std::size_t>(i)]) continue;
    double accounted = 0;
    for (const EndedVoice& voice : snapshot.ended) {
      if (voice.startedAt <= i && i < voice.endedAt) {
        accounted += std::ldexp(1.0, -static_cast<int>(1 + voice.entry % 20));
      }
    }
    if (static_cast<double>(sink.out()[static_cast<std::size_t>(2 * i)]) != accounted) ++wrong;
    if (accounted > 0) ++compared;
  }
  CHECK(wrong == 0);
  return compared;
}

Frame play(unsigned seed) {
  Session session;
  FastSink sink(session.engine);
  std::mt19937 random(seed);
  const auto below = [&random](int limit) {
    return static_cast<Frame>(random() % static_cast<unsigned>(limit));
  };
  std::int64_t last = 0;
  for (int step = 0; step < 60; ++step) {
    const Snapshot snapshot = session.engine.snapshot();
    std::int64_t current = 0;
    Frame left = 0;
    for (const PublishedVoice& voice : snapshot.state.voices) {
      if (voice.isCurrent == 0) continue;
      current = voice.entry;
      left = voice.end - voice.at;
    }
    // The same entry must not be in two lists at once.
    for (const EndedVoice& ended : snapshot.ended) {
      for (const PublishedVoice& voice : snapshot.state.voices) CHECK(voice.entry != ended.entry);
    }
    switch (below(8)) {
      case 0:
      case 1:
      case 2: {
        const Frame frames = 4000 + below(3000);
        ++last;
        session.ends[last] = frames;
        session.asked.push_back(session.engine.offer(
            {.plan = last,
             .entry = last,
             .after = current,
             .start = 0,
             .end = frames,
             .overlap = below(2) * below(2000)},
            "synthetic:frames=" + std::to_string(frames) + ",code=" + std::to_string(last)));
        break;
      }
      case 3:
        if (snapshot.hasNext && session.engine.withdraw(snapshot.nextEntry) == Withdrawal::withdrawn) {
          session.withdrawn.insert(snapshot.nextEntry);
        }
        break;
      case 4:
        session.askRamped(session.engine.skip(current, below(400), VoiceEnd::skipped));
        break;
      case 5:
        session.askRamped(session.engine.seek(current, below(6000)));
        break;
      case 6:
        session.askRamped(session.engine.pause());
        if (below(4) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(15));
        session.askRamped(session.engine.play(below(100)));
        session.pauses.emplace_back(session.asked.end()[-2], session.asked.back());
        break;
      default:
        // To within 20 ms of the end, in the sink's time.
        for (int i = 0; i < 100 && left > 160; ++i) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
          left -= 80;
        }
    }
    if (below(20) == 0) session.take();
    std::this_thread::sleep_for(std::chrono::milliseconds(below(6)));
  }
  session.askRamped(session.engine.close(kCloseFade));
  for (int i = 0; i < 5000; ++i) {
    session.take();
    if (session.answers.contains(session.asked.back())) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  sink.stop();
  session.take();
  for (const std::uint32_t request : session.asked) CHECK(session.answers.contains(request));
  return checkAccount(session, sink);
}

}  // namespace

TEST_CASE("whatever is asked while it renders, the account and the sound agree") {
  Frame compared = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    compared += play(seed);
  }
  CHECK(compared > 20000);
}
