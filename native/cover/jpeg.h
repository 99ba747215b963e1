// Encodes a small picture as JPEG: full range, 4:2:0, quality of about 85. The same bytes for the same picture. Blocks.
#pragma once
#include <cstdint>
#include <vector>

#include "cover/pixels.h"

namespace segue::cover {

// Empty: it cannot be encoded (no memory).
std::vector<std::uint8_t> encodeJpeg(const Pixels& picture);

}  // namespace segue::cover
