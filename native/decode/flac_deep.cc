// RFC 9639: the stream's header, the frames' headers and checksums, and where frames are. Subframes: flac_subframe.cc.
#include "decode/flac_deep.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "decode/flac_bits.h"
#include "decode/flac_subframe.h"

namespace segue {
namespace {

// Below this libav decodes them, faster.
constexpr int kShallow = 24;
// A search by halves ends here; the rest is read through.
constexpr std::int64_t kNearBytes = 256 * 1024;

constexpr std::uint8_t crc8(const std::uint8_t* bytes, std::size_t count) {
  unsigned crc = 0;
  for (std::size_t i = 0; i < count; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80) ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return static_cast<std::uint8_t>(crc);
}

std::uint16_t crc16(const std::uint8_t* bytes, std::size_t count) {
  static const std::array<std::uint16_t, 256> table = [] {
    std::array<std::uint16_t, 256> made{};
    for (unsigned byte = 0; byte < 256; ++byte) {
      unsigned crc = byte << 8;
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) ? ((crc << 1) ^ 0x8005) & 0xffff : crc << 1;
      made[byte] = static_cast<std::uint16_t>(crc);
    }
    return made;
  }();
  unsigned crc = 0;
  for (std::size_t i = 0; i < count; ++i) crc = ((crc << 8) ^ table[(crc >> 8) ^ bytes[i]]) & 0xffff;
  return static_cast<std::uint16_t>(crc);
}

// A number as UTF-8 writes one, up to 36 bits; negative: none.
std::int64_t takeNumber(FlacBits& bits) {
  const auto first = static_cast<std::uint8_t>(bits.take(8));
  const int ones = std::countl_one(first);
  if (ones == 1 || ones > 7) return -1;
  if (ones == 0) return first;
  std::int64_t number = first & (0x7f >> ones);
  for (int i = 1; i < ones; ++i) {
    const std::uint64_t byte = bits.take(8);
    if ((byte & 0xc0) != 0x80) return -1;
    number = (number << 6) | static_cast<std::int64_t>(byte & 0x3f);
  }
  return number;
}

int blockOf(FlacBits& bits, int code) {
  if (code == 0) return 0;
  if (code == 1) return 192;
  if (code <= 5) return 576 << (code - 2);
  if (code == 6) return static_cast<int>(bits.take(8)) + 1;
  if (code == 7) return static_cast<int>(bits.take(16)) + 1;
  return 256 << (code - 8);
}

}  // namespace

std::unique_ptr<FlacDeep> FlacDeep::open(const char* path, const std::atomic<bool>& isInterrupted) {
  std::unique_ptr<FlacDeep> made(new FlacDeep(path, isInterrupted));
  return made->readStreamInfo() && made->bits_ > kShallow ? std::move(made) : nullptr;
}

bool FlacDeep::readStreamInfo() {
  std::int64_t at = 0;
  for (;;) {  // ID3v2 tags before the stream
    const std::vector<std::uint8_t> head = file_.at(at, 10);
    if (head.size() < 10) return false;
    if (std::memcmp(head.data(), "fLaC", 4) == 0) break;
    if (std::memcmp(head.data(), "ID3", 3) != 0) return false;
    at += 10 + ((std::int64_t{head[6] & 0x7f} << 21) | ((head[7] & 0x7f) << 14) | ((head[8] & 0x7f) << 7) | (head[9] & 0x7f));
  }
  at += 4;
  const std::vector<std::uint8_t> info = file_.at(at, 4 + 34);
  if (info.size() < 38 || (info[0] & 0x7f) != 0) return false;
  FlacBits bits(info.data() + 4, 34);
  shortestBlock_ = static_cast<int>(bits.take(16));
  longestBlock_ = static_cast<int>(bits.take(16));
  bits.take(48);
  rate_ = static_cast<int>(bits.take(20));
  channels_ = static_cast<int>(bits.take(3)) + 1;
  bits_ = static_cast<int>(bits.take(5)) + 1;
  for (bool isLast = false; !isLast;) {
    const std::vector<std::uint8_t> head = file_.at(at, 4);
    if (head.size() < 4) return false;
    isLast = (head[0] & 0x80) != 0;
    at += 4 + (bigEndian32(head.data()) & 0xffffff);
  }
  position_ = firstFrameAt_ = at;
  return rate_ > 0 && longestBlock_ > 0;
}

// Enough of the file for any sensible frame that begins at `position`: stored samples and a half.
bool FlacDeep::load(std::int64_t position) {
  const std::int64_t need = 1024 + std::int64_t{longestBlock_} * channels_ * (bits_ + 1) / 8 * 3 / 2;
  const std::int64_t end = windowAt_ + std::ssize(window_);
  if (position < windowAt_ || (position + need > end && end < file_.size())) {
    window_ = file_.at(position, 2 * need);
    windowAt_ = position;
  }
  return position < windowAt_ + std::ssize(window_);
}

