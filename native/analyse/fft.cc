// A real block of N is transformed as a complex one of N / 2 (even samples real, odd imaginary) and then separated.
#include "analyse/fft.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace segue {

PowerSpectrum::PowerSpectrum(std::size_t size)
    : window_(size), cosines_(size / 2), sines_(size / 2), reversed_(size / 2), re_(size / 2), im_(size / 2) {
  const double turn = 2 * std::numbers::pi / static_cast<double>(size);
  for (std::size_t i = 0; i < size; ++i)
    window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(turn * static_cast<double>(i)));
  for (std::size_t k = 0; k < size / 2; ++k) {
    cosines_[k] = static_cast<float>(std::cos(turn * static_cast<double>(k)));
    sines_[k] = static_cast<float>(std::sin(turn * static_cast<double>(k)));
  }
  const std::size_t half = size / 2;
  for (std::size_t i = 1; i < half; ++i) reversed_[i] = (reversed_[i / 2] / 2) | (i % 2 ? half / 2 : 0);
}

void PowerSpectrum::compute(const float* samples, std::vector<float>& power) {
  const std::size_t half = re_.size();
  for (std::size_t i = 0; i < half; ++i) {
    re_[reversed_[i]] = samples[2 * i] * window_[2 * i];
    im_[reversed_[i]] = samples[2 * i + 1] * window_[2 * i + 1];
  }
  for (std::size_t span = 1; span < half; span *= 2) {
    const std::size_t step = half / span;  // in the table of the full size
    for (std::size_t start = 0; start < half; start += 2 * span) {
      for (std::size_t k = 0; k < span; ++k) {
        const float c = cosines_[k * step], s = -sines_[k * step];
        const std::size_t a = start + k, b = a + span;
        const float tr = re_[b] * c - im_[b] * s, ti = re_[b] * s + im_[b] * c;
        re_[b] = re_[a] - tr;
        im_[b] = im_[a] - ti;
        re_[a] += tr;
        im_[a] += ti;
      }
    }
  }
  power.resize(half);
  for (std::size_t k = 0; k < half; ++k) {
    const std::size_t m = (half - k) % half;
    const float er = 0.5f * (re_[k] + re_[m]), ei = 0.5f * (im_[k] - im_[m]);
    const float orr = 0.5f * (im_[k] + im_[m]), oi = 0.5f * (re_[m] - re_[k]);
    const float xr = er + orr * cosines_[k] + oi * sines_[k];
    const float xi = ei + oi * cosines_[k] - orr * sines_[k];
    power[k] = xr * xr + xi * xi;
  }
}

}  // namespace segue
