// What a float file may hold and no measure survives: not-a-number, infinity, absurd levels. Pure.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace segue {

// Silence for what is no number; at most 24 dB above full scale for the rest.
inline void makeFinite(float* interleaved, std::int64_t frames) {
  constexpr float kMost = 16;
  for (std::int64_t i = 0; i < 2 * frames; ++i) {
    const float sample = interleaved[i];
    interleaved[i] = std::isfinite(sample) ? std::clamp(sample, -kMost, kMost) : 0.0f;
  }
}

}  // namespace segue
