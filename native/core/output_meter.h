// Peak and RMS of what goes to the sink, each channel by itself, over whole windows of 100 ms; peaks are held
// for 1.5 s. Audio thread only: what it says is published with the renderer's state, and read from there.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/realtime.h"
#include "core/types.h"

namespace segue {

// Linear, full scale = 1. Words of eight bytes each: part of the published state.
struct ChannelLevel {
  double peak = 0;      // of the last whole window
  double heldPeak = 0;  // the largest of the last kHeldWindows windows
  double rms = 0;       // of the last whole window
};

struct OutputLevel {
  Frame endedAt = 0;  // stream frame at which the last whole window ended; 0: none is whole yet
  std::array<ChannelLevel, 2> channels{};
};

class OutputMeter {
 public:
  static constexpr std::size_t kHeldWindows = 15;

  [[nodiscard]] static constexpr Frame windowFrames(int rate) { return (static_cast<Frame>(rate) + 5) / 10; }

  explicit OutputMeter(int rate) : window_(windowFrames(rate)) {}

  // The next frames of the output, interleaved stereo.
  void take(const float* out, Frame frames) noexcept SEGUE_NONBLOCKING {
    for (Frame done = 0; done < frames;) {
      const Frame run = std::min(frames - done, window_ - filled_);
      measure(out + 2 * done, run);
      done += run;
      filled_ += run;
      at_ += run;
      if (filled_ == window_) finishWindow();
    }
  }

  // These frames will not be heard after all: what was being measured begins anew.
  void goBack(Frame frames) noexcept SEGUE_NONBLOCKING {
    at_ -= frames;
    filled_ = 0;
    peaks_ = {};
    squares_ = {};
  }

  [[nodiscard]] const OutputLevel& level() const noexcept SEGUE_NONBLOCKING { return level_; }

 private:
  // Peaks as words: floats without a sign are in the order of their bits. Squares of some frames as floats, so that a
  // compiler takes four at once; their sums as doubles.
  void measure(const float* out, Frame frames) noexcept SEGUE_NONBLOCKING {
    constexpr Frame kRun = 64;
    for (Frame done = 0; done < frames; done += kRun) {
      const Frame count = std::min(kRun, frames - done);
      const float* in = out + 2 * done;
      std::array<std::uint32_t, 4> peaks{};
      std::array<float, 4> squares{};
      Frame i = 0;
      for (; i + 2 <= count; i += 2) {
        for (std::size_t lane = 0; lane < 4; ++lane) takeSample(in[2 * i + static_cast<Frame>(lane)], peaks[lane], squares[lane]);
      }
      for (std::size_t side = 0; i < count && side < 2; ++side) {
        takeSample(in[2 * i + static_cast<Frame>(side)], peaks[side], squares[side]);
      }
      for (std::size_t side = 0; side < 2; ++side) {
        peaks_[side] = std::max({peaks_[side], peaks[side], peaks[side + 2]});
        squares_[side] += static_cast<double>(squares[side] + squares[side + 2]);
      }
    }
  }

  static void takeSample(float sample, std::uint32_t& peak, float& square) noexcept SEGUE_NONBLOCKING {
    peak = std::max(peak, std::bit_cast<std::uint32_t>(sample) & 0x7FFFFFFFU);
    square += sample * sample;
  }

  void finishWindow() noexcept SEGUE_NONBLOCKING {
    level_.endedAt = at_;
    for (std::size_t channel = 0; channel < 2; ++channel) {
      std::array<float, kHeldWindows>& held = held_[channel];
      held[heldAt_] = std::bit_cast<float>(peaks_[channel]);
      level_.channels[channel] = {
          .peak = static_cast<double>(held[heldAt_]),
          .heldPeak = static_cast<double>(*std::max_element(held.begin(), held.end())),
          .rms = std::sqrt(squares_[channel] / static_cast<double>(window_))};
    }
    heldAt_ = (heldAt_ + 1) % kHeldWindows;
    filled_ = 0;
    peaks_ = {};
    squares_ = {};
  }

  const Frame window_;
  Frame at_ = 0;
  Frame filled_ = 0;
  std::array<std::uint32_t, 2> peaks_{};  // bits of floats
  std::array<double, 2> squares_{};
  std::array<std::array<float, kHeldWindows>, 2> held_{};
  std::size_t heldAt_ = 0;
  OutputLevel level_;
};

}  // namespace segue
