// Float samples into a device's own integers. What is an integer there already passes bit for bit; all else is dithered
// (triangular, two uniform values of one step each: Lipshitz, Wannamaker, Vanderkooy, "Quantization and Dither", 1992),
// so that what is lost is noise of a constant level, and not a distortion of the music. Audio thread: bounded, no
// allocation, no system call.
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/realtime.h"

namespace segue {

enum class SampleFormat : std::uint8_t { s16, s24packed, s24, s32, f32 };

[[nodiscard]] constexpr std::size_t bytesOf(SampleFormat format) {
  return format == SampleFormat::s16 ? 2 : format == SampleFormat::s24packed ? 3 : 4;
}

class Quantizer {
 public:
  // `bits`: of the format, those that the device plays (24 in a word of 32, say).
  explicit Quantizer(SampleFormat format = SampleFormat::f32, int bits = 32) : format_(format), bits_(bits) {}

  // `samples` interleaved values into as many of the format, little-endian. Above full scale is full scale.
  void convert(const float* in, std::size_t samples, void* out) noexcept SEGUE_NONBLOCKING;

 private:
  // One block is dithered as a whole or not at all.
  static constexpr std::size_t kBlock = 128;

  // Two uniform numbers of 16 bits.
  [[nodiscard]] std::uint32_t random() noexcept SEGUE_NONBLOCKING;
  void store(const std::int64_t* values, std::size_t count, std::uint8_t* out) const noexcept SEGUE_NONBLOCKING;

  SampleFormat format_;
  int bits_;
  std::uint32_t state_ = 0x9E3779B9;
};

}  // namespace segue
