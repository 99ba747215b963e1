// The soft limiter of the output: nothing below -1 dBFS, a tanh knee above that never reaches 1. Pure; audio
// thread.
#pragma once
#include <cmath>

#include "core/realtime.h"

namespace segue {

inline constexpr double kLimiterThreshold = 0.89125093813374556;  // 10^(-1/20)

inline double limitSample(double x) noexcept SEGUE_NONBLOCKING {
  const double size = std::fabs(x);
  if (size <= kLimiterThreshold) return x;
  constexpr double kRoom = 1.0 - kLimiterThreshold;
  return std::copysign(kLimiterThreshold + kRoom * std::tanh((size - kLimiterThreshold) / kRoom), x);
}

}  // namespace segue
