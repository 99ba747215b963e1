// FLAC of more than 24 bits (RFC 9639), which FFmpeg before 6 reads the header of and decodes no frame of. Finds frames by
// their checksums, so that damage costs the damaged frame only. Blocks; called by one decoder thread (or a tool's).
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "decode/bytes.h"
#include "decode/libav.h"

namespace segue {

class FlacDeep {
 public:
  // A decoder for the file if it is such a FLAC, else nothing.
  static std::unique_ptr<FlacDeep> open(const char* path, const std::atomic<bool>& isInterrupted);

  // The next whole frame as 32-bit planar samples, its pts the number of its first one. False: the end, or interrupted.
  bool next(AVFrame& frame);
  // The next frame is the one that holds `sample`, or one shortly before it.
  void seek(std::int64_t sample);

 private:
  struct Header {
    std::int64_t first = 0;
    int samples = 0;
    int channels = 0;
    int assignment = 0;
    int bits = 0;
  };

  FlacDeep(const char* path, const std::atomic<bool>& isInterrupted) : file_(path), isInterrupted_(isInterrupted) {}
  bool readStreamInfo();
  // Decodes the first good frame at or after a byte; its place, and the place after it.
  bool findFrame(std::int64_t from);
  bool decodeAt(std::size_t offset);
  bool load(std::int64_t position);

  FileBytes file_;
  const std::atomic<bool>& isInterrupted_;
  int rate_ = 0;
  int bits_ = 0;
  int channels_ = 0;
  int shortestBlock_ = 0;
  int longestBlock_ = 0;
  std::int64_t firstFrameAt_ = 0;
  std::int64_t position_ = 0;
  // A piece of the file.
  std::vector<std::uint8_t> window_;
  std::int64_t windowAt_ = 0;
  // The frame that was found last.
  Header header_;
  std::int64_t frameAt_ = 0;
  std::int64_t frameEnd_ = 0;
  std::array<std::vector<std::int64_t>, 8> planes_;
};

}  // namespace segue
