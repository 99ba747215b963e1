// Decoders only, one packet, one thread. A JPEG that is far larger than what is wanted is decoded at a fraction of its size,
// which leaves out most of the arithmetic and of the memory.
#include "cover/open.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "decode/encode.h"

extern "C" {
#include <libavutil/log.h>
}

namespace segue::cover {
namespace {

using std::string_view_literals::operator""sv;

AVCodecID codecOf(std::string_view head) {
  if (head.starts_with("\x89PNG\r\n\x1a\n"sv)) return AV_CODEC_ID_PNG;
  if (head.starts_with("\xff\xd8\xff"sv)) return AV_CODEC_ID_MJPEG;
  if (head.starts_with("GIF8"sv)) return AV_CODEC_ID_GIF;
  if (head.starts_with("BM"sv)) return AV_CODEC_ID_BMP;
  if (head.starts_with("RIFF"sv) && head.substr(std::min<std::size_t>(8, head.size())).starts_with("WEBP"sv))
    return AV_CODEC_ID_WEBP;
  return AV_CODEC_ID_NONE;
}

// Twice of what is wanted is left to the area filter: a DCT cut short is a worse filter than it.
int lowresFor(int sourceSide, int longerSide, int most) {
  int lowres = 0;
  while (lowres < most && (sourceSide >> (lowres + 1)) >= 2 * longerSide) ++lowres;
  return lowres;
}

int signOf(std::int32_t value) {
  constexpr std::int32_t kHalf = 1 << 15;
  return value > kHalf ? 1 : value < -kHalf ? -1 : 0;
}

Turn turnOf(const AVFrame& frame) {
  const AVFrameSideData* data = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
  if (!data || data->size < 9 * sizeof(std::int32_t)) return {};
  std::int32_t m[9];
  std::memcpy(m, data->data, sizeof m);
  const Turn turn{signOf(m[0]), signOf(m[3]), signOf(m[1]), signOf(m[4])};
  // Anything but the eight ways to lay a picture on a table is not from EXIF.
  const bool isUpright = turn.xx != 0 && turn.yy != 0 && turn.xy == 0 && turn.yx == 0;
  const bool isLying = turn.xy != 0 && turn.yx != 0 && turn.xx == 0 && turn.yy == 0;
  return isUpright || isLying ? turn : Turn{};
}

libav::Packet packetOf(const std::vector<std::uint8_t>& file) {
  libav::Packet packet(av_packet_alloc());
  if (!packet || file.size() > INT32_MAX - AV_INPUT_BUFFER_PADDING_SIZE) return nullptr;
  if (av_new_packet(packet.get(), static_cast<int>(file.size())) < 0) return nullptr;
  std::memcpy(packet->data, file.data(), file.size());
  packet->flags |= AV_PKT_FLAG_KEY;
  return packet;
}

}  // namespace

Opened openPicture(const std::vector<std::uint8_t>& file, int longerSide) {
  static const bool isQuiet = (av_log_set_level(AV_LOG_QUIET), true);
  (void)isQuiet;
  const std::string_view head(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 16));
  const AVCodecID id = codecOf(head);
  const AVCodec* decoder = id == AV_CODEC_ID_NONE ? nullptr : avcodec_find_decoder(id);
  libav::Codec codec(decoder ? avcodec_alloc_context3(decoder) : nullptr);
  if (!codec) return {};
  const Picture stated = inspectPicture(file);
  codec->max_pixels = kMostPixels;
  codec->thread_count = 1;
  codec->lowres = lowresFor(std::max(stated.width, stated.height), longerSide, decoder->max_lowres);
  if (avcodec_open2(codec.get(), decoder, nullptr) < 0) return {};

  const libav::Packet packet = packetOf(file);
  libav::Frame frame(av_frame_alloc());
  if (!packet || !frame || avcodec_send_packet(codec.get(), packet.get()) < 0) return {};
  int code = avcodec_receive_frame(codec.get(), frame.get());
  if (code == AVERROR(EAGAIN) && avcodec_send_packet(codec.get(), nullptr) >= 0)
    code = avcodec_receive_frame(codec.get(), frame.get());
  if (code < 0 || frame->width < 1 || frame->height < 1 || frame->width > UINT16_MAX || frame->height > UINT16_MAX) return {};
  Opened opened{nullptr, frame->width, frame->height, turnOf(*frame)};
  if (codec->lowres > 0) {
    opened.width = stated.width;
    opened.height = stated.height;
  }
  opened.frame = std::move(frame);
  return opened;
}

}  // namespace segue::cover
