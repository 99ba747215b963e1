// Bits of a FLAC frame in memory: reads beyond the end give zeros and are remembered, so that nobody checks each one. Pure.
#pragma once
#include <cstddef>
#include <cstdint>

namespace segue {

class FlacBits {
 public:
  FlacBits(const std::uint8_t* bytes, std::size_t count) : bytes_(bytes), count_(count) {}

  // Up to 57 bits.
  std::uint64_t take(int width) {
    while (held_ < width) {
      const std::uint64_t byte = at_ < count_ ? bytes_[at_] : 0;
      isPastEnd_ = isPastEnd_ || at_ >= count_;
      ++at_;
      cache_ = (cache_ << 8) | byte;
      held_ += 8;
    }
    held_ -= width;
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    return (cache_ >> held_) & mask;
  }
  std::int64_t takeSigned(int width) {
    if (width == 0) return 0;
    const std::uint64_t value = take(width);
    const std::uint64_t sign = std::uint64_t{1} << (width - 1);
    return static_cast<std::int64_t>(value ^ sign) - static_cast<std::int64_t>(sign);
  }
  // Zeros before the next one.
  std::int64_t takeUnary() {
    std::int64_t zeros = 0;
    for (; !isPastEnd_; ++zeros)
      if (take(1) != 0) return zeros;
    return 0;
  }
  void align() { held_ -= held_ % 8; }
  // Whole bytes taken; exact when aligned.
  [[nodiscard]] std::size_t taken() const { return at_ - static_cast<std::size_t>(held_ / 8); }
  [[nodiscard]] bool isPastEnd() const { return isPastEnd_; }

 private:
  const std::uint8_t* bytes_;
  std::size_t count_;
  std::size_t at_ = 0;
  std::uint64_t cache_ = 0;
  int held_ = 0;
  bool isPastEnd_ = false;
};

}  // namespace segue
