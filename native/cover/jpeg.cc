// libavcodec's encoder; the colours are converted here, since they need no more than JFIF's six numbers.
#include "cover/jpeg.h"

#include <algorithm>
#include <cmath>

#include "decode/libav.h"

namespace segue::cover {
namespace {

// libav's step of quantisation, from 2 (best) to 31. At 4 the mean of its table is that of libjpeg's at quality 85.
constexpr int kQuantizer = 4;

std::uint8_t byteOf(float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

// JFIF 1.02, page 3: BT.601 with the full range. Each chroma sample is the mean of four pixels, fewer at an odd edge.
void fill(AVFrame& frame, const Pixels& p) {
  const auto at = [&p](int x, int y) { return p.rgb.data() + 3 * (static_cast<std::ptrdiff_t>(y) * p.width + x); };
  for (int y = 0; y < p.height; ++y)
    for (int x = 0; x < p.width; ++x) {
      const std::uint8_t* c = at(x, y);
      frame.data[0][y * frame.linesize[0] + x] =
          byteOf(0.299f * static_cast<float>(c[0]) + 0.587f * static_cast<float>(c[1]) + 0.114f * static_cast<float>(c[2]));
    }
  for (int y = 0; y < p.height; y += 2)
    for (int x = 0; x < p.width; x += 2) {
      float rgb[3] = {};
      for (const int dy : {0, 1})
        for (const int dx : {0, 1}) {
          const std::uint8_t* c = at(std::min(x + dx, p.width - 1), std::min(y + dy, p.height - 1));
          for (int channel = 0; channel < 3; ++channel) rgb[channel] += 0.25f * static_cast<float>(c[channel]);
        }
      frame.data[1][y / 2 * frame.linesize[1] + x / 2] =
          byteOf(128.0f - 0.168736f * rgb[0] - 0.331264f * rgb[1] + 0.5f * rgb[2]);
      frame.data[2][y / 2 * frame.linesize[2] + x / 2] =
          byteOf(128.0f + 0.5f * rgb[0] - 0.418688f * rgb[1] - 0.081312f * rgb[2]);
    }
}

}  // namespace

std::vector<std::uint8_t> encodeJpeg(const Pixels& picture) {
  const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  const libav::Codec codec(encoder ? avcodec_alloc_context3(encoder) : nullptr);
  const libav::Frame frame(av_frame_alloc());
  const libav::Packet packet(av_packet_alloc());
  if (!codec || !frame || !packet) return {};
  codec->width = frame->width = picture.width;
  codec->height = frame->height = picture.height;
  codec->pix_fmt = AV_PIX_FMT_YUVJ420P;
  frame->format = AV_PIX_FMT_YUVJ420P;
  codec->color_range = frame->color_range = AVCOL_RANGE_JPEG;
  codec->time_base = {1, 1};
  codec->thread_count = 1;
  // BITEXACT: no comment with the version of libav in each file.
  codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
  codec->global_quality = frame->quality = kQuantizer * FF_QP2LAMBDA;
  if (avcodec_open2(codec.get(), encoder, nullptr) < 0 || av_frame_get_buffer(frame.get(), 0) < 0) return {};
  fill(*frame, picture);
  frame->pts = 0;
  if (avcodec_send_frame(codec.get(), frame.get()) < 0) return {};
  int code = avcodec_receive_packet(codec.get(), packet.get());
  if (code == AVERROR(EAGAIN) && avcodec_send_frame(codec.get(), nullptr) >= 0)
    code = avcodec_receive_packet(codec.get(), packet.get());
  if (code < 0) return {};
  return {packet->data, packet->data + packet->size};
}

}  // namespace segue::cover
