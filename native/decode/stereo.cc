// Sample formats to float, channels to two.
#include "decode/stereo.h"

#include <array>
#include <cmath>

namespace segue {
namespace {

constexpr int kMaxChannels = 64;

struct Weights {
  std::array<float, kMaxChannels> left{};
  std::array<float, kMaxChannels> right{};
};

// The position of channel `index`, with the usual order assumed where a file does not say.
AVChannel channelAt(const AVChannelLayout& layout, int index) {
  if (layout.order == AV_CHANNEL_ORDER_NATIVE || layout.order == AV_CHANNEL_ORDER_CUSTOM)
    return av_channel_layout_channel_from_index(&layout, static_cast<unsigned>(index));
  AVChannelLayout usual{};
  av_channel_layout_default(&usual, layout.nb_channels);
  const AVChannel channel = usual.order == AV_CHANNEL_ORDER_NATIVE
                                ? av_channel_layout_channel_from_index(&usual, static_cast<unsigned>(index))
                                : AV_CHAN_NONE;
  av_channel_layout_uninit(&usual);
  return channel;
}

// ITU-R BS.775-3, annex 4, two-channel output.
Weights weightsOf(const AVChannelLayout& layout) {
  Weights w;
  const float half = static_cast<float>(std::sqrt(0.5));
  for (int i = 0; i < layout.nb_channels && i < kMaxChannels; ++i) {
    const auto n = static_cast<std::size_t>(i);
    switch (channelAt(layout, i)) {
      case AV_CHAN_FRONT_LEFT:
      case AV_CHAN_FRONT_LEFT_OF_CENTER:
      case AV_CHAN_STEREO_LEFT:
      case AV_CHAN_WIDE_LEFT:
        w.left[n] = 1;
        break;
      case AV_CHAN_FRONT_RIGHT:
      case AV_CHAN_FRONT_RIGHT_OF_CENTER:
      case AV_CHAN_STEREO_RIGHT:
      case AV_CHAN_WIDE_RIGHT:
        w.right[n] = 1;
        break;
      case AV_CHAN_FRONT_CENTER:
      case AV_CHAN_BACK_CENTER:
      case AV_CHAN_TOP_CENTER:
      case AV_CHAN_TOP_FRONT_CENTER:
      case AV_CHAN_TOP_BACK_CENTER:
        w.left[n] = w.right[n] = half;
        break;
      case AV_CHAN_BACK_LEFT:
      case AV_CHAN_SIDE_LEFT:
      case AV_CHAN_TOP_FRONT_LEFT:
      case AV_CHAN_TOP_BACK_LEFT:
        w.left[n] = half;
        break;
      case AV_CHAN_BACK_RIGHT:
      case AV_CHAN_SIDE_RIGHT:
      case AV_CHAN_TOP_FRONT_RIGHT:
      case AV_CHAN_TOP_BACK_RIGHT:
        w.right[n] = half;
        break;
      case AV_CHAN_LOW_FREQUENCY:
      case AV_CHAN_LOW_FREQUENCY_2:
        break;
      default:  // Channels without a position (discrete ones): alternately left and right.
        (i % 2 == 0 ? w.left : w.right)[n] = half;
    }
  }
  return w;
}

bool isPlainStereo(const AVChannelLayout& layout) { return layout.nb_channels == 2; }

inline float toFloat(std::uint8_t v) { return static_cast<float>(static_cast<int>(v) - 128) * (1.0f / 128); }
inline float toFloat(std::int16_t v) { return static_cast<float>(v) * (1.0f / 32768); }
inline float toFloat(std::int32_t v) { return static_cast<float>(v) * (1.0f / 2147483648.0f); }
inline float toFloat(std::int64_t v) { return static_cast<float>(static_cast<double>(v) * (1.0 / 9223372036854775808.0)); }
// A damaged float file may hold NaN, infinity or what becomes infinite in a resampler: silence, or it would poison the
// whole mix. No recording is 120 dB above full scale.
constexpr float kLoudest = 1e6f;
inline float toFloat(float v) { return std::fabs(v) <= kLoudest ? v : 0.0f; }
inline float toFloat(double v) { return toFloat(static_cast<float>(v)); }

template <typename T>
void append(const AVFrame& frame, bool isPlanar, std::vector<float>& out) {
  const int channels = frame.ch_layout.nb_channels;
  const auto count = static_cast<std::size_t>(frame.nb_samples);
  const std::size_t at = out.size();
  out.resize(at + 2 * count);
  float* to = out.data() + at;
  const auto plane = [&](int c) {
    return isPlanar ? reinterpret_cast<const T*>(frame.extended_data[c])
                    : reinterpret_cast<const T*>(frame.extended_data[0]) + c;
  };
  if (!isPlanar && isPlainStereo(frame.ch_layout)) {
    // What most files are, a loop that a compiler takes several samples of at once.
    const T* from = plane(0);
    for (std::size_t i = 0; i < 2 * count; ++i) to[i] = toFloat(from[i]);
    return;
  }
  const std::size_t step = isPlanar ? 1 : static_cast<std::size_t>(channels);
  if (channels == 1 || isPlainStereo(frame.ch_layout)) {
    const T* left = plane(0);
    const T* right = plane(channels == 1 ? 0 : 1);
    for (std::size_t i = 0; i < count; ++i) {
      to[2 * i] = toFloat(left[i * step]);
      to[2 * i + 1] = toFloat(right[i * step]);
    }
    return;
  }
  const Weights w = weightsOf(frame.ch_layout);
  for (int c = 0; c < channels && c < kMaxChannels; ++c) {
    const auto n = static_cast<std::size_t>(c);
    if (w.left[n] == 0 && w.right[n] == 0) continue;
    const T* from = plane(c);
    for (std::size_t i = 0; i < count; ++i) {
      const float value = toFloat(from[i * step]);
      to[2 * i] += w.left[n] * value;
      to[2 * i + 1] += w.right[n] * value;
    }
  }
}

}  // namespace

bool appendStereo(const AVFrame& frame, std::vector<float>& out) {
  if (frame.ch_layout.nb_channels < 1) return false;
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool isPlanar = av_sample_fmt_is_planar(format) != 0;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      append<std::uint8_t>(frame, isPlanar, out);
      return true;
    case AV_SAMPLE_FMT_S16:
      append<std::int16_t>(frame, isPlanar, out);
      return true;
    case AV_SAMPLE_FMT_S32:
      append<std::int32_t>(frame, isPlanar, out);
      return true;
    case AV_SAMPLE_FMT_S64:
      append<std::int64_t>(frame, isPlanar, out);
      return true;
    case AV_SAMPLE_FMT_FLT:
      append<float>(frame, isPlanar, out);
      return true;
    case AV_SAMPLE_FMT_DBL:
      append<double>(frame, isPlanar, out);
      return true;
    default:
      return false;
  }
}

}  // namespace segue
