// A picture file (JPEG, PNG, WebP, GIF, BMP) becomes a JPEG whose longer side has at most so many pixels. Its shape stays, it
// is never enlarged, what is transparent gets a dark ground, and it lies as its EXIF says. Blocks; reads nothing but what it
// is given.
#pragma once
#include <cstdint>
#include <vector>

namespace segue::cover {

enum class Outcome {
  sized,
  fits,     // small enough already, in pixels and in bytes: it may be shown as it is
  refused,  // no picture of a kind that is known, too damaged, above kMostPixels, or no memory for it
};

struct Sized {
  Outcome outcome = Outcome::refused;
  std::vector<std::uint8_t> jpeg;  // where it was sized
};

// `keepBytes`: a file of no more than this fits, if its pixels do.
Sized sizeCover(const std::vector<std::uint8_t>& file, int longerSide, std::size_t keepBytes);

}  // namespace segue::cover
