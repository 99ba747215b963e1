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
  // Adds to the frame `offset` frames from now; offset < kCapacity.
  void add(Frame offset, double left, double right) noexcept SEGUE_NONBLOCKING {
    double* frame = at(offset);
    frame[0] += left;
    frame[1] += right;
    if (offset >= length_) length_ = offset + 1;
  }
  // Adds the next `frames` frames to `mix` and forgets them.
  void take(double* mix, Frame frames) noexcept SEGUE_NONBLOCKING {
    const Frame count = frames < length_ ? frames : length_;
    for (Frame i = 0; i < count; ++i) {
      double* frame = at(i);
      mix[2 * i] += frame[0];
      mix[2 * i + 1] += frame[1];
      frame[0] = frame[1] = 0;
    }
    head_ = (head_ + count) & (kCapacity - 1);
    length_ -= count;
  }

 private:
  double* at(Frame offset) noexcept SEGUE_NONBLOCKING {
    return frames_.data() + 2 * ((head_ + offset) & (kCapacity - 1));
  }

  std::array<double, 2 * kCapacity> frames_{};
  Frame head_ = 0;
  Frame length_ = 0;
};

}  // namespace segue
