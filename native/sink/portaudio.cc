// See portaudio.h. Here: the stream, its callback, and how a device that has gone is left behind.
#include "sink/portaudio.h"

#include <portaudio.h>
#include <pthread.h>
#include <sched.h>

#if __has_include(<pa_linux_alsa.h>)
#include <pa_linux_alsa.h>
#define SEGUE_HAS_ALSA 1
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "sink/portaudio_names.h"
#include "sink/quiet.h"
#include "sink/render_for.h"

namespace segue {

namespace {

// A stream that does not call back for so long is lost. One that has just started may take longer: reopened
// at once, PulseAudio's null sink first plays out what it had rendered ahead (1.5 s without a callback, 5
// times of 10).
constexpr std::int64_t kSilentNs = 1'000'000'000;
constexpr std::int64_t kSilentAtStartNs = 2'500'000'000;
constexpr std::int64_t kStartNs = 4'000'000'000;
// What is believed of a device's own delay.
constexpr double kMostDelayS = 1.0;

// What the callback touches. Shared with the thread that closes a stream which may hang.
struct Gate {
  explicit Gate(Engine& target) : engine(target) {}
  Engine& engine;
  std::atomic<bool> isOpen{false};
  std::atomic<bool> isInside{false};
  std::atomic<bool> isFinished{false};
  std::atomic<std::uint64_t> callbacks{0};
  std::atomic<std::uint64_t> thread{0};  // pthread_t of the callback, 0: not yet called
  std::atomic<std::int64_t> soundsUntilNs{0};  // when the last frame that is no silence will have been played
};

// Where the host does not say when a frame will be heard: as if it were at once.
std::int64_t delayNs(const PaStreamCallbackTimeInfo& time) {
  const double delayS = time.outputBufferDacTime - time.currentTime;
  return static_cast<std::int64_t>(1e9 * std::clamp(delayS, 0.0, kMostDelayS));
}

// Frames up to the last one that is no silence.
std::int64_t soundingFrames(const float* out, unsigned long frames) {
  std::size_t last = 2 * frames;
  while (last > 0 && out[last - 1] == 0.0F) --last;
  return static_cast<std::int64_t>((last + 1) / 2);
}

int callback(const void*, void* output, unsigned long frames, const PaStreamCallbackTimeInfo* time,
             PaStreamCallbackFlags flags, void* user) {
  Gate& gate = *static_cast<Gate*>(user);
  float* out = static_cast<float*>(output);
  // Sequentially consistent, with close(): either the closer sees us inside, or we see the gate closed.
  gate.isInside.store(true);
  if (!gate.isOpen.load()) {
    std::fill_n(out, 2 * frames, 0.0F);
    gate.isInside.store(false);
    return paContinue;
  }
  const std::int64_t before = monotonicNs();
  Engine& engine = gate.engine;
  renderFor(engine, out, static_cast<int>(frames));
  if (flags & paOutputUnderflow) engine.meter().xruns.fetch_add(1, std::memory_order_relaxed);
  engine.meter().count(monotonicNs() - before, static_cast<std::int64_t>(frames), engine.rate());
  if (const std::int64_t sounding = soundingFrames(out, frames); sounding > 0) {
    const std::int64_t lastNs = sounding * 1'000'000'000 / engine.rate();
    gate.soundsUntilNs.store(before + delayNs(*time) + lastNs, std::memory_order_relaxed);
  }
  gate.thread.store(static_cast<std::uint64_t>(pthread_self()), std::memory_order_relaxed);
  gate.callbacks.fetch_add(1, std::memory_order_relaxed);
  gate.isInside.store(false);
  return paContinue;
}

void finished(void* user) { static_cast<Gate*>(user)->isFinished.store(true); }

class PortAudioSink final : public Sink {
 public:
  PortAudioSink(Engine& engine, PaDeviceIndex device, std::string name, double latencyS)
      : engine_(engine),
        device_(device),
        name_(std::move(name)),
        latencyS_(latencyS),
        gate_(std::make_shared<Gate>(engine)) {}
  ~PortAudioSink() override {
    stop();
    if (!isAbandoned_) Pa_Terminate();
  }

  bool open(std::string& error) override {
    const PaDeviceInfo* info = Pa_GetDeviceInfo(device_);
    PaStreamParameters output{};
    output.device = device_;
    output.channelCount = 2;
    output.sampleFormat = paFloat32;
    output.suggestedLatency = latencyS_;
    const PaError status = Pa_OpenStream(&stream_, nullptr, &output, engine_.rate(), paFramesPerBufferUnspecified,
                                   paNoFlag, callback, gate_.get());
    if (status != paNoError) {
      stream_ = nullptr;
      error = "\"" + name_ + "\" cannot be opened at " + std::to_string(engine_.rate()) +
              " Hz: " + Pa_GetErrorText(status) +
              ". Check that it is plugged in and that nothing else uses it.";
      return false;
    }
#if SEGUE_HAS_ALSA
    const PaHostApiInfo* api = info ? Pa_GetHostApiInfo(info->hostApi) : nullptr;
    if (api && api->type == paALSA) PaAlsa_EnableRealtimeScheduling(stream_, 1);
#else
    static_cast<void>(info);
#endif
    Pa_SetStreamFinishedCallback(stream_, finished);
    return true;
  }

