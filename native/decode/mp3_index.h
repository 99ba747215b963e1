// Byte positions of MP3 frames, so that a seek is exact: an MP3's own table of contents is only a guess.
// Where the file proves that its bitrate is constant they are computed; else the index grows by reading packets without
// decoding them (0.5 s of work for 3 hours, once). Decoder thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "decode/input.h"

namespace segue {

class Mp3Index {
 public:
  static constexpr std::int64_t kFramesPerEntry = 32;

  explicit Mp3Index(std::string path) : path_(std::move(path)) {}
  // Notes that packet number `ordinal` (counted from the first) begins at `bytePosition`.
  void note(std::int64_t ordinal, std::int64_t bytePosition);
  struct Place {
    std::int64_t ordinal = 0;
    std::int64_t bytePosition = 0;
  };
  // A known frame at or before `ordinal`, fewer than kFramesPerEntry away; when it is not known yet the input is read on
  // from the last known one. Leaves the input anywhere. Empty: the file ends before.
  std::optional<Place> find(Input& input, AVPacket* packet, std::int64_t ordinal);

 private:
  std::optional<Place> compute(std::int64_t ordinal);

  std::string path_;
  std::vector<std::int64_t> entries_;
  // Bytes of an average frame; 0: not constant (or not known to be). Empty: not looked at yet.
  std::optional<double> constantFrameBytes_;
};

}  // namespace segue
