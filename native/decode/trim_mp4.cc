// Walks the boxes of an MP4 file to the edit list of its first audio track (ISO/IEC 14496-12).
#include <algorithm>
#include <cstring>

#include "decode/bytes.h"
#include "decode/trim.h"

namespace segue {
namespace {

struct Box {
  std::int64_t begin = 0;  // of its content
  std::int64_t end = 0;
  char type[5] = {};
};

// Calls visit(box) for each box in [begin, end) until it returns true.
template <typename Visit>
bool forEachBox(const FileBytes& file, std::int64_t begin, std::int64_t end, Visit visit) {
  while (begin + 8 <= end) {
    const std::vector<std::uint8_t> head = file.at(begin, 16);
    if (head.size() < 8) return false;
    std::int64_t size = bigEndian32(head.data());
    std::int64_t headSize = 8;
    if (size == 1) {
      if (head.size() < 16) return false;
      size = static_cast<std::int64_t>(bigEndian64(head.data() + 8));
      headSize = 16;
    } else if (size == 0) {
      size = end - begin;
    }
    if (size < headSize || size > end - begin) return false;
    Box box{begin + headSize, begin + size, {}};
    std::memcpy(box.type, head.data() + 4, 4);
    if (visit(box)) return true;
    begin += size;
  }
  return false;
}

Box findBox(const FileBytes& file, const Box& in, const char* type) {
  Box found;
  forEachBox(file, in.begin, in.end, [&](const Box& box) {
    if (std::strcmp(box.type, type) != 0) return false;
    found = box;
    return true;
  });
  return found;
}

struct ScaleAndDuration {
  std::int64_t scale = 0;
  std::int64_t duration = 0;
};

// mvhd and mdhd begin alike.
ScaleAndDuration readHeader(const FileBytes& file, const Box& box) {
  const std::vector<std::uint8_t> b = file.at(box.begin, std::min<std::int64_t>(32, box.end - box.begin));
  if (b.size() >= 32 && b[0] == 1) return {bigEndian32(&b[20]), static_cast<std::int64_t>(bigEndian64(&b[24]))};
  if (b.size() >= 20 && b[0] == 0) return {bigEndian32(&b[12]), bigEndian32(&b[16])};
  return {};
}

void readEdits(const FileBytes& file, const Box& list, Mp4Edit& edit) {
  const std::vector<std::uint8_t> b = file.at(list.begin, std::min<std::int64_t>(64 * 1024, list.end - list.begin));
  if (b.size() < 8) return;
  const std::size_t entrySize = b[0] == 1 ? 20 : 12;
  const std::uint32_t count = bigEndian32(&b[4]);
  for (std::size_t i = 0, at = 8; i < count && at + entrySize <= b.size(); ++i, at += entrySize) {
    const std::int64_t duration = b[0] == 1 ? static_cast<std::int64_t>(bigEndian64(&b[at])) : bigEndian32(&b[at]);
    const std::int64_t mediaTime = b[0] == 1 ? static_cast<std::int64_t>(bigEndian64(&b[at + 8]))
                                             : static_cast<std::int32_t>(bigEndian32(&b[at + 4]));
    if (mediaTime < 0) continue;  // an empty edit: silence before the music, which we leave out
    edit.mediaTime = mediaTime;
    edit.editDuration = duration;
    return;
  }
}

}  // namespace

std::optional<Mp4Edit> readMp4Edit(const char* path) {
  const FileBytes file(path);
  const Box whole{0, file.size(), {}};
  const Box movie = findBox(file, whole, "moov");
  if (movie.end == 0 || findBox(file, movie, "mvex").end != 0) return std::nullopt;  // fragments: no sample table here
  std::optional<Mp4Edit> found;
  const ScaleAndDuration movieHeader = readHeader(file, findBox(file, movie, "mvhd"));
  forEachBox(file, movie.begin, movie.end, [&](const Box& box) {
    if (std::strcmp(box.type, "trak") != 0) return false;
    const Box media = findBox(file, box, "mdia");
    const Box handler = findBox(file, media, "hdlr");
    const std::vector<std::uint8_t> kind = file.at(handler.begin + 8, 4);
    if (kind.size() < 4 || std::memcmp(kind.data(), "soun", 4) != 0) return false;
    const ScaleAndDuration header = readHeader(file, findBox(file, media, "mdhd"));
    if (header.scale <= 0) return false;
    Mp4Edit edit;
    edit.mediaScale = header.scale;
    edit.mediaDuration = header.duration;
    edit.movieScale = movieHeader.scale;
    const Box edits = findBox(file, box, "edts");
    if (edits.end != 0) readEdits(file, findBox(file, edits, "elst"), edit);
    found = edit;
    return true;
  });
  return found;
}

}  // namespace segue
