// Sound that was rendered ahead and is still to be heard: the few milliseconds of ramp that follow a pause, a
// seek or an underrun. It lets the state change at one exact frame while the ear gets its ramp. Audio thread
// only.
#pragma once
#include <array>

#include "core/realtime.h"
#include "core/types.h"

namespace segue {

class Tail {
 public:
  static constexpr Frame kCapacity = 2048;  // 10 ms at 192 kHz fit

  [[nodiscard]] Frame length() const noexcept SEGUE_NONBLOCKING { return length_; }
  // Voices that ring out now, and the largest gain of one: what the limiter has to know. At most what was begun since
  // the tail was last empty.
  [[nodiscard]] int voices() const noexcept SEGUE_NONBLOCKING { return voices_; }
  [[nodiscard]] double loudest() const noexcept SEGUE_NONBLOCKING { return loudest_; }

  // Another voice is about to be added.
  void begin(double gain) noexcept SEGUE_NONBLOCKING {
    ++voices_;
    if (gain > loudest_) loudest_ = gain;
  }
  // Adds to the frame `offset` frames from now; offset < kCapacity.
  void add(Frame offset, double left, double right) noexcept SEGUE_NONBLOCKING {
    double* frame = at(offset);
    frame[0] += left;
    frame[1] += right;
    if (offset >= length_) length_ = offset + 1;
  }
  // Adds the next `frames` frames times `gain` to `mix` and forgets them.
  void take(double* mix, Frame frames, double gain) noexcept SEGUE_NONBLOCKING {
    const Frame count = frames < length_ ? frames : length_;
    for (Frame i = 0; i < count; ++i) {
      double* frame = at(i);
      mix[2 * i] += gain * frame[0];
      mix[2 * i + 1] += gain * frame[1];
      frame[0] = frame[1] = 0;
    }
    head_ = (head_ + count) & (kCapacity - 1);
    length_ -= count;
    if (length_ > 0) return;
    voices_ = 0;
    loudest_ = 0;
  }

 private:
  double* at(Frame offset) noexcept SEGUE_NONBLOCKING {
    return frames_.data() + 2 * ((head_ + offset) & (kCapacity - 1));
  }

  std::array<double, 2 * kCapacity> frames_{};
  Frame head_ = 0;
  Frame length_ = 0;
  int voices_ = 0;
  double loudest_ = 0;
};

}  // namespace segue
