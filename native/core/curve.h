// The five fade curves: position in a region (0 to 1) to gain (0 to 1). Pure; audio thread.
#pragma once
#include <cmath>
#include <numbers>

#include "core/realtime.h"
#include "core/types.h"

namespace segue {

// sin(pi/2 t) for t in [0, 1]: Taylor's series up to x^21, whose next term is below 2e-18. Straight arithmetic, which a
// compiler does for several frames at once, where the library's function is called for each.
inline double sinOfQuarter(double t) noexcept SEGUE_NONBLOCKING {
  const double x = std::numbers::pi / 2 * t;
  const double s = x * x;
  double sum = 1.0;
  sum = 1.0 - sum * s * (1.0 / (20 * 21));
  sum = 1.0 - sum * s * (1.0 / (18 * 19));
  sum = 1.0 - sum * s * (1.0 / (16 * 17));
  sum = 1.0 - sum * s * (1.0 / (14 * 15));
  sum = 1.0 - sum * s * (1.0 / (12 * 13));
  sum = 1.0 - sum * s * (1.0 / (10 * 11));
  sum = 1.0 - sum * s * (1.0 / (8 * 9));
  sum = 1.0 - sum * s * (1.0 / (6 * 7));
  sum = 1.0 - sum * s * (1.0 / (4 * 5));
  sum = 1.0 - sum * s * (1.0 / (2 * 3));
  return x * sum;
}

// Exact functions, not a table: every frame is the formula's. The cosine curve, (1 - cos(pi t)) / 2, is the square of
// sin(pi/2 t).
template <Curve curve>
double curveGain(double t) noexcept SEGUE_NONBLOCKING {
  if constexpr (curve == Curve::linear) return t;
  if constexpr (curve == Curve::cosine) return sinOfQuarter(t) * sinOfQuarter(t);
  if constexpr (curve == Curve::exponential) return t * t;
  if constexpr (curve == Curve::logarithmic) return std::sqrt(t);
  if constexpr (curve == Curve::equalPower) return sinOfQuarter(t);
}

// Calls `use` with the curve as a constant: once for a block, not for each of its frames.
template <typename Use>
void withCurve(Curve curve, Use use) noexcept SEGUE_NONBLOCKING {
  switch (curve) {
    case Curve::linear:
      return use.template operator()<Curve::linear>();
    case Curve::cosine:
      return use.template operator()<Curve::cosine>();
    case Curve::exponential:
      return use.template operator()<Curve::exponential>();
    case Curve::logarithmic:
      return use.template operator()<Curve::logarithmic>();
    case Curve::equalPower:
      return use.template operator()<Curve::equalPower>();
  }
}

inline double curveGain(Curve curve, double t) noexcept SEGUE_NONBLOCKING {
  double gain = 1.0;
  withCurve(curve, [&]<Curve known>() noexcept SEGUE_NONBLOCKING { gain = curveGain<known>(t); });
  return gain;
}

// Gain of frame `n` of a fade-in over `frames` frames: f(n / N).
inline double fadeInGain(Fade fade, Frame n) noexcept SEGUE_NONBLOCKING {
  return curveGain(fade.curve, static_cast<double>(n) / static_cast<double>(fade.frames));
}

// Gain of frame `m` of a fade-out over `frames` frames: f(1 - m / M).
inline double fadeOutGain(Fade fade, Frame m) noexcept SEGUE_NONBLOCKING {
  return curveGain(fade.curve, 1.0 - static_cast<double>(m) / static_cast<double>(fade.frames));
}

// The same for `count` frames from that one on, multiplied into `gains`; the second times `scale`. Counted in int: there
// are instructions that make doubles of several at once.
inline void fadeInGains(Fade fade, Frame n, Frame count, double* gains) noexcept SEGUE_NONBLOCKING {
  withCurve(fade.curve, [&]<Curve known>() noexcept SEGUE_NONBLOCKING {
    for (int i = 0; i < static_cast<int>(count); ++i) {
      gains[i] *= curveGain<known>((static_cast<double>(n) + i) / static_cast<double>(fade.frames));
    }
  });
}
inline void fadeOutGains(Fade fade, Frame m, Frame count, double scale, double* gains) noexcept SEGUE_NONBLOCKING {
  withCurve(fade.curve, [&]<Curve known>() noexcept SEGUE_NONBLOCKING {
    for (int i = 0; i < static_cast<int>(count); ++i) {
      gains[i] *= scale * curveGain<known>(1.0 - (static_cast<double>(m) + i) / static_cast<double>(fade.frames));
    }
  });
}

}  // namespace segue
