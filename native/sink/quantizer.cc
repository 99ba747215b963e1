// See quantizer.h.
#include "sink/quantizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace segue {

namespace {

// A float has no more bits than that: below it there is nothing to dither.
constexpr int kFloatBits = 24;

// To the nearest whole number, a half to the even one, for values that fit into 32 bits: in one addition, where the call
// that the standard library makes of it costs more than all the rest.
double rounded(double value) noexcept {
  constexpr double kWhole = 6755399441055744.0;  // 1.5 * 2^52: above it there are no fractions
  return (value + kWhole) - kWhole;
}

// What is no number is silence.
double bounded(double value, double limit) noexcept {
  return value < limit ? (value > -limit ? value : -limit) : (value >= limit ? limit : 0);
}

constexpr int widthOf(SampleFormat format) {
  return format == SampleFormat::s16 ? 16 : format == SampleFormat::s32 ? 32 : 24;
}

}  // namespace

// Xorshift (Marsaglia, "Xorshift RNGs", 2003).
float Quantizer::random() noexcept SEGUE_NONBLOCKING {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 17;
  state_ ^= state_ << 5;
  return static_cast<float>(state_ >> 8) * (1.0F / 16777216.0F);
}

bool Quantizer::isExact(const float* in, std::size_t samples, double scale) const noexcept SEGUE_NONBLOCKING {
  int fractions = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const double value = bounded(static_cast<double>(in[i]) * scale, 2 * scale);
    fractions += static_cast<double>(static_cast<std::int32_t>(value)) == value ? 0 : 1;
  }
  return fractions == 0;
}

void Quantizer::store(std::int32_t value, std::size_t index, void* out) const noexcept SEGUE_NONBLOCKING {
  auto* bytes = static_cast<std::uint8_t*>(out) + index * bytesOf(format_);
  const auto word = static_cast<std::uint32_t>(value) << (widthOf(format_) - bits_);
  bytes[0] = static_cast<std::uint8_t>(word);
  bytes[1] = static_cast<std::uint8_t>(word >> 8);
  if (format_ == SampleFormat::s16) return;
  bytes[2] = static_cast<std::uint8_t>(word >> 16);
  if (format_ == SampleFormat::s24packed) return;
  bytes[3] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(static_cast<std::int32_t>(word << 8) >> 8) >> 24);
  if (format_ == SampleFormat::s32) bytes[3] = static_cast<std::uint8_t>(word >> 24);
}

void Quantizer::convert(const float* in, std::size_t samples, void* out) noexcept SEGUE_NONBLOCKING {
  if (format_ == SampleFormat::f32) {
    std::memcpy(out, in, samples * sizeof(float));
    return;
  }
  const double scale = std::ldexp(1.0, bits_ - 1);
  for (std::size_t from = 0; from < samples; from += kBlock) {
    const std::size_t count = std::min(kBlock, samples - from);
    const bool isDithered = bits_ <= kFloatBits && !isExact(in + from, count, scale);
    for (std::size_t i = from; i < from + count; ++i) {
      const double noise = isDithered ? static_cast<double>(random()) - static_cast<double>(random()) : 0;
      const double value = rounded(bounded(static_cast<double>(in[i]) * scale + noise, 2 * scale));
      store(static_cast<std::int32_t>(std::clamp(value, -scale, scale - 1)), i, out);
    }
  }
}

}  // namespace segue
