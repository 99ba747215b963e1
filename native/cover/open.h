// A picture file in memory becomes one frame of libav: the first picture that is in it. What it is, is seen from its first
// bytes, never from a name; no container of libav is asked, and nothing but these bytes is read. Blocks.
#pragma once
#include <cstdint>
#include <vector>

#include "decode/libav.h"

namespace segue::cover {

// 8192 x 8192: what has more is refused by its header alone.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;

// How a picture lies in its frame, as EXIF says it: the result's x is `xx * x + xy * y`, its y is `yx * x + yy * y`, each of
// them 0, 1 or -1, counted from whichever corner makes it positive.
struct Turn {
  int xx = 1;
  int xy = 0;
  int yx = 0;
  int yy = 1;
};

struct Opened {
  libav::Frame frame;  // null: this cannot be decoded, or is too large
  // Of the picture. The frame of a large JPEG may be a half, a fourth or an eighth of it.
  int width = 0;
  int height = 0;
  Turn turn;
};

// `longerSide`: what it will be made; the frame has at least as many pixels there, unless the picture has less.
Opened openPicture(const std::vector<std::uint8_t>& file, int longerSide);

}  // namespace segue::cover
