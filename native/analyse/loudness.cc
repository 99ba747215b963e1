// A thin cover; without memory for its state (or at a rate the library refuses) nothing is known.
#include "analyse/loudness.h"

#include <ebur128.h>

#include <cmath>

namespace segue {

struct LoudnessMeter::State {
  ebur128_state* library;
  ~State() { ebur128_destroy(&library); }
};

LoudnessMeter::LoudnessMeter(int rateHz) {
  ebur128_state* library = ebur128_init(2, static_cast<unsigned long>(rateHz), EBUR128_MODE_I);
  if (library) state_.reset(new State{library});
}

LoudnessMeter::~LoudnessMeter() = default;

void LoudnessMeter::add(const float* interleaved, std::int64_t frames) {
  if (state_) (void)ebur128_add_frames_float(state_->library, interleaved, static_cast<std::size_t>(frames));
}

std::optional<double> LoudnessMeter::integratedLufs() const {
  double lufs = 0;
  if (!state_ || ebur128_loudness_global(state_->library, &lufs) != EBUR128_SUCCESS || !std::isfinite(lufs))
    return std::nullopt;
  return lufs;
}

}  // namespace segue
