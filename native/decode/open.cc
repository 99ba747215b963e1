// A Source made of a PcmReader and, where the rates differ, a Resampler that always starts on a frame both rates share.
#include "decode/open.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "decode/pcm_reader.h"
#include "decode/resampler.h"

namespace segue {
namespace {

// Source frames read and resampled at once.
constexpr std::int64_t kBlockFrames = 4096;
// Source frames given to a fresh resampler before the first one that is kept, in seconds: its filter is far shorter.
constexpr double kWarmUpSeconds = 0.1;
// Frames of silence that may stand in for what a resampler kept back at the very end.
constexpr std::int64_t kMostTailPadding = 64;

// round(frames x to / from), half up, for any 62-bit product.
std::int64_t rescale(std::int64_t frames, int from, int to) {
  const std::int64_t whole = frames / from, rest = frames % from;
  return whole * to + (2 * rest * to + from) / (2 * std::int64_t{from});
}

class LibavSource final : public Source {
 public:
  InputFailure open(const char* path, int rateHz) {
    rate_ = rateHz;
    InputFailure bad = reader_.open(path);
    if (bad.error != SourceError::none) return bad;
    const int from = reader_.rateHz();
    isResampled_ = from != rateHz;
    const int common = std::gcd(from, rateHz);
    alignedSource_ = from / common;
    alignedOutput_ = rateHz / common;
    if (isResampled_ && !resampler_.start(from, rateHz))
      return {SourceError::unsupported, std::string("The sample rate of this file cannot be converted: ") + path + "."};
    return bad;
  }

  SourceInfo info() const override {
    return {rescale(reader_.estimatedLength(), reader_.rateHz(), rate_), reader_.length().has_value()};
  }

  std::int64_t read(float* interleaved, std::int64_t frames) override {
    return isResampled_ ? readResampled(interleaved, frames) : reader_.read(interleaved, frames);
  }

  bool seek(std::int64_t frame) override {
    if (!isResampled_ || frame < 0) return reader_.seek(frame);  // refuses what lies before the start
    const auto warmUp = static_cast<std::int64_t>(kWarmUpSeconds * rate_);
    const std::int64_t blocks = std::max<std::int64_t>(0, frame - warmUp) / alignedOutput_;
    if (!reader_.seek(blocks * alignedSource_) || !resampler_.restart()) return false;
    out_.clear();
    outFrom_ = 0;
    isFlushed_ = false;
    position_ = blocks * alignedOutput_;
    total_.reset();
    while (position_ < frame) {
      const std::int64_t have = fill();
      if (have < 0) return false;
      if (have == 0) break;
      const std::int64_t take = std::min(have, frame - position_);
      outFrom_ += static_cast<std::size_t>(take) * 2;
      position_ += take;
    }
    position_ = frame;
    return true;
  }

  std::uint64_t concealed() const override { return reader_.concealed(); }
  std::string message() const override { return reader_.message(); }
  void interrupt() override { reader_.interrupt(); }

 private:
  std::int64_t readResampled(float* interleaved, std::int64_t frames) {
    std::int64_t done = 0;
    while (done < frames) {
      const std::int64_t have = fill();
      if (have < 0) return done > 0 ? done : -1;
      if (have == 0) break;
      const std::int64_t take = std::min(have, frames - done);
      std::memcpy(interleaved + 2 * done, out_.data() + outFrom_, static_cast<std::size_t>(take) * 2 * sizeof(float));
      outFrom_ += static_cast<std::size_t>(take) * 2;
      position_ += take;
      done += take;
    }
    return done;
  }

  // Frames that can be taken from out_ now: 0 at the end, negative when the reader broke.
  std::int64_t fill() {
    for (;;) {
      auto have = static_cast<std::int64_t>((out_.size() - outFrom_) / 2);
      if (total_) have = std::min(have, *total_ - position_);
      if (have > 0) return have;
      if (isFlushed_) return 0;
      out_.clear();
      outFrom_ = 0;
      block_.resize(kBlockFrames * 2);
      const std::int64_t got = reader_.read(block_.data(), kBlockFrames);
      if (got < 0) return -1;
      const bool isOver = got == 0;
      if (!resampler_.push(isOver ? nullptr : block_.data(), got, out_)) return -1;
      if (isOver) finish();
    }
  }

  // The end of the source is known: so is the exact number of frames that come out of it.
  void finish() {
    isFlushed_ = true;
    total_ = rescale(reader_.position(), reader_.rateHz(), rate_);
    const std::int64_t missing = *total_ - position_ - static_cast<std::int64_t>(out_.size() / 2);
    if (missing > 0 && missing <= kMostTailPadding) out_.resize(out_.size() + static_cast<std::size_t>(missing) * 2, 0.0f);
  }

  PcmReader reader_;
  Resampler resampler_;
  bool isResampled_ = false;
  int rate_ = 0;
  // The smallest numbers of frames that take the same time at both rates.
  std::int64_t alignedSource_ = 1;
  std::int64_t alignedOutput_ = 1;
  std::vector<float> block_;
  std::vector<float> out_;
  std::size_t outFrom_ = 0;
  std::int64_t position_ = 0;
  std::optional<std::int64_t> total_;
  bool isFlushed_ = false;
};

}  // namespace

OpenResult openWithLibav(const char* path, int rateHz) {
  auto source = std::make_unique<LibavSource>();
  InputFailure bad = source->open(path, rateHz);
  if (bad.error != SourceError::none) return {nullptr, bad.error, std::move(bad.message)};
  return {std::move(source), SourceError::none, {}};
}

}  // namespace segue
