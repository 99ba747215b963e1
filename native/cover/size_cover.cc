#include "cover/size_cover.h"

#include <algorithm>
#include <utility>

#include "cover/area.h"
#include "cover/jpeg.h"
#include "cover/open.h"
#include "cover/rows.h"

namespace segue::cover {
namespace {

// The longer side is `most` at most, the other one in proportion, both at least one pixel.
std::pair<int, int> sidesFor(int width, int height, int most) {
  const std::int64_t longer = std::max(width, height);
  const std::int64_t wanted = std::min<std::int64_t>(longer, most);
  const auto side = [&](std::int64_t from) {
    return static_cast<int>(std::max<std::int64_t>(1, (from * wanted + longer / 2) / longer));
  };
  return {side(width), side(height)};
}

Pixels turned(Pixels from, const Turn& turn) {
  if (turn.xx == 1 && turn.yy == 1) return from;
  const bool isLying = turn.xx == 0;
  Pixels to;
  to.width = isLying ? from.height : from.width;
  to.height = isLying ? from.width : from.height;
  to.rgb.resize(from.rgb.size());
  const int left = turn.xx < 0 || turn.xy < 0 ? to.width - 1 : 0;
  const int top = turn.yx < 0 || turn.yy < 0 ? to.height - 1 : 0;
  const std::uint8_t* pixel = from.rgb.data();
  for (int y = 0; y < from.height; ++y)
    for (int x = 0; x < from.width; ++x, pixel += 3) {
      const std::ptrdiff_t atX = left + turn.xx * x + turn.xy * y;
      const std::ptrdiff_t atY = top + turn.yx * x + turn.yy * y;
      std::copy_n(pixel, 3, to.rgb.data() + 3 * (atY * to.width + atX));
    }
  return to;
}

}  // namespace

Sized sizeCover(const std::vector<std::uint8_t>& file, int longerSide, std::size_t keepBytes) {
  const Opened opened = openPicture(file, longerSide);
  if (!opened.frame) return {};
  const AVFrame& frame = *opened.frame;
  if (std::max(opened.width, opened.height) <= longerSide && file.size() <= keepBytes) return {Outcome::fits, {}};
  const auto [width, height] = sidesFor(opened.width, opened.height, longerSide);
  AreaFilter filter(frame.width, frame.height, std::min(width, frame.width), std::min(height, frame.height));
  if (!forEachRow(frame, [&filter](const std::uint8_t* rgb) { filter.addRow(rgb); })) return {};
  Sized sized{Outcome::sized, encodeJpeg(turned(filter.take(), opened.turn))};
  if (sized.jpeg.empty()) sized.outcome = Outcome::refused;
  return sized;
}

}  // namespace segue::cover
