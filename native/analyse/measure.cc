// One pass over a file at its own rate, all meters fed from the same blocks.
#include "analyse/measure.h"

#include <algorithm>
#include <utility>

#include "analyse/clean.h"
#include "analyse/content.h"
#include "analyse/level.h"
#include "analyse/loudness.h"
#include "analyse/rhythm.h"
#include "analyse/spectrum.h"
#include "analyse/true_peak.h"
#include "decode/pcm_reader.h"
#include "decode/ticks.h"

namespace segue {

namespace {

constexpr std::int64_t kBlockFrames = 8192;

// All meters of one stretch of a file.
class Meters {
 public:
  explicit Meters(int rateHz)
      : rateHz_(rateHz), level_(rateHz), spectrum_(rateHz), loudness_(rateHz), truePeak_(rateHz), content_(rateHz) {}

  void add(const float* interleaved, std::int64_t frames) {
    level_.add(interleaved, frames);
    spectrum_.add(interleaved, frames);
    loudness_.add(interleaved, frames);
    truePeak_.add(interleaved, frames);
    content_.add(interleaved, frames);
    frames_ += frames;
  }

  [[nodiscard]] Measures read() {
    const Rhythm rhythm = findRhythm(spectrum_.onsets(), spectrum_.onsetHz());
    const Key key = findKey(spectrum_.chroma());
    return {.frames = frames_,
            .rateHz = rateHz_,
            .rmsDb = level_.rmsDb(),
            .peakDb = level_.peakDb(),
            .dynamicRangeDb = level_.dynamicRangeDb(),
            .centroidHz = spectrum_.centroidHz(),
            .lowShare = spectrum_.lowShare(),
            .highShare = spectrum_.highShare(),
            .tempoBpm = rhythm.tempoBpm,
            .rhythmClarity = rhythm.clarity,
            .onsetRate = rhythm.onsetRate,
            .tonality = key.tonality,
            .isMajor = key.isMajor,
            .zeroCrossingKhz = level_.zeroCrossingsPerSecond() / 1000,
            .loudnessLufs = loudness_.integratedLufs(),
            .truePeakDb = truePeak_.db(),
            .content = content_.points()};
  }

 private:
  int rateHz_;
  std::int64_t frames_ = 0;
  LevelMeter level_;
  SpectrumMeter spectrum_;
  LoudnessMeter loudness_;
  TruePeakMeter truePeak_;
  ContentMeter content_;
};

// Measures each part by itself: one set of meters at a time, from the first start on.
class PartMeters {
 public:
  PartMeters(int rateHz, const std::vector<std::int64_t>& startTicks) : rateHz_(rateHz) {
    for (const std::int64_t ticks : startTicks) starts_.push_back(framesOf(ticks, rateHz));
  }

  void add(const float* interleaved, std::int64_t frames) {
    while (frames > 0) {
      while (begun_ < starts_.size() && starts_[begun_] <= at_) begin();
      const std::int64_t left = begun_ < starts_.size() ? starts_[begun_] - at_ : frames;
      const std::int64_t some = std::min(frames, left);
      if (meters_) meters_->add(interleaved, some);
      interleaved += 2 * some;
      frames -= some;
      at_ += some;
    }
  }

  // As many as there are starts: those beyond the end of the file have no frames.
  std::vector<Measures> read() {
    while (begun_ < starts_.size()) begin();
    if (meters_) done_.push_back(meters_->read());
    return std::move(done_);
  }

 private:
  void begin() {
    if (meters_) done_.push_back(meters_->read());
    meters_.emplace(rateHz_);
    ++begun_;
  }

  int rateHz_;
  std::vector<std::int64_t> starts_;
  std::size_t begun_ = 0;
  std::int64_t at_ = 0;
  std::optional<Meters> meters_;
  std::vector<Measures> done_;
};

}  // namespace

MeasureResult measureFile(const char* path, const std::vector<std::int64_t>& startTicks) {
  PcmReader reader;
  MeasureResult result;
  result.failure = reader.open(path);
  if (result.failure.error != SourceError::none) return result;
  const std::int64_t claimed = reader.length().value_or(0);
  std::vector<float> block(kBlockFrames * 2);
  Meters whole(reader.rateHz());
  PartMeters parts(reader.rateHz(), startTicks);
  for (std::int64_t got; (got = reader.read(block.data(), kBlockFrames)) > 0;) {
    makeFinite(block.data(), got);
    whole.add(block.data(), got);
    if (!startTicks.empty()) parts.add(block.data(), got);
  }
  result.measures = whole.read();
  result.parts = parts.read();
  result.isTruncated = result.measures.frames < claimed / 2;
  return result;
}

}  // namespace segue
