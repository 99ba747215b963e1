// Byte positions of MP3 frames, so that a seek is exact: an MP3's own table of contents is only a guess.
// Where the file proves that its bitrate is constant they are computed; else the index grows by walking from header to
// header, and where that meets something else, by reading packets without decoding them. A seek opens a file anew, so the
// indexes of the last few files are kept. Decoder threads.
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

  // Knows at once what was found out about the same file before.
  explicit Mp3Index(std::string path);
  // Keeps what was found out.
  ~Mp3Index();
  Mp3Index(const Mp3Index&) = delete;
  Mp3Index& operator=(const Mp3Index&) = delete;
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
  void walk(std::int64_t wantedEntry);

  const std::string path_;
  // Path, size and time of change: what the entries hold for. Empty: the file cannot be looked at.
  std::string identity_;
  std::vector<std::int64_t> entries_;
  // Bytes of an average frame; 0: not constant (or not known to be). Empty: not looked at yet.
  std::optional<double> constantFrameBytes_;
};

}  // namespace segue
