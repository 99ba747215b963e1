// Covers: what a picture file is, and FLAC's picture block. Pure.
#include <algorithm>
#include <cstring>

#include "decode/bytes.h"
#include "decode/encode.h"

namespace segue {
namespace {

void append32(std::vector<std::uint8_t>& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = std::uint32_t{bytes[i]} << 16;
    if (left > 1) group |= std::uint32_t{bytes[i + 1]} << 8;
    if (left > 2) group |= bytes[i + 2];
    for (std::size_t d = 0; d < 4; ++d) text += d <= left ? kDigits[(group >> (18 - 6 * d)) & 63] : '=';
  }
  return text;
}

Picture inspectJpeg(const std::vector<std::uint8_t>& b) {
  for (std::size_t i = 2; i + 9 < b.size() && b[i] == 0xff;) {
    const int marker = b[i + 1];
    const bool isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (isFrame) return {AV_CODEC_ID_MJPEG, (b[i + 7] << 8) | b[i + 8], (b[i + 5] << 8) | b[i + 6]};
    i += 2 + static_cast<std::size_t>((b[i + 2] << 8) | b[i + 3]);
  }
  return {};
}

}  // namespace

Picture inspectPicture(const std::vector<std::uint8_t>& b) {
  if (b.size() >= 24 && std::memcmp(b.data(), "\x89PNG\r\n\x1a\n", 8) == 0)
    return {AV_CODEC_ID_PNG, static_cast<int>(bigEndian32(&b[16])), static_cast<int>(bigEndian32(&b[20]))};
  if (b.size() >= 12 && b[0] == 0xff && b[1] == 0xd8) return inspectJpeg(b);
  return {};
}

// RFC 9639, 8.8: type 3 (front cover), media type, description, width, height, depth, colours, data.
std::string pictureBlock(const Picture& picture, const std::vector<std::uint8_t>& bytes) {
  const char* mediaType = picture.codec == AV_CODEC_ID_PNG ? "image/png" : "image/jpeg";
  std::vector<std::uint8_t> block;
  append32(block, 3);
  append32(block, static_cast<std::uint32_t>(std::strlen(mediaType)));
  block.insert(block.end(), mediaType, mediaType + std::strlen(mediaType));
  append32(block, 0);
  append32(block, static_cast<std::uint32_t>(picture.width));
  append32(block, static_cast<std::uint32_t>(picture.height));
  append32(block, 24);
  append32(block, 0);
  append32(block, static_cast<std::uint32_t>(bytes.size()));
  block.insert(block.end(), bytes.begin(), bytes.end());
  return base64(block);
}

}  // namespace segue
