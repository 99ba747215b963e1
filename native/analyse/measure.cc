// One pass over a file at its own rate, all meters fed from the same blocks.
#include "analyse/measure.h"

#include <vector>

#include "analyse/clean.h"
#include "analyse/content.h"
#include "analyse/level.h"
#include "analyse/loudness.h"
#include "analyse/rhythm.h"
#include "analyse/spectrum.h"
#include "analyse/true_peak.h"
#include "decode/pcm_reader.h"

namespace segue {

MeasureResult measureFile(const char* path) {
  PcmReader reader;
  MeasureResult result;
  result.failure = reader.open(path);
  if (result.failure.error != SourceError::none) return result;
  const std::int64_t claimed = reader.length().value_or(0);
  constexpr std::int64_t kBlockFrames = 8192;
  std::vector<float> block(kBlockFrames * 2);
  LevelMeter level(reader.rateHz());
  SpectrumMeter spectrum(reader.rateHz());
  LoudnessMeter loudness(reader.rateHz());
  TruePeakMeter truePeak(reader.rateHz());
  ContentMeter content(reader.rateHz());
  std::int64_t frames = 0;
  for (std::int64_t got; (got = reader.read(block.data(), kBlockFrames)) > 0; frames += got) {
    makeFinite(block.data(), got);
    level.add(block.data(), got);
    spectrum.add(block.data(), got);
    loudness.add(block.data(), got);
    truePeak.add(block.data(), got);
    content.add(block.data(), got);
  }
  result.isTruncated = frames < claimed / 2;
  const Rhythm rhythm = findRhythm(spectrum.onsets(), spectrum.onsetHz());
  const Key key = findKey(spectrum.chroma());
  Measures& m = result.measures;
  m.frames = frames;
  m.rateHz = reader.rateHz();
  m.rmsDb = level.rmsDb();
  m.peakDb = level.peakDb();
  m.dynamicRangeDb = level.dynamicRangeDb();
  m.centroidHz = spectrum.centroidHz();
  m.lowShare = spectrum.lowShare();
  m.highShare = spectrum.highShare();
  m.tempoBpm = rhythm.tempoBpm;
  m.rhythmClarity = rhythm.clarity;
  m.onsetRate = rhythm.onsetRate;
  m.tonality = key.tonality;
  m.isMajor = key.isMajor;
  m.zeroCrossingKhz = level.zeroCrossingsPerSecond() / 1000;
  m.loudnessLufs = loudness.integratedLufs();
  m.truePeakDb = truePeak.db();
  m.content = content.points();
  return result;
}

}  // namespace segue