bool FlacDeep::decodeAt(std::size_t offset) {
  const std::uint8_t* start = window_.data() + offset;
  FlacBits bits(start, window_.size() - offset);
  if (bits.take(15) != 0x7ffc) return false;
  const bool isVariable = bits.take(1) != 0;
  const int blockCode = static_cast<int>(bits.take(4)), rateCode = static_cast<int>(bits.take(4));
  Header header;
  header.assignment = static_cast<int>(bits.take(4));
  const int depthCode = static_cast<int>(bits.take(3));
  if (bits.take(1) != 0 || header.assignment > 10 || (depthCode != 0 && depthCode != 7) || rateCode == 15) return false;
  header.channels = header.assignment < 8 ? header.assignment + 1 : 2;
  header.bits = depthCode == 0 ? bits_ : 32;
  const std::int64_t number = takeNumber(bits);
  header.samples = blockOf(bits, blockCode);
  if (rateCode >= 12) bits.take(rateCode == 12 ? 8 : 16);
  const std::size_t headerBytes = bits.taken();
  if (bits.take(8) != crc8(start, headerBytes) || bits.isPastEnd()) return false;
  if (number < 0 || header.samples <= 0 || header.samples > longestBlock_ || header.channels != channels_ || header.bits != bits_)
    return false;
  header.first = isVariable ? number : number * shortestBlock_;
  for (int c = 0; c < header.channels; ++c) {
    const bool isSide = (header.assignment == 8 && c == 1) || (header.assignment == 9 && c == 0) || (header.assignment == 10 && c == 1);
    std::vector<std::int64_t>& plane = planes_[static_cast<std::size_t>(c)];
    plane.resize(static_cast<std::size_t>(header.samples));
    if (!readFlacSubframe(bits, header.bits + (isSide ? 1 : 0), plane)) return false;
  }
  bits.align();
  const std::size_t frameBytes = bits.taken();
  if (bits.take(16) != crc16(start, frameBytes) || bits.isPastEnd()) return false;
  header_ = header;
  frameAt_ = windowAt_ + static_cast<std::int64_t>(offset);
  frameEnd_ = frameAt_ + static_cast<std::int64_t>(frameBytes) + 2;
  return true;
}

bool FlacDeep::findFrame(std::int64_t from) {
  for (std::int64_t at = from; load(at) && !isInterrupted_.load(std::memory_order_relaxed);) {
    const auto offset = static_cast<std::size_t>(at - windowAt_);
    if (decodeAt(offset)) return true;
    const auto next = std::find(window_.begin() + static_cast<std::ptrdiff_t>(offset) + 1, window_.end(), 0xff);
    at = windowAt_ + (next - window_.begin());
  }
  return false;
}

bool FlacDeep::next(AVFrame& frame) {
  if (!findFrame(position_)) return false;
  position_ = frameEnd_;
  std::vector<std::int64_t>&a = planes_[0], &b = planes_[1];
  for (std::size_t n = 0; header_.assignment >= 8 && n < a.size(); ++n) {
    if (header_.assignment == 8) {
      b[n] = a[n] - b[n];
    } else if (header_.assignment == 9) {
      a[n] += b[n];
    } else {
      const std::int64_t side = b[n], twice = 2 * a[n] + (side & 1);
      a[n] = (twice + side) >> 1;
      b[n] = (twice - side) >> 1;
    }
  }
  frame.format = AV_SAMPLE_FMT_S32P;
  frame.nb_samples = header_.samples;
  frame.sample_rate = rate_;
  frame.pts = header_.first;
  // The caller knows which channels these are.
  if (frame.ch_layout.nb_channels != header_.channels) av_channel_layout_default(&frame.ch_layout, header_.channels);
  if (av_frame_get_buffer(&frame, 0) < 0) return false;
  for (int c = 0; c < header_.channels; ++c) {
    auto* to = reinterpret_cast<std::int32_t*>(frame.extended_data[c]);
    const std::vector<std::int64_t>& from = planes_[static_cast<std::size_t>(c)];
    for (std::size_t n = 0; n < from.size(); ++n)
      to[n] = static_cast<std::int32_t>(static_cast<std::uint32_t>(from[n]) << (32 - header_.bits));
  }
  return true;
}

void FlacDeep::seek(std::int64_t sample) {
  std::int64_t low = firstFrameAt_, high = file_.size();
  while (high - low > kNearBytes) {
    const std::int64_t middle = low + (high - low) / 2;
    if (findFrame(middle) && header_.first <= sample) {
      low = frameAt_;
    } else {
      high = middle;
    }
    if (isInterrupted_.load(std::memory_order_relaxed)) break;
  }
  position_ = low;
  while (findFrame(position_) && header_.first + header_.samples <= sample) position_ = frameEnd_;
}

}  // namespace segue
