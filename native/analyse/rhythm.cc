// Autocorrelation for tempo; key profiles of Krumhansl and Kessler (1982) for tonality.
#include "analyse/rhythm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace segue {
namespace {

constexpr double kSlowestBpm = 40, kFastestBpm = 220;
// Listeners tap near 120; twice and half of it are ambiguous. Standard deviation in octaves.
constexpr double kPreferredBpm = 120, kPreferenceOctaves = 0.9;
constexpr double kMeanSeconds = 0.5;
// Changes smaller than this, summed over all bands in nepers, are the ripple of steady tones.
constexpr double kSmallestOnset = 0.5;

constexpr std::array<double, 12> kMajor = {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
constexpr std::array<double, 12> kMinor = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17};

// What stands out of the mean of a second around it.
std::vector<double> sharpen(const std::vector<float>& onsets, double onsetHz) {
  const auto reach = static_cast<std::size_t>(kMeanSeconds * onsetHz);
  std::vector<double> sums{0.0};
  for (const float onset : onsets) sums.push_back(sums.back() + static_cast<double>(onset));
  std::vector<double> sharp(onsets.size());
  for (std::size_t i = 0; i < onsets.size(); ++i) {
    const std::size_t from = i > reach ? i - reach : 0, to = std::min(onsets.size(), i + reach + 1);
    const double mean = (sums[to] - sums[from]) / static_cast<double>(to - from);
    sharp[i] = std::max(0.0, static_cast<double>(onsets[i]) - mean - kSmallestOnset);
  }
  return sharp;
}

double autocorrelation(const std::vector<double>& x, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = lag; i < x.size(); ++i) sum += x[i] * x[i - lag];
  // As many products at every lag, so that slow tempos are not put at a disadvantage.
  return sum / static_cast<double>(x.size() - lag);
}

double countOnsets(const std::vector<double>& sharp) {
  double mean = 0;
  for (const double v : sharp) mean += v;
  mean /= static_cast<double>(sharp.size());
  const double least = 2 * mean;
  constexpr std::size_t kReach = 3;
  double count = 0;
  for (std::size_t i = 0; i < sharp.size(); ++i) {
    if (sharp[i] <= least) continue;
    const std::size_t from = i > kReach ? i - kReach : 0, to = std::min(sharp.size(), i + kReach + 1);
    const auto highest = std::max_element(sharp.begin() + static_cast<std::ptrdiff_t>(from),
                                          sharp.begin() + static_cast<std::ptrdiff_t>(to));
    if (highest == sharp.begin() + static_cast<std::ptrdiff_t>(i)) ++count;
  }
  return count;
}

double correlation(const std::array<double, 12>& chroma, const std::array<double, 12>& profile, std::size_t tonic) {
  double mc = 0, mp = 0;
  for (std::size_t i = 0; i < 12; ++i) mc += chroma[i] / 12, mp += profile[i] / 12;
  double cp = 0, cc = 0, pp = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const double c = chroma[(i + tonic) % 12] - mc, p = profile[i] - mp;
    cp += c * p, cc += c * c, pp += p * p;
  }
  return cc > 0 ? cp / std::sqrt(cc * pp) : 0;
}

}  // namespace

Rhythm findRhythm(const std::vector<float>& onsets, double onsetHz) {
  const auto shortest = static_cast<std::size_t>(std::floor(60 * onsetHz / kFastestBpm));
  const auto longest = static_cast<std::size_t>(std::ceil(60 * onsetHz / kSlowestBpm));
  if (onsets.size() < 2 * longest) return {};
  const std::vector<double> sharp = sharpen(onsets, onsetHz);
  const double zero = autocorrelation(sharp, 0);
  if (zero <= 0) return {};
  std::vector<double> r(longest + 2);
  for (std::size_t lag = shortest - 1; lag < r.size(); ++lag) r[lag] = autocorrelation(sharp, lag) / zero;
  std::size_t best = shortest;
  double bestScore = -1;
  for (std::size_t lag = shortest; lag <= longest; ++lag) {
    const double octaves = std::log2(60 * onsetHz / static_cast<double>(lag) / kPreferredBpm) / kPreferenceOctaves;
    const double score = r[lag] * std::exp(-0.5 * octaves * octaves);
    if (score > bestScore) bestScore = score, best = lag;
  }
  // A parabola through the peak and its neighbours places it between the lags.
  const double bend = r[best - 1] - 2 * r[best] + r[best + 1];
  const double shift = bend < 0 ? std::clamp(0.5 * (r[best - 1] - r[best + 1]) / bend, -0.5, 0.5) : 0;
  Rhythm rhythm;
  rhythm.tempoBpm = std::clamp(60 * onsetHz / (static_cast<double>(best) + shift), kSlowestBpm, kFastestBpm);
  rhythm.clarity = std::clamp(r[best], 0.0, 1.0);
  rhythm.onsetRate = countOnsets(sharp) * onsetHz / static_cast<double>(sharp.size());
  return rhythm;
}

Key findKey(const std::array<double, 12>& chroma) {
  Key key;
  double best = -1;
  for (std::size_t tonic = 0; tonic < 12; ++tonic) {
    for (const bool isMajor : {true, false}) {
      const double r = correlation(chroma, isMajor ? kMajor : kMinor, tonic);
      if (r > best) best = r, key = {std::clamp(r, 0.0, 1.0), isMajor};
    }
  }
  return key;
}

}  // namespace segue
