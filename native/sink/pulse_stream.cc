// See pulse_stream.h.
#include "sink/pulse_stream.h"

#include <algorithm>
#include <bit>
#include <chrono>

#include "core/decode_job.h"

namespace segue {

namespace {

constexpr Frame kFrameBytes = 2 * sizeof(float);
constexpr std::chrono::seconds kAnswer{3};
// The least room left before what is given anew: the server has to take it, too.
constexpr std::int64_t kLeastMarginNs = 2'000'000;
constexpr std::int64_t kServerNs = 500'000;

}  // namespace

bool PulseStream::open(int rate, Frame bufferFrames, std::string& error) {
  rate_ = rate;
  capacity_ = bufferFrames;
  loop_ = pa_mainloop_new();
  context_ = pa_context_new(pa_mainloop_get_api(loop_), "Segue");
  if (pa_context_connect(context_, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr) < 0) {
    error = pa_strerror(pa_context_errno(context_));
    return false;
  }
  if (!waitFor(&PulseStream::isContextReady, error)) return false;

  const pa_sample_spec format{.format = PA_SAMPLE_FLOAT32NE, .rate = static_cast<std::uint32_t>(rate), .channels = 2};
  stream_ = pa_stream_new(context_, "Music", &format, nullptr);
  if (!stream_) {
    error = pa_strerror(pa_context_errno(context_));
    return false;
  }
  pa_stream_set_underflow_callback(
      stream_, [](pa_stream*, void* user) { ++static_cast<PulseStream*>(user)->underflows_; }, this);
  const auto bytes = static_cast<std::uint32_t>(bufferFrames * kFrameBytes);
  const pa_buffer_attr buffer{.maxlength = 2 * bytes,
                              .tlength = bytes,
                              // One frame: it starts at once, and after an underrun it waits instead of running on.
                              .prebuf = static_cast<std::uint32_t>(kFrameBytes),
                              .minreq = bytes / 3,
                              .fragsize = static_cast<std::uint32_t>(-1)};
  // Who asked for a device by its name wants that one, or to be told that it has gone.
  const char* sink = sink_.empty() ? nullptr : sink_.c_str();
  const unsigned flags = PA_STREAM_ADJUST_LATENCY | (sink ? PA_STREAM_DONT_MOVE : 0U);
  if (pa_stream_connect_playback(stream_, sink, &buffer, std::bit_cast<pa_stream_flags_t>(flags), nullptr, nullptr) <
      0) {
    error = pa_strerror(pa_context_errno(context_));
    return false;
  }
  return waitFor(&PulseStream::isStreamReady, error);
}

bool PulseStream::waitFor(bool (PulseStream::*isDone)() const, std::string& error) {
  const auto deadline = std::chrono::steady_clock::now() + kAnswer;
  while (!(this->*isDone)()) {
    if (!serve(100'000) || (stream_ && pa_stream_get_state(stream_) == PA_STREAM_FAILED)) {
      error = pa_strerror(pa_context_errno(context_));
      return false;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      error = "The server does not answer";
      return false;
    }
  }
  return true;
}

bool PulseStream::isContextReady() const { return pa_context_get_state(context_) == PA_CONTEXT_READY; }
bool PulseStream::isStreamReady() const { return pa_stream_get_state(stream_) == PA_STREAM_READY; }

bool PulseStream::isUp() const {
  return context_ && PA_CONTEXT_IS_GOOD(pa_context_get_state(context_)) &&
         (!stream_ || PA_STREAM_IS_GOOD(pa_stream_get_state(stream_)));
}

void PulseStream::disconnect() {
  if (asking_) pa_operation_unref(asking_);
  asking_ = nullptr;
  if (stream_) {
    pa_stream_disconnect(stream_);
    pa_stream_unref(stream_);
  }
  stream_ = nullptr;
  if (context_) {
    pa_context_disconnect(context_);
    pa_context_unref(context_);
  }
  context_ = nullptr;
  if (loop_) pa_mainloop_free(loop_);
  loop_ = nullptr;
}

bool PulseStream::serve(int microseconds) {
  const bool isServed = pa_mainloop_prepare(loop_, microseconds) >= 0 && pa_mainloop_poll(loop_) >= 0 &&
                        pa_mainloop_dispatch(loop_) >= 0;
  return isServed && isUp();
}

Frame PulseStream::wanted() {
  const std::size_t bytes = pa_stream_writable_size(stream_);
  return bytes == static_cast<std::size_t>(-1) ? 0 : static_cast<Frame>(bytes) / kFrameBytes + back_;
}

float* PulseStream::begin(Frame& frames) {
  void* data = nullptr;
  auto bytes = static_cast<std::size_t>(frames * kFrameBytes);
  if (pa_stream_begin_write(stream_, &data, &bytes) < 0) bytes = 0;
  frames = std::min(frames, static_cast<Frame>(bytes) / kFrameBytes);
  return static_cast<float*>(data);
}

void PulseStream::write(const float* data, Frame frames) {
  pa_stream_write(stream_, data, static_cast<std::size_t>(frames * kFrameBytes), nullptr, -back_ * kFrameBytes,
                  PA_SEEK_RELATIVE);
  // One slow time is remembered for some.
  if (back_ > 0) tookNs_ = std::max(monotonicNs() - askedNs_, tookNs_ / 4 * 3);
  written_ += frames - back_;
  back_ = 0;
}

void PulseStream::askPosition() {
  if (asking_) return;
  hasPosition_ = false;
  askedNs_ = monotonicNs();
  asking_ = pa_stream_update_timing_info(
      stream_,
      [](pa_stream*, int isOk, void* user) {
        auto& self = *static_cast<PulseStream*>(user);
        self.hasPosition_ = isOk != 0;
        self.answerNs_ = monotonicNs() - self.askedNs_;
        pa_operation_unref(self.asking_);
        self.asking_ = nullptr;
      },
      this);
}

Frame PulseStream::aheadFrames() {
  const pa_timing_info* info = pa_stream_get_timing_info(stream_);
  if (!info || info->read_index_corrupt) return 0;
  // What the device has taken is heard when the device's own buffer has been played.
  const auto inDevice = static_cast<Frame>(info->sink_usec) * rate_ / 1'000'000;
  const auto since = static_cast<Frame>(info->transport_usec) * rate_ / 1'000'000;
  return std::max<Frame>(0, written_ - (info->read_index / kFrameBytes - inDevice + since));
}

Frame PulseStream::retractable() {
  // Twice what it took lately, or takes now: a server that is late with its answer will be late with what it is given, too.
  const std::int64_t marginNs = std::max(kLeastMarginNs, 2 * std::max(answerNs_, tookNs_) + kServerNs);
  return aheadFrames() - static_cast<Frame>(marginNs * rate_ / 1'000'000'000);
}

Frame PulseStream::goBack(Frame frames) {
  back_ = frames;
  return frames;
}

const char* PulseStream::advice() const { return "Check its plug and its power, and that the sound server runs and has it."; }

int PulseStream::takeUnderflows() {
  const int count = underflows_;
  underflows_ = 0;
  return count;
}

}  // namespace segue
