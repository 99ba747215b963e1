// Reads the Xing/Info and LAME tag that an MP3 encoder leaves in an otherwise silent first frame.
// Layout: the "mp3 info tag" of LAME 3.90 and later; Xing's VBR header before it.
#include <array>
#include <cstring>

#include "decode/bytes.h"
#include "decode/trim.h"

namespace segue {
namespace {

constexpr std::int64_t kSearchBytes = 64 * 1024;

// Bytes of an ID3v2 tag at `bytes`, 0 when there is none.
std::int64_t id3Size(const std::vector<std::uint8_t>& bytes) {
  if (bytes.size() < 10 || std::memcmp(bytes.data(), "ID3", 3) != 0) return 0;
  const std::int64_t body = (std::int64_t{bytes[6] & 0x7f} << 21) | ((bytes[7] & 0x7f) << 14) |
                            ((bytes[8] & 0x7f) << 7) | (bytes[9] & 0x7f);
  return body + 10 + ((bytes[5] & 0x10) ? 10 : 0);
}

bool isLayer3Header(const std::uint8_t* p) {
  if (p[0] != 0xff || (p[1] & 0xe0) != 0xe0) return false;
  const int version = (p[1] >> 3) & 3, layer = (p[1] >> 1) & 3, bitrate = p[2] >> 4, rate = (p[2] >> 2) & 3;
  return version != 1 && layer == 1 && bitrate != 15 && rate != 3;
}

// Side information between the header and the tag, by version and channel mode.
std::size_t tagOffset(const std::uint8_t* p) {
  const bool isMpeg1 = ((p[1] >> 3) & 3) == 3;
  const bool isMono = (p[3] >> 6) == 3;
  const std::size_t sideInfo = isMpeg1 ? (isMono ? 17 : 32) : (isMono ? 9 : 17);
  return 4 + sideInfo;  // the tag stands where it would without a checksum, also in frames that have one
}

}  // namespace

std::optional<LameTag> readLameTag(const char* path) {
  const FileBytes file(path);
  std::int64_t start = 0;
  for (std::int64_t size; (size = id3Size(file.at(start, 10))) > 0;) start += size;
  const std::vector<std::uint8_t> bytes = file.at(start, kSearchBytes);
  for (std::size_t i = 0; i + 200 <= bytes.size(); ++i) {
    if (!isLayer3Header(&bytes[i])) continue;
    const std::uint8_t* p = &bytes[i] + tagOffset(&bytes[i]);
    const bool isInfo = std::memcmp(p, "Info", 4) == 0;
    if (!isInfo && std::memcmp(p, "Xing", 4) != 0) return std::nullopt;
    LameTag tag;
    tag.isConstantBitrate = isInfo;
    const std::uint32_t flags = bigEndian32(p + 4);
    p += 8;
    if (flags & 1) tag.frames = bigEndian32(p), p += 4;
    if (flags & 2) tag.bytes = bigEndian32(p), p += 4;
    if (flags & 4) p += 100;
    if (flags & 8) p += 4;
    // "LAME3.100", "Lavf", "Lavc": nine characters of encoder, then twelve bytes, then delay and padding.
    if (p + 24 > bytes.data() + bytes.size()) return tag;
    const bool isKnown = std::memcmp(p, "LAME", 4) == 0 || std::memcmp(p, "Lavf", 4) == 0 ||
                         std::memcmp(p, "Lavc", 4) == 0 || std::memcmp(p, "GOGO", 4) == 0;
    if (isKnown) {
      tag.delay = (p[21] << 4) | (p[22] >> 4);
      tag.padding = ((p[22] & 0x0f) << 8) | p[23];
      tag.hasGapless = true;
    }
    return tag;
  }
  return std::nullopt;
}

}  // namespace segue
