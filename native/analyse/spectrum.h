// Brightness, onset strength and chroma from short spectra of the mono mix, gathered block by block. Pure; one thread.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "analyse/fft.h"

namespace segue {

class SpectrumMeter {
 public:
  explicit SpectrumMeter(int rateHz);
  void add(const float* interleaved, std::int64_t frames);

  double centroidHz() const;
  double lowShare() const;   // of the energy, below 200 Hz
  double highShare() const;  // above 4 kHz
  // One value each onsetHz(): how much louder the bands became.
  const std::vector<float>& onsets() const { return onsets_; }
  double onsetHz() const { return onsetHz_; }
  const std::array<double, 12>& chroma() const { return chroma_; }  // C, C sharp, ... B

 private:
  void shortBlock(const float* samples);
  void longBlock(const float* samples);

  int rate_;
  PowerSpectrum short_, long_;
  std::size_t shortHop_, longHop_;
  double onsetHz_;
  std::vector<float> samples_;  // mono, from shortFrom_ or longFrom_ on still needed
  std::size_t shortFrom_ = 0, longFrom_ = 0;
  std::vector<float> power_;
  std::vector<int> bandOfBin_;        // short spectrum: -1 outside
  std::vector<int> pitchClassOfBin_;  // long spectrum: -1 outside
  std::vector<float> bands_, lastBands_;
  std::vector<float> onsets_;
  std::array<double, 12> chroma_{};
  double total_ = 0, weighted_ = 0, low_ = 0, high_ = 0;
};

}  // namespace segue
