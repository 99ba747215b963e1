// Ticks: what all positions in files are kept in. Whole numbers of them make a frame at every usual rate. Pure.
#pragma once
#include <cstdint>

namespace segue {

constexpr std::int64_t kTicksPerSecond = 28'224'000;

// Half up, whole seconds first, so that nothing overflows; as audio/ticks.ts has it.
constexpr std::int64_t rescale(std::int64_t count, std::int64_t fromHz, std::int64_t toHz) {
  const std::int64_t seconds = count / fromHz;
  const std::int64_t rest = count % fromHz;
  return seconds * toHz + (2 * rest * toHz + fromHz) / (2 * fromHz);
}

constexpr std::int64_t ticksOf(std::int64_t frames, int rateHz) { return rescale(frames, rateHz, kTicksPerSecond); }
constexpr std::int64_t framesOf(std::int64_t ticks, int rateHz) { return rescale(ticks, kTicksPerSecond, rateHz); }

}  // namespace segue