  bool start(std::string& error) override {
    gate_->isOpen = true;
    startedNs_ = lastCallbackNs_ = monotonicNs();
    const PaError status = Pa_StartStream(stream_);
    if (status != paNoError) {
      error = "\"" + name_ + "\" does not start: " + Pa_GetErrorText(status) + ".";
      closeGate();
      Pa_CloseStream(stream_);
      stream_ = nullptr;
      return false;
    }
    return true;
  }

  void stop() override {
    if (!stream_) return;
    if (!isDead_) {
      playOut();
      Pa_StopStream(stream_);
      closeGate();
      Pa_CloseStream(stream_);
      stream_ = nullptr;
      return;
    }
    closeGate();
    leaveBehind();
  }

  bool isLost(std::string& why) override {
    const std::uint64_t callbacks = gate_->callbacks.load(std::memory_order_relaxed);
    const std::int64_t now = monotonicNs();
    if (callbacks != seenCallbacks_) {
      seenCallbacks_ = callbacks;
      lastCallbackNs_ = now;
    }
    if (gate_->isFinished || Pa_IsStreamActive(stream_) != 1) {
      why = "\"" + name_ + "\" has stopped by itself. Check its plug and its power.";
    } else if (now - lastCallbackNs_ > (now - startedNs_ < kStartNs ? kSilentAtStartNs : kSilentNs)) {
      why = "\"" + name_ + "\" takes no more sound. Check its plug and its power.";
    } else {
      return false;
    }
    isDead_ = true;
    return true;
  }

  [[nodiscard]] const std::string& name() const override { return name_; }

  [[nodiscard]] Realtime realtime() const override {
    const std::uint64_t thread = gate_->thread.load(std::memory_order_relaxed);
    if (thread == 0 || isDead_ || !stream_) return Realtime::no;
    int policy = SCHED_OTHER;
    sched_param parameters{};
    pthread_getschedparam(static_cast<pthread_t>(thread), &policy, &parameters);
    return policy == SCHED_FIFO || policy == SCHED_RR ? Realtime::yes : Realtime::no;
  }

 private:
  // Through ALSA the library drops what lies in the device's buffer when it stops: the last of the music and the ramp of the
  // hold. So the device is given silence until that has been played.
  void playOut() {
    const std::int64_t until = gate_->soundsUntilNs.load(std::memory_order_relaxed);
    const std::int64_t leftNs = std::min<std::int64_t>(until - monotonicNs(), 1'000'000'000);
    if (leftNs > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(leftNs));
  }

  void closeGate() {
    gate_->isOpen.store(false);
    while (gate_->isInside.load()) std::this_thread::yield();
  }

  // Closing a device that has gone can hang in its driver: that happens on a thread nobody waits for longer
  // than 0.3 s.
  void leaveBehind() {
    PaStream* stream = std::exchange(stream_, nullptr);
    isAbandoned_ = true;
    auto isClosed = std::make_shared<std::atomic<bool>>(false);
    std::thread([stream, gate = gate_, isClosed] {
      Pa_AbortStream(stream);
      Pa_CloseStream(stream);
      Pa_Terminate();
      *isClosed = true;
    }).detach();
    for (int i = 0; i < 30 && !*isClosed; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  Engine& engine_;
  const PaDeviceIndex device_;
  const std::string name_;
  const double latencyS_;
  const std::shared_ptr<Gate> gate_;
  PaStream* stream_ = nullptr;
  bool isDead_ = false;
  bool isAbandoned_ = false;
  std::uint64_t seenCallbacks_ = 0;
  std::int64_t startedNs_ = 0;
  std::int64_t lastCallbackNs_ = 0;
};

}  // namespace

std::unique_ptr<Sink> makePortAudioSink(const SinkChoice& choice, Engine& engine, std::string& error) {
  quietSoundLibraries();
  const PaError status = Pa_Initialize();
  if (status != paNoError) {
    error = std::string("The sound library does not start: ") + Pa_GetErrorText(status) + ".";
    return nullptr;
  }
  PaDeviceIndex found = choice.device.empty() ? Pa_GetDefaultOutputDevice() : paNoDevice;
  for (PaDeviceIndex i = 0; found == paNoDevice && i < Pa_GetDeviceCount(); ++i) {
    const PaDeviceInfo* info = Pa_GetDeviceInfo(i);
    if (info && info->maxOutputChannels >= 2 && stableName(*info) == choice.device) found = i;
  }
  const PaDeviceInfo* info = found == paNoDevice ? nullptr : Pa_GetDeviceInfo(found);
  if (!info) {
    error = choice.device.empty()
                ? "There is no output device. Plug one in, or choose the null sink."
                : "There is no output device \"" + choice.device + "\". Plug it in, or choose another.";
    Pa_Terminate();
    return nullptr;
  }
  return std::make_unique<PortAudioSink>(engine, found, stableName(*info), choice.latencyS);
}

}  // namespace segue
