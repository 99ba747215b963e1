// EBU R128: integrated loudness (libebur128). Blocks; one thread. Holds about 48 bytes for each 0.1 s.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

namespace segue {

class LoudnessMeter {
 public:
  explicit LoudnessMeter(int rateHz);
  ~LoudnessMeter();
  LoudnessMeter(const LoudnessMeter&) = delete;
  LoudnessMeter& operator=(const LoudnessMeter&) = delete;
  void add(const float* interleaved, std::int64_t frames);
  // LUFS; empty when nothing of it is above the absolute gate of -70 LUFS, or it is shorter than 0.4 s.
  std::optional<double> integratedLufs() const;

 private:
  struct State;  // the library's, whose type has no name to declare
  std::unique_ptr<State> state_;
};

}  // namespace segue
