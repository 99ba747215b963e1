// Byte positions of MP3 frames, so that a seek is exact: an MP3's own table of contents is only a guess.
// Grows by reading packets without decoding them; where the tag proves a constant bitrate it is computed. Decoder thread.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "decode/input.h"

namespace segue {

class Mp3Index {
 public:
  static constexpr std::int64_t kFramesPerEntry = 32;

  // Notes that packet number `ordinal` (counted from the first) begins at `bytePosition`.
  void note(std::int64_t ordinal, std::int64_t bytePosition);
  struct Place {
    std::int64_t ordinal = 0;
    std::int64_t bytePosition = 0;
  };
  // The last entry at or before `ordinal`; reads on from the last known one when it lies beyond. Leaves the input
  // anywhere. Empty: the file ends before.
  std::optional<Place> find(Input& input, AVPacket* packet, std::int64_t ordinal);

 private:
  std::vector<std::int64_t> entries_;
};

}  // namespace segue
