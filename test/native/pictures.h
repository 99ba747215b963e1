// Pictures for tests: written by libav's encoders from a painter, by hand where it has none (JPEG of one or four colours), and
// read back by libav's decoder and JFIF's own formula. Nothing of native/cover is used to judge it.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "decode/libav.h"
extern "C" {
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace pictures {

using Bytes = std::vector<std::uint8_t>;
using Rgba = std::array<int, 4>;
using Paint = std::function<Rgba(int x, int y)>;

constexpr Rgba kRed{200, 30, 40, 255}, kGreen{20, 180, 60, 255}, kBlue{30, 60, 210, 255}, kYellow{230, 210, 20, 255};

// Red, green / blue, yellow: each corner is known again, however it was turned.
inline Paint corners(int width, int height) {
  return [=](int x, int y) { return 2 * y < height ? (2 * x < width ? kRed : kGreen) : (2 * x < width ? kBlue : kYellow); };
}

inline segue::libav::Frame frameOf(AVPixelFormat format, int width, int height) {
  av_log_set_level(AV_LOG_QUIET);
  segue::libav::Frame frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  REQUIRE(av_frame_get_buffer(frame.get(), 0) >= 0);
  return frame;
}

inline Bytes encoded(const char* encoderName, segue::libav::Frame frame, const char* option = nullptr) {
  const AVCodec* encoder = avcodec_find_encoder_by_name(encoderName);
  REQUIRE(encoder);
  segue::libav::Codec codec(avcodec_alloc_context3(encoder));
  codec->width = frame->width;
  codec->height = frame->height;
  codec->pix_fmt = static_cast<AVPixelFormat>(frame->format);
  codec->time_base = {1, 1};
  codec->thread_count = 1;
  if (std::strcmp(encoderName, "mjpeg") == 0) {
    codec->flags |= AV_CODEC_FLAG_QSCALE;
    codec->global_quality = frame->quality = 2 * FF_QP2LAMBDA;
    codec->color_range = frame->color_range = AVCOL_RANGE_JPEG;
  }
  if (option) REQUIRE(av_opt_set_int(codec->priv_data, option, 1, 0) >= 0);
  REQUIRE(avcodec_open2(codec.get(), encoder, nullptr) >= 0);
  frame->pts = 0;
  segue::libav::Packet packet(av_packet_alloc());
  REQUIRE(avcodec_send_frame(codec.get(), frame.get()) >= 0);
  REQUIRE(avcodec_send_frame(codec.get(), nullptr) >= 0);
  REQUIRE(avcodec_receive_packet(codec.get(), packet.get()) >= 0);
  return {packet->data, packet->data + packet->size};
}

// By way of RGBA and libswscale; a palette is made of the colours that occur.
inline segue::libav::Frame painted(AVPixelFormat format, int width, int height, const Paint& paint) {
  segue::libav::Frame frame = frameOf(format, width, height);
  if (format == AV_PIX_FMT_PAL8) {
    auto* palette = reinterpret_cast<std::uint32_t*>(frame->data[1]);
    std::memset(palette, 0, AVPALETTE_SIZE);
    std::size_t known = 0;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const Rgba c = paint(x, y);
        const auto color = static_cast<std::uint32_t>(c[3]) << 24 | static_cast<std::uint32_t>(c[0]) << 16 |
                           static_cast<std::uint32_t>(c[1]) << 8 | static_cast<std::uint32_t>(c[2]);
        const auto at = static_cast<std::size_t>(std::find(palette, palette + known, color) - palette);
        if (at == known) palette[known++] = color;
        REQUIRE(known <= 256);
        frame->data[0][y * frame->linesize[0] + x] = static_cast<std::uint8_t>(at);
      }
    return frame;
  }
  const segue::libav::Frame rgba = frameOf(AV_PIX_FMT_RGBA, width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Rgba c = paint(x, y);
      for (std::size_t i = 0; i < 4; ++i)
        rgba->data[0][y * rgba->linesize[0] + 4 * x + static_cast<int>(i)] = static_cast<std::uint8_t>(c[i]);
    }
  SwsContext* sws = sws_getContext(width, height, AV_PIX_FMT_RGBA, width, height, format, SWS_POINT | SWS_ACCURATE_RND, nullptr,
                                   nullptr, nullptr);
  REQUIRE(sws);
  sws_scale(sws, rgba->data, rgba->linesize, 0, height, frame->data, frame->linesize);
  sws_freeContext(sws);
  return frame;
}

// The middle of a part of a decoded JPEG, converted by JFIF 1.02, page 3.
struct Decoded {
  segue::libav::Frame frame;
  int width() const { return frame->width; }
  int height() const { return frame->height; }
  Rgba at(int x, int y) const {
    const auto value = [&](int plane, int px, int py) {
      return static_cast<double>(frame->data[plane][py * frame->linesize[plane] + px]);
    };
    const double luma = value(0, x, y), cb = value(1, x / 2, y / 2) - 128, cr = value(2, x / 2, y / 2) - 128;
    const auto byte = [](double v) { return static_cast<int>(std::lround(std::clamp(v, 0.0, 255.0))); };
    return {byte(luma + 1.402 * cr), byte(luma - 0.344136 * cb - 0.714136 * cr), byte(luma + 1.772 * cb), 255};
  }
};

inline Decoded decoded(const Bytes& jpeg) {
  const AVCodec* decoder = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
  segue::libav::Codec codec(avcodec_alloc_context3(decoder));
  codec->thread_count = 1;
  codec->err_recognition = AV_EF_EXPLODE;
  REQUIRE(avcodec_open2(codec.get(), decoder, nullptr) >= 0);
  segue::libav::Packet packet(av_packet_alloc());
  REQUIRE(av_new_packet(packet.get(), static_cast<int>(jpeg.size())) >= 0);
  std::memcpy(packet->data, jpeg.data(), jpeg.size());
  Decoded result{segue::libav::Frame(av_frame_alloc())};
  REQUIRE(avcodec_send_packet(codec.get(), packet.get()) >= 0);
  REQUIRE(avcodec_receive_frame(codec.get(), result.frame.get()) >= 0);
  REQUIRE(result.frame->format == AV_PIX_FMT_YUVJ420P);
  return result;
}

// A baseline JPEG of blocks of one colour each: 8 x 8 pixels, `components` values a block (1, 3 or 4). `transform`: of Adobe's
// marker (0: RGB or CMYK, 2: YCCK); negative: no such marker. ITU T.81, annexes B, C and F.
class FlatJpeg {
 public:
  using Value = std::function<int(int blockX, int blockY, int component)>;

  FlatJpeg(int width, int height, int components, int transform, const Value& value) {
    out_ = {0xff, 0xd8};
    if (transform >= 0) segment(0xee, {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, static_cast<std::uint8_t>(transform)});
    // Every step 8: then a DC coefficient of d is a block of 128 + d.
    Bytes table(65, 8);
    table[0] = 0;
    segment(0xdb, table);
    Bytes frame{8, high(height), low(height), high(width), low(width), static_cast<std::uint8_t>(components)};
    Bytes scan{static_cast<std::uint8_t>(components)};
    for (int c = 1; c <= components; ++c) {
      frame.insert(frame.end(), {static_cast<std::uint8_t>(c), 0x11, 0});
      scan.insert(scan.end(), {static_cast<std::uint8_t>(c), 0});
    }
    segment(0xc0, frame);
    segment(0xc4, {0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    segment(0xc4, {0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});  // of AC, the end of a block alone
    scan.insert(scan.end(), {0, 63, 0});
    segment(0xda, scan);
    std::vector<int> before(static_cast<std::size_t>(components), 0);
    for (int y = 0; 8 * y < height; ++y)
      for (int x = 0; 8 * x < width; ++x)
        for (int c = 0; c < components; ++c) {
          const int dc = value(x, y, c) - 128;
          difference(dc - before[static_cast<std::size_t>(c)]);
          before[static_cast<std::size_t>(c)] = dc;
        }
    while (filled_ != 0) bit(1);
    out_.insert(out_.end(), {0xff, 0xd9});
  }

  Bytes take() { return std::move(out_); }

 private:
  static std::uint8_t high(int v) { return static_cast<std::uint8_t>(v >> 8); }
  static std::uint8_t low(int v) { return static_cast<std::uint8_t>(v); }
  void segment(std::uint8_t marker, const Bytes& body) {
    const int length = static_cast<int>(body.size()) + 2;
    out_.insert(out_.end(), {0xff, marker, high(length), low(length)});
    out_.insert(out_.end(), body.begin(), body.end());
  }
  void bit(int value) {
    byte_ = static_cast<std::uint8_t>(byte_ << 1 | value);
    if (++filled_ < 8) return;
    out_.push_back(byte_);
    if (byte_ == 0xff) out_.push_back(0);
    filled_ = 0;
  }
  void bits(int value, int count) {
    while (count-- > 0) bit(value >> count & 1);
  }
  void difference(int value) {
    int category = 0;
    while (std::abs(value) >> category) ++category;
    // The codes of the table above: 00, 010 ... 110, 1110, 11110, ...
    if (category == 0) bits(0, 2);
    else if (category <= 5) bits(category + 1, 3);
    else bits((1 << (category - 2)) - 2, category - 2);
    bits(value > 0 ? value : value + (1 << category) - 1, category);
    bit(0);
  }

  Bytes out_;
  std::uint8_t byte_ = 0;
  int filled_ = 0;
};

// With an Exif segment that says how it lies (1 to 8).
inline Bytes lying(const Bytes& jpeg, std::uint8_t orientation) {
  const Bytes exif{0xff, 0xe1, 0, 34,   'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8,           0, 0, 0,
                   1,    0,    0x12, 1, 3,   0,   1,   0,   0, 0, orientation, 0, 0, 0, 0, 0, 0, 0};
  Bytes out(jpeg.begin(), jpeg.begin() + 2);
  out.insert(out.end(), exif.begin(), exif.end());
  out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
  return out;
}

}  // namespace pictures
