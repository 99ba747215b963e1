// The shape of a file for a picture of it: peak and RMS of some thousand equal spans. Blocks; one thread.
// Memory depends on the number of spans alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "decode/input.h"

namespace segue {

struct Envelope {
  int rateHz = 0;
  std::int64_t frames = 0;
  std::int64_t spanFrames = 1;    // of each span; the last may be shorter
  std::vector<float> peaks, rms;  // linear, of both channels: the higher sample, the root of the mean power
};

class EnvelopeMeter {
 public:
  // `expectedFrames` is a guess: with it right, there are at most `spans` of them; longer music has up to
  // twice as many.
  EnvelopeMeter(int rateHz, std::int64_t expectedFrames, int spans);
  void add(const float* interleaved, std::int64_t frames);
  // Once, after the last block.
  Envelope take();

 private:
  void close();
  void halve();

  int rate_;
  std::size_t most_;
  std::int64_t spanFrames_;
  std::int64_t frames_ = 0, inSpan_ = 0;
  float peak_ = 0;
  double energy_ = 0;
  std::vector<float> peaks_;
  std::vector<double> energies_;
};

struct EnvelopeResult {
  Envelope envelope;
  InputFailure failure;
};

// Decodes all of it.
EnvelopeResult envelopeOf(const char* path, int spans);

}  // namespace segue
