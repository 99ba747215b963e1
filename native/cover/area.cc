// Both directions work alike: a pixel of the source has as many parts as the result has pixels, a pixel of the result takes as
// many as the source has pixels. So every share is a whole number, and one source pixel lies in two of the result at most.
#include "cover/area.h"

#include <algorithm>
#include <utility>

namespace segue::cover {

AreaFilter::AreaFilter(int sourceWidth, int sourceHeight, int width, int height)
    : sourceWidth_(sourceWidth), sourceHeight_(sourceHeight), partsLeft_(sourceHeight) {
  result_.width = width;
  result_.height = height;
  const std::size_t values = 3 * static_cast<std::size_t>(width);
  result_.rgb.resize(values * static_cast<std::size_t>(height));
  narrowed_.resize(values);
  sums_.resize(values);
}

void AreaFilter::narrow(const std::uint8_t* rgb) {
  std::fill(narrowed_.begin(), narrowed_.end(), 0U);
  std::uint32_t* cell = narrowed_.data();
  const auto add = [&cell](const std::uint8_t* pixel, std::uint32_t parts) {
    for (int channel = 0; channel < 3; ++channel) cell[channel] += pixel[channel] * parts;
  };
  const auto width = static_cast<std::uint32_t>(result_.width);
  auto left = static_cast<std::uint32_t>(sourceWidth_);
  for (const std::uint8_t *pixel = rgb, *end = rgb + 3 * static_cast<std::ptrdiff_t>(sourceWidth_); pixel != end; pixel += 3) {
    if (left >= width) {
      add(pixel, width);
      left -= width;
      continue;
    }
    add(pixel, left);
    cell += 3;
    add(pixel, width - left);
    left += static_cast<std::uint32_t>(sourceWidth_) - width;
  }
}

void AreaFilter::addRow(const std::uint8_t* rgb) {
  narrow(rgb);
  const int first = std::min(partsLeft_, result_.height);
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += std::uint64_t{narrowed_[i]} * static_cast<std::uint64_t>(first);
  partsLeft_ -= first;
  if (partsLeft_ > 0) return;
  closeRow();
  const int rest = result_.height - first;
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] = std::uint64_t{narrowed_[i]} * static_cast<std::uint64_t>(rest);
  partsLeft_ = sourceHeight_ - rest;
}

void AreaFilter::closeRow() {
  if (rowsDone_ == result_.height) return;
  const std::uint64_t all = static_cast<std::uint64_t>(sourceWidth_) * static_cast<std::uint64_t>(sourceHeight_);
  std::uint8_t* to = result_.rgb.data() + sums_.size() * static_cast<std::size_t>(rowsDone_);
  for (std::size_t i = 0; i < sums_.size(); ++i) to[i] = static_cast<std::uint8_t>((sums_[i] + all / 2) / all);
  ++rowsDone_;
}

Pixels AreaFilter::take() { return std::move(result_); }

}  // namespace segue::cover
