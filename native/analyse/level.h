// Level, peak, dynamics and zero crossings, gathered block by block. Pure; one thread.
#pragma once
#include <cstdint>
#include <vector>

namespace segue {

class LevelMeter {
 public:
  explicit LevelMeter(int rateHz);
  void add(const float* interleaved, std::int64_t frames);
  double rmsDb() const;
  double peakDb() const;
  // 95th over 10th percentile of the levels of 0.4 s blocks that are above -70 dB.
  double dynamicRangeDb() const;
  double zeroCrossingsPerSecond() const;

 private:
  int rate_;
  std::int64_t frames_ = 0, inBlock_ = 0, crossings_ = 0;
  double sum_ = 0, blockSum_ = 0;
  float peak_ = 0, lastMid_ = 0;
  std::vector<float> blockDb_;
};

}  // namespace segue
