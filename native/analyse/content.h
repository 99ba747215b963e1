// Where the music of a file is: silence at its ends, and how long it takes to become loud and to fade away.
// Blocks in, four points out. Pure; one thread. Holds 4 bytes for each 10 ms.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analyse/a_weighting.h"

namespace segue {

// Frames of the file: start <= leadIn <= leadOut <= end. A side where nothing is to be left out is the file's
// own.
struct ContentPoints {
  std::int64_t start = 0, leadIn = 0, leadOut = 0, end = 0;
};

class ContentMeter {
 public:
  explicit ContentMeter(int rateHz);
  void add(const float* interleaved, std::int64_t frames);
  // Empty when there is nothing to say: no sample of it reaches -60 dB of full scale.
  std::optional<ContentPoints> points() const;

 private:
  std::int64_t slotStart(std::int64_t slot) const { return slot * rate_ / kSlotsPerSecond; }
  double powerOf(std::int64_t firstSlot, std::int64_t endSlot) const;

  static constexpr std::int64_t kSlotsPerSecond = 100;
  int rate_;
  AWeighting weighting_;
  std::int64_t frames_ = 0;
  std::int64_t firstAudible_ = -1, lastAudible_ = -1;
  // A-weighted energy of each 10 ms; the last one may be shorter.
  std::vector<float> slots_;
  double slotEnergy_ = 0;
  std::int64_t slotEnd_;
};

}  // namespace segue
