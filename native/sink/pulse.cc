// See pulse.h. Here: the audio thread that keeps the server fed, and takes back when it is nudged.
#include "sink/pulse.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "core/thread_name.h"
#include "sink/pulse_stream.h"
#include "sink/render_for.h"

namespace segue {

namespace {

// Rendered ahead: five times the latency asked for, within what the rings keep.
constexpr double kLeastAheadS = 0.1;
constexpr double kMostAheadS = 0.5;
constexpr int kRealtimePriority = 10;
// A server that takes no more frames for so long plays no more: then the null sink is there within 2 s. One that has just
// been connected to may first play what it had rendered ahead.
constexpr std::int64_t kSilentNs = 1'300'000'000;
constexpr std::int64_t kSilentAtStartNs = 2'500'000'000;
constexpr std::int64_t kStartNs = 4'000'000'000;
// From asking the server how far it is to new frames being there, while it has nothing else to do.
constexpr int kMarginMs = 8;
// Taking back less is not worth it.
constexpr int kLeastBackMs = 5;
// What is always rendered ahead; more only as far as it is decoded, so that nobody starves who need not.
constexpr int kSafeMs = 100;
constexpr int kStepMs = 20;
constexpr int kServeUs = 200'000;

class PulseSink final : public Sink {
 public:
  PulseSink(Engine& engine, std::string device, double latencyS)
      : engine_(engine),
        device_(std::move(device)),
        name_(kPulsePrefix + device_),
        aheadFrames_(static_cast<Frame>(std::clamp(5 * latencyS, kLeastAheadS, kMostAheadS) * engine.rate())) {}
  ~PulseSink() override { stop(); }

  bool open(std::string& error) override {
    if (stream_.isOpen()) return true;
    std::string why;
    if (stream_.open(device_ == "default" ? nullptr : device_.c_str(), engine_.rate(), aheadFrames_, why)) return true;
    error = "\"" + name_ + "\" cannot be opened: " + why + ". Check that the sound server runs and has this device.";
    stream_.close();
    return false;
  }

  bool start(std::string&) override {
    isStopping_ = false;
    startedNs_ = monotonicNs();
    servedNs_ = startedNs_;
    thread_ = std::thread([this] { run(); });
    engine_.setNudge([this] {
      isNudged_.store(true);
      stream_.wake();
    });
    return true;
  }

  void stop() override {
    engine_.setNudge(nullptr);
    if (!thread_.joinable()) return;
    isStopping_ = true;
    stream_.wake();
    thread_.join();
    stream_.close();
  }

  bool isLost(std::string& why) override {
    if (isBroken_) {
      why = "\"" + name_ + "\" has gone. Check its plug and its power, and that the sound server runs.";
    } else if (const std::int64_t now = monotonicNs();
               now - servedNs_ > (now - startedNs_ < kStartNs ? kSilentAtStartNs : kSilentNs)) {
      why = "\"" + name_ + "\" takes no more sound. Check the sound server, and the plug and the power of its device.";
    } else {
      return false;
    }
    return true;
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Realtime realtime() const override { return isRealtime_ ? Realtime::yes : Realtime::no; }

 private:
  [[nodiscard]] Frame framesOf(int milliseconds) const {
    return static_cast<Frame>(engine_.rate()) * milliseconds / 1000;
  }

  void run() {
    nameThread("segue-audio");
    const sched_param priority{.sched_priority = kRealtimePriority};
    isRealtime_ = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority) == 0;
    bool isComplete = fill();
    while (!isStopping_ && !isBroken_) {
      isBroken_ = !stream_.serve(isComplete ? kServeUs : kStepMs * 500);
      if (isBroken_) break;
      if (isNudged_.exchange(false)) {
        isAsking_ = true;
        stream_.askPosition();
      }
      if (isAsking_ && stream_.hasPosition()) {
        isAsking_ = false;
        takeBack();
      }
      isComplete = fill();
      engine_.meter().xruns.fetch_add(static_cast<std::uint64_t>(stream_.takeUnderflows()), std::memory_order_relaxed);
    }
    finish();
  }

