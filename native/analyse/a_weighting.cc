// Four zeros at 0 Hz and six real poles at the frequencies of IEC 61672-1:2013, annex E, each pole matched by
// one digital section: bilinear sections would be 1.5 dB low at 10 kHz and a rate of 44.1 kHz, these are
// within 0.1 dB there.
#include "analyse/a_weighting.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace segue {
namespace {

constexpr double kPole1Hz = 20.598997, kPole2Hz = 107.65265, kPole3Hz = 737.86223, kPole4Hz = 12194.217;

// The standard's curve, not yet 1 at 1 kHz.
double analogGain(double hz) {
  const double f2 = hz * hz;
  const auto square = [](double x) { return x * x; };
  return square(kPole4Hz) * square(f2) /
         ((f2 + square(kPole1Hz)) * std::sqrt(f2 + square(kPole2Hz)) * std::sqrt(f2 + square(kPole3Hz)) *
          (f2 + square(kPole4Hz)));
}

double turnsOf(double hz, int rateHz) { return 2 * std::numbers::pi * hz / rateHz; }

}  // namespace

AWeighting::AWeighting(int rateHz) {
  // The pole where the analog one maps to, a zero at 0 Hz.
  const auto highPass = [&](double hz) {
    const double pole = std::exp(-turnsOf(hz, rateHz));
    return Section{1, -1, pole};
  };
  // The same pole; the zero makes it exact at 0 Hz and at the pole's frequency, or as near to it as the rate
  // allows: with b0 + b1 = 1 - pole, the wanted gain there gives b0 b1.
  const auto lowPass = [&](double hz) {
    const double pole = std::exp(-turnsOf(hz, rateHz));
    const double matchedHz = std::min(hz, 0.45 * rateHz);
    const double cosine = std::cos(turnsOf(matchedHz, rateHz));
    const double wantedPower = 1 / (1 + matchedHz * matchedHz / (hz * hz));
    const double sum = 1 - pole;
    const double product =
        (sum * sum - wantedPower * (1 + pole * pole - 2 * pole * cosine)) / (2 * (1 - cosine));
    const double root = std::sqrt(std::max(0.0, sum * sum - 4 * product));
    return Section{(sum + root) / 2, (sum - root) / 2, pole};
  };
  sections_ = {highPass(kPole1Hz), highPass(kPole1Hz), highPass(kPole2Hz),
               highPass(kPole3Hz), lowPass(kPole4Hz),  lowPass(kPole4Hz)};
  // 0 dB at 1 kHz; at rates so low that this lies near half of them, exact further down.
  const double pinnedHz = std::min(1000.0, rateHz / 8.0);
  const double wanted = analogGain(pinnedHz) / analogGain(1000);
  const double scale = wanted / gainAt(turnsOf(pinnedHz, rateHz));
  sections_[0].b0 *= scale;
  sections_[0].b1 *= scale;
}

double AWeighting::gainAt(double turn) const {
  const std::complex<double> delay = std::polar(1.0, -turn);
  double gain = 1;
  for (const Section& s : sections_) gain *= std::abs((s.b0 + s.b1 * delay) / (1.0 - s.pole * delay));
  return gain;
}

double AWeighting::filter(double sample, State& state) const {
  double x = sample;
  for (std::size_t i = 0; i < kSections; ++i) {
    const Section& s = sections_[i];
    const double y = s.b0 * x + state[i];
    state[i] = s.b1 * x + s.pole * y;
    x = y;
  }
  return x;
}

double AWeighting::power(float left, float right) {
  const double l = filter(static_cast<double>(left), left_), r = filter(static_cast<double>(right), right_);
  return l * l + r * r;
}

void AWeighting::settle() {
  constexpr double kNothing = 1e-30;
  for (State* state : {&left_, &right_})
    for (double& value : *state)
      if (std::fabs(value) < kNothing) value = 0;
}

}  // namespace segue
