// Each strip is a picture of its own to libswscale, which converts it without scaling.
#include "cover/rows.h"

#include <algorithm>
#include <vector>

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace segue::cover {
namespace {

// A multiple of every vertical step of chroma (at most 4 rows).
constexpr int kStripRows = 16;
constexpr int kGround[3] = {22, 22, 26};
// libswscale may write a vector beyond the end of a row.
constexpr int kSlackBytes = 256;

struct FreeSws {
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};
struct FreeMemory {
  void operator()(std::uint8_t* p) const { av_free(p); }
};
using Sws = std::unique_ptr<SwsContext, FreeSws>;
using Memory = std::unique_ptr<std::uint8_t, FreeMemory>;

Sws converter(const AVFrame& frame, int rows) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  constexpr int kFlags = SWS_POINT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
  Sws sws(sws_getContext(frame.width, rows, format, frame.width, rows, AV_PIX_FMT_RGBA, kFlags, nullptr, nullptr, nullptr));
  // JPEG's own formats are known to have the full range; a plain YUV frame says it of itself.
  const int* bt601 = sws_getCoefficients(SWS_CS_ITU601);
  if (sws && frame.color_range == AVCOL_RANGE_JPEG) sws_setColorspaceDetails(sws.get(), bt601, 1, bt601, 1, 0, 1 << 16, 1 << 16);
  return sws;
}

void flatten(const std::uint8_t* rgba, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, rgba += 4, rgb += 3) {
    const int alpha = rgba[3];
    for (int channel = 0; channel < 3; ++channel)
      rgb[channel] = static_cast<std::uint8_t>((rgba[channel] * alpha + kGround[channel] * (255 - alpha) + 127) / 255);
  }
}

}  // namespace

bool forEachRow(const AVFrame& frame, const std::function<void(const std::uint8_t* rgb)>& take) {
  const AVPixFmtDescriptor* form = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (!form || !sws_isSupportedInput(static_cast<AVPixelFormat>(frame.format))) return false;
  const bool hasPalette = (form->flags & AV_PIX_FMT_FLAG_PAL) != 0;
  const int stride = (4 * frame.width + kSlackBytes) & ~63;
  const Memory strip(static_cast<std::uint8_t*>(av_malloc(static_cast<std::size_t>(stride) * kStripRows + kSlackBytes)));
  if (!strip) return false;
  std::vector<std::uint8_t> row(3 * static_cast<std::size_t>(frame.width));
  Sws sws;
  int rowsOfSws = 0;
  for (int y = 0; y < frame.height; y += kStripRows) {
    const int rows = std::min(kStripRows, frame.height - y);
    if (rows != rowsOfSws) sws = converter(frame, rows);
    if (!sws) return false;
    rowsOfSws = rows;
    const std::uint8_t* from[4] = {};
    for (int plane = 0; plane < 4; ++plane) {
      if (!frame.data[plane]) continue;
      const bool isPalette = hasPalette && plane == 1;
      const int step = plane == 1 || plane == 2 ? form->log2_chroma_h : 0;
      from[plane] = frame.data[plane] + (isPalette ? 0 : static_cast<std::ptrdiff_t>(y >> step) * frame.linesize[plane]);
    }
    std::uint8_t* to[4] = {strip.get()};
    const int strides[4] = {stride};
    if (sws_scale(sws.get(), from, frame.linesize, 0, rows, to, strides) != rows) return false;
    for (int i = 0; i < rows; ++i) {
      flatten(strip.get() + static_cast<std::ptrdiff_t>(i) * stride, frame.width, row.data());
      take(row.data());
    }
  }
  return true;
}

}  // namespace segue::cover