  // So that the next frame that is rendered is the next that can still be heard.
  void takeBack() {
    const Frame ahead = stream_.aheadFrames() - framesOf(kMarginMs);
    const Frame frames = std::min({ahead, engine_.renderer().retractable(), framesOf(kKeptMs)});
    if (frames < framesOf(kLeastBackMs)) return;
    engine_.renderer().takeBack(frames);
    stream_.goBack(frames);
    written_ -= frames;
  }

  // False: not all that the server would take is decoded yet.
  bool fill() {
    Renderer& renderer = engine_.renderer();
    for (Frame wanted = stream_.wanted(); wanted > 0;) {
      const Frame queued = aheadFrames_ - wanted;
      Frame frames = wanted;
      // What was taken back has to be given again at once, whatever it is.
      if (!renderer.isSatisfied(frames)) {
        frames = std::min(frames, framesOf(kStepMs));
        if (queued >= framesOf(kSafeMs) && !renderer.isSatisfied(frames)) return false;
      }
      float* out = stream_.begin(frames);
      if (frames <= 0) return true;
      const std::int64_t before = monotonicNs();
      renderFor(engine_, out, static_cast<int>(frames));
      engine_.meter().count(monotonicNs() - before, frames, engine_.rate());
      listen(out, frames);
      stream_.write(out, frames);
      servedNs_ = monotonicNs();
      wanted -= frames;
    }
    return true;
  }

  // Remembers the last frame that was no silence.
  void listen(const float* out, Frame frames) {
    Frame last = 2 * frames;
    while (last > 0 && out[last - 1] == 0.0F) --last;
    if (last > 0) soundsUntil_ = written_ + (last + 1) / 2;
    written_ += frames;
  }

  // Lets the device play what sounds in it: the ramp of a hold, the fade of a close.
  void finish() {
    if (isBroken_) {
      // Nobody will hear it: the next device gives it again.
      engine_.renderer().takeBack(std::min(engine_.renderer().retractable(), aheadFrames_));
      return;
    }
    const std::int64_t deadline = monotonicNs() + static_cast<std::int64_t>(1'000'000'000 * kMostAheadS);
    while (monotonicNs() < deadline) {
      stream_.askPosition();
      while (!stream_.hasPosition() && monotonicNs() < deadline) {
        if (!stream_.serve(kStepMs * 500)) return;
      }
      const Frame left = stream_.aheadFrames() - (written_ - soundsUntil_);
      if (left <= 0) return;
      std::this_thread::sleep_for(std::chrono::microseconds(1'000'000 * std::min(left, framesOf(kStepMs)) / engine_.rate()));
    }
  }

  Engine& engine_;
  const std::string device_;
  const std::string name_;
  const Frame aheadFrames_;
  PulseStream stream_;
  std::thread thread_;
  std::atomic<bool> isStopping_{false};
  std::atomic<bool> isNudged_{false};
  std::atomic<bool> isBroken_{false};
  std::atomic<bool> isRealtime_{false};
  std::atomic<std::int64_t> servedNs_{0};
  std::int64_t startedNs_ = 0;  // host's thread only
  // Audio thread only.
  bool isAsking_ = false;
  Frame written_ = 0;
  Frame soundsUntil_ = 0;
};

}  // namespace

bool isPulseThere() {
  if (const char* server = std::getenv("PULSE_SERVER"); server && *server) return true;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string folder = runtime && *runtime ? runtime : "/run/user/" + std::to_string(getuid());
  return access((folder + "/pulse/native").c_str(), W_OK) == 0;
}

std::unique_ptr<Sink> makePulseSink(const SinkChoice& choice, Engine& engine) {
  const std::string prefix = kPulsePrefix;
  const std::string device = choice.device.starts_with(prefix) ? choice.device.substr(prefix.size()) : "default";
  return std::make_unique<PulseSink>(engine, device, choice.latencyS);
}

}  // namespace segue
