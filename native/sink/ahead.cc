// See ahead.h. Here: the audio thread that keeps the device fed, and takes back when it is nudged.
#include "sink/ahead.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "core/thread_name.h"
#include "sink/render_for.h"

namespace segue {

namespace {

// Rendered ahead: five times the latency asked for, within what the rings keep.
constexpr double kLeastAheadS = 0.1;
constexpr double kMostAheadS = 0.5;
constexpr int kRealtimePriority = 10;
// A device that takes no more frames for so long plays no more: then the null sink is there within 2 s. A server that has just
// been connected to may first play what it had rendered ahead.
constexpr std::int64_t kSilentNs = 1'300'000'000;
constexpr std::int64_t kSilentAtStartNs = 2'500'000'000;
constexpr std::int64_t kStartNs = 4'000'000'000;
// Taking back less is not worth it.
constexpr int kLeastBackMs = 5;
// What is always rendered ahead; more only as far as it is decoded, so that nobody starves who need not.
constexpr int kSafeMs = 100;
constexpr int kStepMs = 20;
// More room for the device than its margin, out of a silence.
constexpr int kUnhurriedMs = 50;
// How long nothing is rendered while an answer is awaited, at most a third of what is rendered ahead: it would obey the command
// where nobody hears it for long.
constexpr int kPatienceMs = 50;

class AheadSink final : public Sink {
 public:
  AheadSink(Engine& engine, std::unique_ptr<AheadStream> stream, std::string name, double latencyS)
      : engine_(engine),
        stream_(std::move(stream)),
        name_(std::move(name)),
        aheadFrames_(static_cast<Frame>(std::clamp(5 * latencyS, kLeastAheadS, kMostAheadS) * engine.rate())) {}
  ~AheadSink() override { stop(); }

  bool open(std::string& error) override {
    if (stream_->isOpen()) return true;
    std::string why;
    if (stream_->open(engine_.rate(), aheadFrames_, why)) {
      aheadFrames_ = std::min(aheadFrames_, stream_->capacityFrames());
      // A server asks when a third is played; a device that says nothing is looked after soon enough all the same.
      serveUs_ = static_cast<int>(1'000'000 * aheadFrames_ / engine_.rate() * 2 / 5);
      patienceNs_ = 1'000'000'000 * std::min(framesOf(kPatienceMs), aheadFrames_ / 3) / engine_.rate();
      return true;
    }
    error = "\"" + name_ + "\" cannot be opened: " + why + ". " + stream_->advice();
    stream_->close();
    return false;
  }

  bool start(std::string&) override {
    isStopping_ = false;
    startedNs_ = monotonicNs();
    servedNs_ = startedNs_;
    thread_ = std::thread([this] { run(); });
    engine_.setNudge([this] {
      isNudged_.store(true);
      stream_->wake();
    });
    return true;
  }

  void stop() override {
    engine_.setNudge(nullptr);
    if (!thread_.joinable()) return;
    isStopping_ = true;
    stream_->wake();
    thread_.join();
    stream_->close();
  }

  bool isLost(std::string& why) override {
    if (isBroken_) {
      why = "\"" + name_ + "\" has gone. " + stream_->advice();
    } else if (const std::int64_t now = monotonicNs();
               now - servedNs_ > (now - startedNs_ < kStartNs ? kSilentAtStartNs : kSilentNs)) {
      why = "\"" + name_ + "\" takes no more sound. " + stream_->advice();
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
      isBroken_ = !stream_->serve(isComplete && !isWaiting() ? serveUs_ : kStepMs * 500);
      if (isBroken_) break;
      if (isNudged_.exchange(false)) {
        if (!isAsking_) askedNs_ = monotonicNs();
        isAsking_ = true;
        stream_->askPosition();
      }
      if (isAsking_ && stream_->hasPosition()) {
        isAsking_ = false;
        takeBack();
      }
      if (!isWaiting()) isComplete = fill();
      engine_.meter().xruns.fetch_add(static_cast<std::uint64_t>(stream_->takeUnderflows()), std::memory_order_relaxed);
    }
    finish();
  }

  // For the device's answer.
  [[nodiscard]] bool isWaiting() const { return isAsking_ && monotonicNs() - askedNs_ <= patienceNs_; }

  // So that the next frame that is rendered is the next that can still be heard.
  void takeBack() {
    Frame most = std::min({stream_->retractable(), engine_.renderer().retractable(), framesOf(kKeptMs)});
    // Where nothing sounds nobody waits for the next millisecond, but a beginning that comes too late has lost its first frames.
    if (soundsUntil_ <= written_ - most) most -= framesOf(kUnhurriedMs);
    if (most < framesOf(kLeastBackMs)) return;
    const Frame frames = stream_->goBack(most);
    if (frames <= 0) return;
    engine_.renderer().takeBack(frames);
    isHurried_ = true;
    written_ -= frames;
  }

  // False: not all that the server would take is decoded yet.
  bool fill() {
    Renderer& renderer = engine_.renderer();
    for (Frame wanted = stream_->wanted(); wanted > 0;) {
      const Frame queued = aheadFrames_ - wanted;
      Frame frames = isHurried_ ? std::min(wanted, stream_->firstFrames()) : wanted;
      isHurried_ = false;
      // What was taken back has to be given again at once, whatever it is.
      if (!renderer.isSatisfied(frames)) {
        frames = std::min(frames, framesOf(kStepMs));
        if (queued >= framesOf(kSafeMs) && !renderer.isSatisfied(frames)) return false;
      }
      float* out = stream_->begin(frames);
      if (frames <= 0) return true;
      const std::int64_t before = monotonicNs();
      renderFor(engine_, out, static_cast<int>(frames));
      engine_.meter().count(monotonicNs() - before, frames, engine_.rate());
      listen(out, frames);
      stream_->write(out, frames);
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
      stream_->askPosition();
      while (!stream_->hasPosition() && monotonicNs() < deadline) {
        if (!stream_->serve(kStepMs * 500)) return;
      }
      const Frame left = stream_->aheadFrames() - (written_ - soundsUntil_);
      if (left <= 0) return;
      std::this_thread::sleep_for(std::chrono::microseconds(1'000'000 * std::min(left, framesOf(kStepMs)) / engine_.rate()));
    }
  }

  Engine& engine_;
  const std::unique_ptr<AheadStream> stream_;
  const std::string name_;
  // Known when the stream is open.
  Frame aheadFrames_;
  int serveUs_ = 0;
  std::int64_t patienceNs_ = 0;
  std::thread thread_;
  std::atomic<bool> isStopping_{false};
  std::atomic<bool> isNudged_{false};
  std::atomic<bool> isBroken_{false};
  std::atomic<bool> isRealtime_{false};
  std::atomic<std::int64_t> servedNs_{0};
  std::int64_t startedNs_ = 0;  // host's thread only
  // Audio thread only.
  bool isAsking_ = false;
  std::int64_t askedNs_ = 0;
  bool isHurried_ = false;
  Frame written_ = 0;
  Frame soundsUntil_ = 0;
};

}  // namespace

std::unique_ptr<Sink> makeAheadSink(Engine& engine, std::unique_ptr<AheadStream> stream, std::string name,
                                    double latencyS) {
  return std::make_unique<AheadSink>(engine, std::move(stream), std::move(name), latencyS);
}

}  // namespace segue
