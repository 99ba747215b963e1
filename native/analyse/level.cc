// Sums of squares; nothing clever.
#include "analyse/level.h"

#include <algorithm>
#include <cmath>

namespace segue {
namespace {

constexpr double kFloorDb = -120;
constexpr double kBlockSeconds = 0.4;
constexpr float kGateDb = -70;

double meanSquareDb(double meanSquare) { return meanSquare > 1e-12 ? 10 * std::log10(meanSquare) : kFloorDb; }

}  // namespace

LevelMeter::LevelMeter(int rateHz) : rate_(rateHz) {}

void LevelMeter::add(const float* interleaved, std::int64_t frames) {
  const auto blockFrames = static_cast<std::int64_t>(kBlockSeconds * rate_);
  for (std::int64_t i = 0; i < frames; ++i) {
    const float l = interleaved[2 * i], r = interleaved[2 * i + 1];
    const float mid = 0.5f * (l + r);
    peak_ = std::max(peak_, std::max(std::fabs(l), std::fabs(r)));
    blockSum_ += 0.5 * (static_cast<double>(l) * l + static_cast<double>(r) * r);
    if ((mid < 0) != (lastMid_ < 0)) ++crossings_;
    lastMid_ = mid;
    if (++inBlock_ == blockFrames) {
      blockDb_.push_back(static_cast<float>(meanSquareDb(blockSum_ / static_cast<double>(inBlock_))));
      sum_ += blockSum_;
      blockSum_ = 0;
      inBlock_ = 0;
    }
  }
  frames_ += frames;
}

double LevelMeter::rmsDb() const {
  return frames_ ? meanSquareDb((sum_ + blockSum_) / static_cast<double>(frames_)) : kFloorDb;
}

double LevelMeter::peakDb() const { return peak_ > 1e-6f ? 20 * std::log10(static_cast<double>(peak_)) : kFloorDb; }

double LevelMeter::dynamicRangeDb() const {
  std::vector<float> levels;
  std::copy_if(blockDb_.begin(), blockDb_.end(), std::back_inserter(levels), [](float db) { return db > kGateDb; });
  if (levels.size() < 2) return 0;
  std::sort(levels.begin(), levels.end());
  const auto at = [&](double share) {
    return static_cast<double>(levels[static_cast<std::size_t>(share * static_cast<double>(levels.size() - 1))]);
  };
  return at(0.95) - at(0.10);
}

double LevelMeter::zeroCrossingsPerSecond() const {
  return frames_ ? static_cast<double>(crossings_) * rate_ / static_cast<double>(frames_) : 0;
}

}  // namespace segue
