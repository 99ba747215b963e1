// True peak as ITU-R BS.1770 means it: the highest level of the wave between the samples, found at four times
// the rate (twice from 88.2 kHz, as it is from 176.4 kHz). Blocks; pure; one thread; constant memory.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace segue {

class TruePeakMeter {
 public:
  explicit TruePeakMeter(int rateHz);
  void add(const float* interleaved, std::int64_t frames);
  // dBTP, the higher of both channels; -120 for silence.
  double db() const;

 private:
  static constexpr std::size_t kTaps = 16;
  static constexpr std::size_t kBlock = 256;
  static constexpr std::size_t kLanes = 8;
  struct Channel {
    // The last kTaps - 1 samples before the block, then the block.
    std::array<float, kTaps - 1 + kBlock> samples{};
  };
  void look(Channel& channel, std::size_t frames);

  std::vector<std::array<float, kTaps>> phases_;  // one for each place between two samples
  float mostGain_ = 1;                            // no filter makes more of the highest of its samples
  float peak_ = 0;
  std::array<Channel, 2> channels_{};
};

}  // namespace segue
