// See quantizer.h.
#include "sink/quantizer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace segue {

namespace {

// A float has no more bits than that: below it there is nothing to dither.
constexpr int kFloatBits = 24;

// Samples are whole numbers here, of 1 / 65536 of a step: so much finer than the dither that what is cut off below is nothing,
// and cheaper than floating point where that has to be emulated.
constexpr int kFraction = 16;
constexpr std::int64_t kStep = 1 << kFraction;

// One of these each: what is no number is silence, what is far above full scale stays just there.
std::int64_t toSteps(float sample, float scale) noexcept {
  constexpr std::uint32_t kSign = 0x80000000;
  constexpr std::uint32_t kTwo = std::bit_cast<std::uint32_t>(2.0F);
  constexpr std::uint32_t kInfinite = 0x7F800000;
  std::uint32_t word = std::bit_cast<std::uint32_t>(sample);
  const std::uint32_t size = word & ~kSign;
  if (size > kTwo) word = size > kInfinite ? 0 : (word & kSign) | kTwo;
  return static_cast<std::int64_t>(std::bit_cast<float>(word) * scale);
}

constexpr int widthOf(SampleFormat format) {
  return format == SampleFormat::s16 ? 16 : format == SampleFormat::s32 ? 32 : 24;
}

}  // namespace

// Xorshift (Marsaglia, "Xorshift RNGs", 2003).
std::uint32_t Quantizer::random() noexcept SEGUE_NONBLOCKING {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 17;
  state_ ^= state_ << 5;
  return state_;
}

// Little-endian, whatever the machine is.
void Quantizer::store(const std::int64_t* values, std::size_t count, std::uint8_t* out) const noexcept SEGUE_NONBLOCKING {
  if (format_ == SampleFormat::s16) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto word = static_cast<std::uint32_t>(values[i]) << (16 - bits_);
      out[2 * i] = static_cast<std::uint8_t>(word);
      out[2 * i + 1] = static_cast<std::uint8_t>(word >> 8);
    }
    return;
  }
  const std::size_t bytes = bytesOf(format_);
  for (std::size_t i = 0; i < count; ++i) {
    // 24 bits in four bytes: the sign goes on to the top.
    const auto word = static_cast<std::uint32_t>(static_cast<std::int32_t>(values[i])) << (widthOf(format_) - bits_);
    for (std::size_t byte = 0; byte < bytes; ++byte) out[bytes * i + byte] = static_cast<std::uint8_t>(word >> (8 * byte));
  }
}

void Quantizer::convert(const float* in, std::size_t samples, void* out) noexcept SEGUE_NONBLOCKING {
  if (format_ == SampleFormat::f32) {
    std::memcpy(out, in, samples * sizeof(float));
    return;
  }
  const std::int64_t fullScale = std::int64_t{1} << (bits_ - 1);
  const float scale = std::ldexp(1.0F, bits_ - 1 + kFraction);
  std::array<std::int64_t, kBlock> steps;
  for (std::size_t from = 0; from < samples; from += kBlock) {
    const std::size_t count = std::min(kBlock, samples - from);
    std::int64_t fractions = 0;
    for (std::size_t i = 0; i < count; ++i) {
      steps[i] = toSteps(in[from + i], scale);
      fractions |= steps[i] & (kStep - 1);
    }
    if (bits_ <= kFloatBits && fractions != 0) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t two = random();
        steps[i] += static_cast<std::int64_t>(two & 0xFFFF) - static_cast<std::int64_t>(two >> 16);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      steps[i] = std::clamp((steps[i] + kStep / 2) >> kFraction, -fullScale, fullScale - 1);
    }
    store(steps.data(), count, static_cast<std::uint8_t*>(out) + from * bytesOf(format_));
  }
}

}  // namespace segue
