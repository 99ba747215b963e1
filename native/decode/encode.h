// Writes an audio file: libavcodec's encoders, tags and a cover through libavformat. For the demo library, tools and
// tests; blocks, runs on a tool's thread, never in the playing core.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "decode/input.h"

namespace segue {

struct EncodeJob {
  std::string path;
  std::string codec;  // see kEncodings in encode.cc
  int rateHz = 0;
  std::int64_t bitRate = 0;  // bits a second of a lossy codec; 0: its usual one
  const float* interleaved = nullptr;  // stereo, -1 to 1
  std::int64_t frames = 0;
  std::map<std::string, std::string> tags;
  std::vector<std::uint8_t> cover;  // PNG or JPEG; empty: none
};

// Bytes written, or why not.
struct EncodeResult {
  std::int64_t bytes = 0;
  InputFailure failure;
};

EncodeResult encodeFile(const EncodeJob& job);

// Width, height and kind of a PNG or JPEG, from its header.
struct Picture {
  AVCodecID codec = AV_CODEC_ID_NONE;
  int width = 0;
  int height = 0;
};
Picture inspectPicture(const std::vector<std::uint8_t>& bytes);

// The value of the tag METADATA_BLOCK_PICTURE: FLAC's picture block in base64 (for Ogg).
std::string pictureBlock(const Picture& picture, const std::vector<std::uint8_t>& bytes);

}  // namespace segue
