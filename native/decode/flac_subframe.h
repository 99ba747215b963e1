// One channel of one FLAC frame: constant, verbatim, fixed or linear prediction, with Rice-coded residuals. Pure.
#pragma once
#include <cstdint>
#include <vector>

#include "decode/flac_bits.h"

namespace segue {

// Fills `out` (its size is the block's). False: no such subframe, or the bytes end before it does.
bool readFlacSubframe(FlacBits& bits, int depth, std::vector<std::int64_t>& out);

}  // namespace segue
