// The A-weighting filter of IEC 61672-1 at any sample rate, for stereo. Pure; one thread.
#pragma once
#include <array>

namespace segue {

class AWeighting {
 public:
  explicit AWeighting(int rateHz);
  // The weighted frame's power: the sum of both channels' squares.
  double power(float left, float right);
  // To be called between blocks: what has decayed to nothing becomes nothing (denormal numbers are slow).
  void settle();

 private:
  // y = b0 x + s, then s = b1 x + pole y: one real pole and one real zero.
  struct Section {
    double b0, b1, pole;
  };
  static constexpr int kSections = 6;
  using State = std::array<double, kSections>;
  double filter(double sample, State& state) const;
  double gainAt(double turn) const;

  std::array<Section, kSections> sections_;
  State left_{}, right_{};
};

}  // namespace segue
