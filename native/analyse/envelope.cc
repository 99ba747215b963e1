// Spans are joined by twos when the music turns out longer than it was said to be.
#include "analyse/envelope.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyse/clean.h"
#include "decode/pcm_reader.h"

namespace segue {

EnvelopeMeter::EnvelopeMeter(int rateHz, std::int64_t expectedFrames, int spans)
    : rate_(rateHz), most_(2 * static_cast<std::size_t>(spans)) {
  spanFrames_ = std::max<std::int64_t>(1, (expectedFrames + spans - 1) / spans);
  peaks_.reserve(most_ + 1);
  energies_.reserve(most_ + 1);
}

void EnvelopeMeter::add(const float* interleaved, std::int64_t frames) {
  for (std::int64_t i = 0; i < frames; ++i) {
    const float l = interleaved[2 * i], r = interleaved[2 * i + 1];
    peak_ = std::max(peak_, std::max(std::fabs(l), std::fabs(r)));
    energy_ += 0.5 * (static_cast<double>(l) * static_cast<double>(l) +
                      static_cast<double>(r) * static_cast<double>(r));
    if (++inSpan_ == spanFrames_) close();
  }
  frames_ += frames;
}

void EnvelopeMeter::close() {
  if (peaks_.size() == most_) halve();
  // What was joined may have made this span half of one: then it stays open.
  if (inSpan_ < spanFrames_) return;
  peaks_.push_back(std::exchange(peak_, 0.0f));
  energies_.push_back(std::exchange(energy_, 0.0));
  inSpan_ = 0;
}

void EnvelopeMeter::halve() {
  const std::size_t half = peaks_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    peaks_[i] = std::max(peaks_[2 * i], peaks_[2 * i + 1]);
    energies_[i] = energies_[2 * i] + energies_[2 * i + 1];
  }
  peaks_.resize(half);
  energies_.resize(half);
  spanFrames_ *= 2;
}

Envelope EnvelopeMeter::take() {
  Envelope envelope{rate_, frames_, spanFrames_, {}, {}};
  envelope.rms.reserve(energies_.size() + 1);
  for (const double energy : energies_)
    envelope.rms.push_back(static_cast<float>(std::sqrt(energy / static_cast<double>(spanFrames_))));
  envelope.peaks = std::move(peaks_);
  if (inSpan_ > 0) {
    envelope.peaks.push_back(peak_);
    envelope.rms.push_back(static_cast<float>(std::sqrt(energy_ / static_cast<double>(inSpan_))));
  }
  return envelope;
}

EnvelopeResult envelopeOf(const char* path, int spans) {
  PcmReader reader;
  EnvelopeResult result;
  result.failure = reader.open(path);
  if (result.failure.error != SourceError::none) return result;
  EnvelopeMeter meter(reader.rateHz(), reader.estimatedLength(), spans);
  constexpr std::int64_t kBlockFrames = 8192;
  std::vector<float> block(kBlockFrames * 2);
  for (std::int64_t got; (got = reader.read(block.data(), kBlockFrames)) > 0;) {
    makeFinite(block.data(), got);
    meter.add(block.data(), got);
  }
  result.envelope = meter.take();
  return result;
}

}  // namespace segue
