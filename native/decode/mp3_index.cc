// The index of an MP3's frames: one byte position every 32 frames (3 KB an hour).
#include "decode/mp3_index.h"

#include <algorithm>

namespace segue {

void Mp3Index::note(std::int64_t ordinal, std::int64_t bytePosition) {
  if (ordinal == static_cast<std::int64_t>(entries_.size()) * kFramesPerEntry && bytePosition >= 0)
    entries_.push_back(bytePosition);
}

std::optional<Mp3Index::Place> Mp3Index::find(Input& input, AVPacket* packet, std::int64_t ordinal) {
  const std::int64_t wanted = std::max<std::int64_t>(0, ordinal) / kFramesPerEntry;
  if (entries_.empty()) return std::nullopt;
  const auto known = [&] { return static_cast<std::int64_t>(entries_.size()) - 1; };
  if (wanted > known()) {
    std::int64_t at = known() * kFramesPerEntry;
    if (!input.seekByte(entries_.back())) return std::nullopt;
    while (wanted > known()) {
      if (input.readPacket(packet) < 0) break;
      note(at++, packet->pos);
      av_packet_unref(packet);
    }
  }
  const std::int64_t entry = std::min(wanted, known());
  return Place{entry * kFramesPerEntry, entries_[static_cast<std::size_t>(entry)]};
}

}  // namespace segue
