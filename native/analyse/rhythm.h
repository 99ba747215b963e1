// Tempo and onsets from onset strength; key from chroma. Pure functions.
#pragma once
#include <array>
#include <vector>

namespace segue {

struct Rhythm {
  double tempoBpm = 0;  // 40 to 220; 0 where there is nothing to hear
  double clarity = 0;   // 0 to 1: autocorrelation at the beat over that at zero
  double onsetRate = 0;
};
Rhythm findRhythm(const std::vector<float>& onsets, double onsetHz);

struct Key {
  double tonality = 0;  // 0 to 1: correlation with the best key profile
  bool isMajor = false;
};
Key findKey(const std::array<double, 12>& chroma);

}  // namespace segue
