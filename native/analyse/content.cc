// Windows of 100 ms are laid from the start inwards for the lead-in and from the end inwards for the
// lead-out, so that a file played backwards has the mirrored points. They are sums of 10 ms slots: kept,
// because the loudest is known last.
#include "analyse/content.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace segue {
namespace {

constexpr float kAudible = 0.001f;  // -60 dB
constexpr double kLongSilenceSeconds = 0.5, kKeptSilenceSeconds = 0.05;
constexpr std::int64_t kSlotsPerWindow = 10;
constexpr double kLoud = 0.31622776601683794, kQuiet = 0.06309573444801932;  // powers: -5 dB and -12 dB
constexpr double kSoonSeconds = 1, kLongestLeadSeconds = 5;

// One window: how far inwards it begins, and its mean power.
struct Window {
  double atSeconds;
  double power;
};

// How long the music takes to arrive. `windows` go inwards; one of them comes near the power `most`.
double leadSeconds(const std::vector<Window>& windows, double most) {
  const auto reaches = [&](double level) {
    return [=](const Window& window) { return window.power >= level * most; };
  };
  const auto loud = std::find_if(windows.begin(), windows.end(), reaches(kLoud));
  if (loud != windows.end() && loud->atSeconds < kSoonSeconds) return 0;
  const auto first = std::find_if(windows.begin(), windows.end(), reaches(kQuiet));
  return first == windows.end() ? 0 : std::min(first->atSeconds, kLongestLeadSeconds);
}

}  // namespace

ContentMeter::ContentMeter(int rateHz) : rate_(rateHz), weighting_(rateHz), slotEnd_(slotStart(1)) {}

void ContentMeter::add(const float* interleaved, std::int64_t frames) {
  for (std::int64_t i = 0; i < frames; ++i) {
    const float l = interleaved[2 * i], r = interleaved[2 * i + 1];
    if (std::max(std::fabs(l), std::fabs(r)) >= kAudible) {
      lastAudible_ = frames_ + i;
      if (firstAudible_ < 0) firstAudible_ = lastAudible_;
    }
    slotEnergy_ += weighting_.power(l, r);
    if (frames_ + i + 1 == slotEnd_) {
      slots_.push_back(static_cast<float>(slotEnergy_));
      slotEnergy_ = 0;
      slotEnd_ = slotStart(static_cast<std::int64_t>(slots_.size()) + 1);
    }
  }
  frames_ += frames;
  weighting_.settle();
}

double ContentMeter::powerOf(std::int64_t firstSlot, std::int64_t endSlot) const {
  const auto whole = static_cast<std::int64_t>(slots_.size());
  double energy = endSlot > whole ? slotEnergy_ : 0;
  for (std::int64_t slot = firstSlot; slot < std::min(endSlot, whole); ++slot)
    energy += static_cast<double>(slots_[static_cast<std::size_t>(slot)]);
  return energy / static_cast<double>(std::min(slotStart(endSlot), frames_) - slotStart(firstSlot));
}

std::optional<ContentPoints> ContentMeter::points() const {
  if (firstAudible_ < 0) return std::nullopt;
  const auto framesOf = [&](double seconds) {
    return static_cast<std::int64_t>(std::llround(seconds * rate_));
  };
  const std::int64_t silenceBefore = firstAudible_, silenceAfter = frames_ - 1 - lastAudible_;
  ContentPoints points;
  points.start =
      silenceBefore > framesOf(kLongSilenceSeconds) ? silenceBefore - framesOf(kKeptSilenceSeconds) : 0;
  points.end = silenceAfter > framesOf(kLongSilenceSeconds) ? lastAudible_ + 1 + framesOf(kKeptSilenceSeconds)
                                                            : frames_;

  const std::int64_t firstSlot = points.start * kSlotsPerSecond / rate_;
  const std::int64_t endSlot = (points.end * kSlotsPerSecond + rate_ - 1) / rate_;
  const std::int64_t slots = endSlot - firstSlot, last = std::max<std::int64_t>(0, slots - kSlotsPerWindow);
  std::vector<Window> fromStart, fromEnd;
  double most = 0;
  for (std::int64_t at = 0;; at = std::min(at + kSlotsPerWindow, last)) {
    // What is shorter than a window is one window; otherwise the last one reaches back to be a whole one.
    const std::int64_t length = std::min(kSlotsPerWindow, slots);
    const double atSeconds = static_cast<double>(at) / kSlotsPerSecond;
    fromStart.push_back({atSeconds, powerOf(firstSlot + at, firstSlot + at + length)});
    fromEnd.push_back({atSeconds, powerOf(endSlot - at - length, endSlot - at)});
    most = std::max({most, fromStart.back().power, fromEnd.back().power});
    if (at == last) break;
  }
  if (!(most > 0)) return std::nullopt;
  points.leadIn = points.start + framesOf(leadSeconds(fromStart, most));
  points.leadOut = points.end - framesOf(leadSeconds(fromEnd, most));
  // Only in what is hardly longer than a window: the ends of the slots are not the ends of the music.
  if (points.leadIn > points.leadOut)
    points.leadIn = points.leadOut = std::midpoint(points.leadIn, points.leadOut);
  return points;
}

}  // namespace segue
