// Finds the last page of an Ogg file's first logical stream: its granule position is the exact end (RFC 3533).
#include <algorithm>
#include <cstring>

#include "decode/bytes.h"
#include "decode/trim.h"

namespace segue {
namespace {

// A page is at most 65,307 bytes; read backwards in steps until one of our stream is found.
constexpr std::int64_t kStepBytes = 128 * 1024;
constexpr std::int64_t kOverlapBytes = 32;
constexpr std::int64_t kFarthestBytes = 4 * 1024 * 1024;

}  // namespace

std::optional<std::int64_t> readLastGranule(const char* path) {
  const FileBytes file(path);
  const std::vector<std::uint8_t> head = file.at(0, 64);
  if (head.size() < 40 || std::memcmp(head.data(), "OggS", 4) != 0) return std::nullopt;
  const std::uint8_t* body = head.data() + 27 + head[26];
  if (27 + head[26] + 8 > static_cast<int>(head.size())) return std::nullopt;
  const bool isAudio = std::memcmp(body, "OpusHead", 8) == 0 || std::memcmp(body, "\x01vorbis", 7) == 0 ||
                       std::memcmp(body, "\x7f" "FLAC", 5) == 0;
  if (!isAudio) return std::nullopt;
  const std::uint32_t serial = littleEndian32(&head[14]);
  for (std::int64_t end = file.size(); end > 0 && file.size() - end < kFarthestBytes; end -= kStepBytes) {
    const std::int64_t begin = std::max<std::int64_t>(0, end - kStepBytes);
    const std::vector<std::uint8_t> bytes = file.at(begin, end - begin + kOverlapBytes);
    for (std::size_t i = bytes.size() >= 27 ? bytes.size() - 27 + 1 : 0; i-- > 0;) {
      const std::uint8_t* p = &bytes[i];
      if (p[0] != 'O' || std::memcmp(p, "OggS", 4) != 0 || littleEndian32(p + 14) != serial) continue;
      const auto granule = static_cast<std::int64_t>(littleEndian64(p + 6));
      if (granule >= 0) return granule;  // -1: no packet ends on that page
    }
  }
  return std::nullopt;
}

}  // namespace segue
