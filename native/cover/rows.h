// Hands out a frame of libav, whatever its pixels are, row by row as opaque RGB. What is transparent shows a dark ground, the
// panel's own. Converts a strip of rows at a time, so that a large picture is never twice in memory. Blocks.
#pragma once
#include <cstdint>
#include <functional>

#include "decode/libav.h"

namespace segue::cover {

// False: this kind of pixel cannot be converted, or there is no memory for it.
bool forEachRow(const AVFrame& frame, const std::function<void(const std::uint8_t* rgb)>& take);

}  // namespace segue::cover
