// Power spectrum of real blocks: a small radix-2 FFT of our own, the same numbers on every machine. Pure; any thread.
#pragma once
#include <cstddef>
#include <vector>

namespace segue {

class PowerSpectrum {
 public:
  // `size` is a power of two, at least 8.
  explicit PowerSpectrum(std::size_t size);
  std::size_t size() const { return window_.size(); }
  // `samples` holds size() values; a Hann window is applied. `power` receives size() / 2 values, bin k at k x rate / size.
  void compute(const float* samples, std::vector<float>& power);

 private:
  std::vector<float> window_;
  std::vector<float> cosines_, sines_;  // of 2 pi k / size, k below size / 2
  std::vector<std::size_t> reversed_;
  std::vector<float> re_, im_;
};

}  // namespace segue
