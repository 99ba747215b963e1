// Settings of libswresample, chosen by measurement (test/native/decode): see the numbers below.
#include "decode/resampler.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace segue {
namespace {

libav::Swr make(int fromHz, int toHz, bool isSoxr) {
  AVChannelLayout stereo;
  av_channel_layout_default(&stereo, 2);
  SwrContext* raw = nullptr;
  if (swr_alloc_set_opts2(&raw, &stereo, AV_SAMPLE_FMT_FLT, toHz, &stereo, AV_SAMPLE_FMT_FLT, fromHz, 0, nullptr) < 0)
    return nullptr;
  libav::Swr swr(raw);
  if (isSoxr) {
    av_opt_set(raw, "resampler", "soxr", 0);
    av_opt_set_double(raw, "precision", 20, 0);
  } else {
    // Exact phases for rational ratios, a long Kaiser window.
    av_opt_set_int(raw, "filter_size", 64, 0);
    av_opt_set(raw, "filter_type", "kaiser", 0);
    av_opt_set_int(raw, "kaiser_beta", 12, 0);
    av_opt_set_double(raw, "cutoff", 0.95, 0);
    av_opt_set_int(raw, "exact_rational", 1, 0);
    av_opt_set_int(raw, "linear_interp", 1, 0);
  }
  if (swr_init(raw) < 0) return nullptr;
  return swr;
}

}  // namespace

bool hasSoxr() {
  static const bool has = make(44100, 48000, true) != nullptr;
  return has;
}

bool Resampler::start(int fromHz, int toHz) {
  fromHz_ = fromHz;
  toHz_ = toHz;
  return restart();
}

bool Resampler::restart() {
  swr_ = make(fromHz_, toHz_, hasSoxr());
  return swr_ != nullptr;
}

bool Resampler::push(const float* interleaved, std::int64_t frames, std::vector<float>& out) {
  const auto* in = reinterpret_cast<const std::uint8_t*>(interleaved);
  auto inFrames = static_cast<int>(frames);
  for (;;) {
    const std::int64_t room = swr_get_out_samples(swr_.get(), inFrames) + 64;
    const std::size_t at = out.size();
    out.resize(at + static_cast<std::size_t>(room) * 2);
    auto* to = reinterpret_cast<std::uint8_t*>(out.data() + at);
    const int got = swr_convert(swr_.get(), &to, static_cast<int>(room), in ? &in : nullptr, in ? inFrames : 0);
    if (got < 0) {
      out.resize(at);
      return false;
    }
    out.resize(at + static_cast<std::size_t>(got) * 2);
    // A flush is asked for until nothing comes; input is taken whole the first time.
    if (interleaved || got == 0) return true;
  }
}

}  // namespace segue
