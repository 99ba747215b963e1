// Stereo float from one rate to another by libswresample (soxr where the library has it), with no delay: output frame n
// is the input at time n / rate. Decoder thread. Never counts the file's length: its owner cuts to that.
#pragma once
#include <cstdint>
#include <vector>

#include "decode/libav.h"

namespace segue {

class Resampler {
 public:
  // False: this pair of rates is not possible.
  [[nodiscard]] bool start(int fromHz, int toHz);
  // Forgets everything: the next input frame is time zero.
  [[nodiscard]] bool restart();
  // Appends what comes out for `frames` of input to `out`; nullptr flushes the rest. False: the library failed.
  bool push(const float* interleaved, std::int64_t frames, std::vector<float>& out);

 private:
  libav::Swr swr_;
  int fromHz_ = 0;
  int toHz_ = 0;
};

// Whether libswresample here was built with soxr.
bool hasSoxr();

}  // namespace segue
