// Makes a picture smaller by area: each pixel of the result is the mean of what it covers, to the exact share of the pixels at
// its edges. Row by row, so that the large picture is never in memory as RGB. Integers alone: a flat colour stays what it is.
// Means are taken of sRGB values, as browsers do. One thread; allocates at the start only.
#pragma once
#include <cstdint>
#include <vector>

#include "cover/pixels.h"

namespace segue::cover {

class AreaFilter {
 public:
  // No side of the result may be longer than that of the source, and no side of the source above 65,535.
  AreaFilter(int sourceWidth, int sourceHeight, int width, int height);

  // The next row of the source: RGB, three bytes a pixel. As many rows as the source is high.
  void addRow(const std::uint8_t* rgb);

  // When all rows were added.
  Pixels take();

 private:
  void narrow(const std::uint8_t* rgb);
  void closeRow();

  int sourceWidth_;
  int sourceHeight_;
  Pixels result_;
  // Of one row of the source: sums over the columns of the result. At most 255 * 65,535.
  std::vector<std::uint32_t> narrowed_;
  // Of the row of the result that is being filled.
  std::vector<std::uint64_t> sums_;
  // A row of the source counts `height` parts; a row of the result takes `sourceHeight` of them.
  int partsLeft_;
  int rowsDone_ = 0;
};

}  // namespace segue::cover
