// A small picture in memory, opaque. Plain data.
#pragma once
#include <cstdint>
#include <vector>

namespace segue::cover {

struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  // row by row, three bytes a pixel, sRGB
};

}  // namespace segue::cover
