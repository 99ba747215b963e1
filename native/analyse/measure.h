// Measures of a whole file, all from one decode: level, brightness, rhythm, tonality for the first local flavor;
// loudness; where its music begins and ends. Blocks; run by the import worker. Deterministic; never touches the core.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analyse/content.h"
#include "decode/input.h"

namespace segue {

struct Measures {
  std::int64_t frames = 0;  // decoded, at rateHz
  int rateHz = 0;
  double rmsDb = 0, peakDb = 0, dynamicRangeDb = 0;
  double centroidHz = 0, lowShare = 0, highShare = 0;
  double tempoBpm = 0, rhythmClarity = 0, onsetRate = 0;
  double tonality = 0;
  bool isMajor = false;
  double zeroCrossingKhz = 0;
  std::optional<double> loudnessLufs;
  double truePeakDb = 0;
  std::optional<ContentPoints> content;
};

struct MeasureResult {
  Measures measures;
  // Of each part by itself; its content points count from its own start.
  std::vector<Measures> parts;
  InputFailure failure;
  bool isTruncated = false;  // less than half of what the file says was there
};

// `startTicks`: of parts that are measured each by itself, too, up to the next one's start or the end; ascending.
MeasureResult measureFile(const char* path, const std::vector<std::int64_t>& startTicks = {});

}  // namespace segue
