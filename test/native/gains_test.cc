// Gains made a block at a time, and the way of a voice that sounds alone: to the last bit what each frame by itself, and the
// mix, would give. Otherwise what is heard would depend on how a device slices time.
#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "rig.h"

using namespace segue;

namespace {

constexpr std::array kCurves = {Curve::linear, Curve::cosine, Curve::exponential, Curve::logarithmic, Curve::equalPower};

// Both regions overlap, and a ramp comes in: every factor is at work somewhere.
Voice fading(Curve in, Curve out) {
  Voice voice;
  voice.role = Voice::Role::current;
  voice.start = 100;
  voice.at = 100;
  voice.end = 1100;
  voice.gain = 0.7;
  voice.fadeIn = {600, in};
  voice.setFadeOut({700, out}, 1100);
  voice.rampAt = 150;
  voice.rampFrames = 90;
  return voice;
}

void checkBlocks(const Voice& voice, Frame from, Frame end) {
  for (const Frame block : {Frame{1}, Frame{7}, Frame{256}}) {
    std::vector<double> gains(static_cast<std::size_t>(block));
    for (Frame at = from; at < end; at += block) {
      const Frame count = std::min(block, end - at);
      voice.fillGains(at, count, gains.data());
      for (Frame i = 0; i < count; ++i) {
        const double each = voice.gainAt(at + i);
        if (std::bit_cast<std::uint64_t>(gains[static_cast<std::size_t>(i)]) != std::bit_cast<std::uint64_t>(each)) {
          FAIL("block of " << block << ", frame " << at + i << ": " << gains[static_cast<std::size_t>(i)] << " and " << each);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("the sine of a quarter is that of the library, to three units in the last place") {
  CHECK(sinOfQuarter(0) == 0);
  double worst = 0;
  for (int i = 0; i <= 100'000; ++i) {
    const double t = i / 100'000.0;
    worst = std::max(worst, std::fabs(sinOfQuarter(t) - std::sin(std::numbers::pi / 2 * t)));
  }
  CHECK(worst <= 3.4e-16);
  CHECK(sinOfQuarter(1) <= 1);
}

TEST_CASE("gains of a block are those of its frames, to the last bit, wherever it begins") {
  for (const Curve in : kCurves) {
    for (const Curve out : kCurves) {
      Voice voice = fading(in, out);
      checkBlocks(voice, 150, 1100);
      voice.at = 500;
      voice.cut(300, VoiceEnd::skipped);
      checkBlocks(voice, 500, 800);
    }
  }
  Voice steady = fading(Curve::linear, Curve::linear);
  steady.fadeIn = {};
  steady.setFadeOut({}, 1100);
  checkBlocks(steady, 150, 1100);
}

TEST_CASE("a voice that sounds alone is what the mix would give, to the last bit") {
  const auto tone = [](Frame at) { return 0.9 * std::sin(static_cast<double>(at) * 0.05); };
  const auto silence = [](Frame) { return 0.0; };
  const Plan music{.plan = 1, .entry = 10, .start = 0, .end = 40'000, .gain = 0.73};
  // Beside it a voice without sound begins at once: the same frames go through the mix.
  const Plan nothing{.plan = 2, .entry = 11, .after = 10, .start = 0, .end = 60'000, .gain = 0.5, .overlap = 40'000};
  constexpr double kVolume = 0.61;
  const RendererConfig config{.rate = 48'000, .playing = true, .limiter = true};
  Rig alone(config, kVolume);
  alone.fill(0, music, tone);
  alone.offerNow(music, 0);
  alone.render(30'000, 441);
  Rig mixed(config, kVolume);
  mixed.fill(0, music, tone);
  mixed.fill(1, nothing, silence);
  mixed.offerNow(music, 0);
  mixed.offerNow(nothing, 1);
  mixed.render(30'000, 512);
  REQUIRE(mixed.state().voices[1].entry == 11);
  std::size_t differing = 0;
  for (std::size_t i = 0; i < alone.out.size(); ++i) {
    differing += std::bit_cast<std::uint32_t>(alone.out[i]) != std::bit_cast<std::uint32_t>(mixed.out[i]) ? 1 : 0;
  }
  CHECK(differing == 0);
  CHECK(alone.left(1000) == static_cast<double>(static_cast<float>(0.73 * kVolume) * static_cast<float>(tone(1000))));
}

TEST_CASE("loud enough to be limited, a voice alone is limited") {
  const auto loud = [](Frame) { return 0.99; };
  const Plan music{.plan = 1, .entry = 10, .start = 0, .end = 40'000, .gain = 1.05};
  Rig rig({.rate = 48'000, .playing = true, .limiter = true});
  rig.fill(0, music, loud);
  rig.pushOffer(music, 0);
  rig.render(1000);
  CHECK(rig.left(500) < 1.0);
  CHECK(rig.left(500) > 0.98);
  CHECK(rig.channel.counters.limitedFrames > 0);
}
