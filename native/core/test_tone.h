// The tone by which a person hears what a device does: left, right, both, with silence round each. It is at its level
// whatever the volume is; its frames are a function of their number alone, so that they can be taken back. Audio thread only.
#pragma once
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/realtime.h"
#include "core/types.h"

namespace segue {

class TestTone {
 public:
  static constexpr double kFrequencyHz = 440;
  static constexpr double kPeak = 0.1;  // -20 dBFS
  static constexpr int kParts = 3;
  static constexpr int kSilenceMs = 200;
  static constexpr int kPartMs = 1000;
  static constexpr int kRampMs = 10;

  explicit TestTone(int rate)
      : rate_(rate), silence_(framesOf(kSilenceMs)), part_(framesOf(kPartMs)), ramp_(framesOf(kRampMs)) {}

  // The music goes on under a ramp of `resumeFrames`; the answer belongs into `cell`.
  void begin(Frame resumeFrames, int cell) noexcept SEGUE_NONBLOCKING {
    at_ = 0;
    end_ = kParts * (silence_ + part_) + silence_;
    cutAt_ = -1;
    resumeFrames_ = resumeFrames;
    cell_ = cell;
    isBegun_ = true;
  }
  // It ends within `frames` frames, under a ramp.
  void cut(Frame frames) noexcept SEGUE_NONBLOCKING {
    if (!isRunning() || cutAt_ >= 0) return;
    cutAt_ = at_;
    cutFrames_ = frames;
    end_ = at_ + frames;
  }
  void finish() noexcept SEGUE_NONBLOCKING { isBegun_ = false; }

  [[nodiscard]] bool isRunning() const noexcept SEGUE_NONBLOCKING { return isBegun_ && at_ < end_; }
  // Its last frame has been given, and finish() not been called.
  [[nodiscard]] bool isOver() const noexcept SEGUE_NONBLOCKING { return isBegun_ && at_ >= end_; }
  [[nodiscard]] bool isComplete() const noexcept SEGUE_NONBLOCKING { return cutAt_ < 0; }
  [[nodiscard]] Frame remaining() const noexcept SEGUE_NONBLOCKING { return isRunning() ? end_ - at_ : 0; }
  [[nodiscard]] Frame resumeFrames() const noexcept SEGUE_NONBLOCKING { return resumeFrames_; }
  [[nodiscard]] int cell() const noexcept SEGUE_NONBLOCKING { return cell_; }

  // Adds the next `frames` frames, at most remaining().
  void take(double* mix, Frame frames) noexcept SEGUE_NONBLOCKING {
    if (!isRunning()) return;
    for (Frame i = 0; i < frames; ++i) {
      const Frame at = at_ + i;
      const Frame within = at % (silence_ + part_) - silence_;
      if (within < 0) continue;
      const Frame part = at / (silence_ + part_);
      const double sample = gain(at, within) * std::sin(2 * std::numbers::pi * kFrequencyHz *
                                                        static_cast<double>(within) / rate_);
      if (part != 1) mix[2 * i] += sample;
      if (part != 0) mix[2 * i + 1] += sample;
    }
    at_ += frames;
  }
  void goBack(Frame frames) noexcept SEGUE_NONBLOCKING {
    if (isRunning()) at_ -= frames;
  }

 private:
  [[nodiscard]] Frame framesOf(int milliseconds) const {
    return (static_cast<Frame>(rate_) * milliseconds + 500) / 1000;
  }
  [[nodiscard]] double gain(Frame at, Frame within) const noexcept SEGUE_NONBLOCKING {
    const Frame toEdge = std::min(within, part_ - 1 - within);
    double result = kPeak;
    if (toEdge < ramp_) result *= static_cast<double>(toEdge) / static_cast<double>(ramp_);
    if (cutAt_ >= 0) result *= 1.0 - static_cast<double>(at - cutAt_) / static_cast<double>(cutFrames_);
    return result;
  }

  const int rate_;
  const Frame silence_;
  const Frame part_;
  const Frame ramp_;
  bool isBegun_ = false;
  Frame at_ = 0;
  Frame end_ = 0;
  Frame cutAt_ = -1;
  Frame cutFrames_ = 0;
  Frame resumeFrames_ = 0;
  int cell_ = 0;
};

}  // namespace segue
