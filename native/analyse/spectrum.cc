// Two spectra: a short one every 12 ms (brightness, onsets) and one four times as long every 93 ms (pitch classes).
#include "analyse/spectrum.h"

#include <algorithm>
#include <cmath>

namespace segue {
namespace {

constexpr int kBands = 24;
constexpr double kLowestBandHz = 40, kHighestBandHz = 12000;
constexpr double kLowHz = 200, kHighHz = 4000;
// Pitch: from below the lowest string of a bass guitar's second octave to where harmonics crowd.
constexpr double kLowestPitchHz = 80, kHighestPitchHz = 2000;

// About 46 ms at every rate.
std::size_t shortSize(int rate) {
  std::size_t size = 512;
  while (static_cast<double>(size) / rate < 0.035) size *= 2;
  return size;
}

}  // namespace

SpectrumMeter::SpectrumMeter(int rateHz)
    : rate_(rateHz),
      short_(shortSize(rateHz)),
      long_(4 * shortSize(rateHz)),
      shortHop_(short_.size() / 4),
      longHop_(long_.size() / 2),
      onsetHz_(static_cast<double>(rateHz) / static_cast<double>(shortHop_)),
      bandOfBin_(short_.size() / 2, -1),
      pitchClassOfBin_(long_.size() / 2, -1),
      bands_(kBands),
      lastBands_(kBands) {
  for (std::size_t k = 1; k < bandOfBin_.size(); ++k) {
    const double hz = static_cast<double>(k) * rate_ / static_cast<double>(short_.size());
    if (hz < kLowestBandHz || hz >= kHighestBandHz) continue;
    bandOfBin_[k] = static_cast<int>(kBands * std::log(hz / kLowestBandHz) / std::log(kHighestBandHz / kLowestBandHz));
  }
  for (std::size_t k = 1; k < pitchClassOfBin_.size(); ++k) {
    const double hz = static_cast<double>(k) * rate_ / static_cast<double>(long_.size());
    if (hz < kLowestPitchHz || hz > kHighestPitchHz) continue;
    const long semitonesFromA = std::lround(12 * std::log2(hz / 440.0));
    pitchClassOfBin_[k] = static_cast<int>(((semitonesFromA + 9) % 12 + 12) % 12);
  }
}

void SpectrumMeter::add(const float* interleaved, std::int64_t frames) {
  for (std::int64_t i = 0; i < frames; ++i) samples_.push_back(0.5f * (interleaved[2 * i] + interleaved[2 * i + 1]));
  for (; shortFrom_ + short_.size() <= samples_.size(); shortFrom_ += shortHop_) shortBlock(samples_.data() + shortFrom_);
  for (; longFrom_ + long_.size() <= samples_.size(); longFrom_ += longHop_) longBlock(samples_.data() + longFrom_);
  const std::size_t done = std::min(shortFrom_, longFrom_);
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(done));
  shortFrom_ -= done;
  longFrom_ -= done;
}

void SpectrumMeter::shortBlock(const float* samples) {
  short_.compute(samples, power_);
  const double hzPerBin = static_cast<double>(rate_) / static_cast<double>(short_.size());
  std::fill(bands_.begin(), bands_.end(), 0.0f);
  double total = 0, weighted = 0, low = 0, high = 0;
  for (std::size_t k = 1; k < power_.size(); ++k) {
    const double p = static_cast<double>(power_[k]);
    const double hz = static_cast<double>(k) * hzPerBin;
    total += p;
    weighted += p * hz;
    if (hz < kLowHz) low += p;
    if (hz > kHighHz) high += p;
    if (bandOfBin_[k] >= 0) bands_[static_cast<std::size_t>(bandOfBin_[k])] += power_[k];
  }
  total_ += total;
  weighted_ += weighted;
  low_ += low;
  high_ += high;
  float onset = 0;
  for (std::size_t b = 0; b < bands_.size(); ++b) {
    // Logarithmic, as ears are; the 1 keeps noise below about -60 dB from counting.
    const float level = std::log1p(bands_[b] * 10.0f);
    onset += std::max(0.0f, level - lastBands_[b]);
    lastBands_[b] = level;
  }
  onsets_.push_back(onsets_.empty() ? 0.0f : onset);
}

void SpectrumMeter::longBlock(const float* samples) {
  long_.compute(samples, power_);
  std::array<double, 12> chroma{};
  double sum = 0;
  for (std::size_t k = 0; k < power_.size(); ++k) {
    if (pitchClassOfBin_[k] < 0) continue;
    const double magnitude = std::sqrt(static_cast<double>(power_[k]));
    chroma[static_cast<std::size_t>(pitchClassOfBin_[k])] += magnitude;
    sum += magnitude;
  }
  if (sum < 1e-3) return;  // silence has no key
  for (std::size_t c = 0; c < 12; ++c) chroma_[c] += chroma[c] / sum;
}

double SpectrumMeter::centroidHz() const { return total_ > 0 ? weighted_ / total_ : 0; }
double SpectrumMeter::lowShare() const { return total_ > 0 ? low_ / total_ : 0; }
double SpectrumMeter::highShare() const { return total_ > 0 ? high_ / total_ : 0; }

}  // namespace segue
