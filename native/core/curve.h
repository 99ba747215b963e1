// The five fade curves: position in a region (0 to 1) to gain (0 to 1). Pure; audio thread.
#pragma once
#include <cmath>
#include <numbers>

#include "core/realtime.h"
#include "core/types.h"

namespace segue {

// Exact functions, not a table: two voices fading cost about 0.2 % of a core, and every frame is the
// formula's.
inline double curveGain(Curve curve, double t) noexcept SEGUE_NONBLOCKING {
  switch (curve) {
    case Curve::linear:
      return t;
    case Curve::cosine:
      return 0.5 * (1.0 - std::cos(std::numbers::pi * t));
    case Curve::exponential:
      return t * t;
    case Curve::logarithmic:
      return std::sqrt(t);
    case Curve::equalPower:
      return std::sin(std::numbers::pi / 2 * t);
  }
  return 1.0;
}

// Gain of frame `n` of a fade-in over `frames` frames: f(n / N).
inline double fadeInGain(Fade fade, Frame n) noexcept SEGUE_NONBLOCKING {
  return curveGain(fade.curve, static_cast<double>(n) / static_cast<double>(fade.frames));
}

// Gain of frame `m` of a fade-out over `frames` frames: f(1 - m / M).
inline double fadeOutGain(Fade fade, Frame m) noexcept SEGUE_NONBLOCKING {
  return curveGain(fade.curve, 1.0 - static_cast<double>(m) / static_cast<double>(fade.frames));
}

}  // namespace segue
