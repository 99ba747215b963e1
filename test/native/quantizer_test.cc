// The last step before a device: what is exact stays exact, what is not becomes noise of a constant level.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "sink/quantizer.h"

using namespace segue;

namespace {

std::vector<std::int32_t> quantize(const std::vector<float>& in, SampleFormat format, int bits) {
  Quantizer quantizer(format, bits);
  std::vector<std::uint8_t> bytes(in.size() * bytesOf(format));
  quantizer.convert(in.data(), in.size(), bytes.data());
  std::vector<std::int32_t> out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + i * bytesOf(format), bytesOf(format));
    const int unused = 32 - 8 * static_cast<int>(bytesOf(format));
    out[i] = static_cast<std::int32_t>(word << unused) >> unused;
  }
  return out;
}

// Of what is lost, in steps.
struct Loss {
  double mean = 0;
  double power = 0;
};

Loss lossOf(const std::vector<float>& in, const std::vector<std::int32_t>& out, double scale) {
  Loss loss;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double error = out[i] - static_cast<double>(in[i]) * scale;
    loss.mean += error / static_cast<double>(in.size());
    loss.power += error * error / static_cast<double>(in.size());
  }
  return loss;
}

}  // namespace

TEST_CASE("what has the device's own width passes bit for bit, in every format") {
  for (const auto& [format, bits] : {std::pair{SampleFormat::s16, 16}, std::pair{SampleFormat::s24packed, 24},
                                     std::pair{SampleFormat::s24, 24}, std::pair{SampleFormat::s32, 32}}) {
    const double scale = std::ldexp(1.0, bits - 1);
    const int sourceBits = std::min(bits, 24);
    std::vector<float> in;
    for (std::int64_t value = -(1LL << (sourceBits - 1)); value < 1LL << (sourceBits - 1); value += 977) {
      in.push_back(static_cast<float>(std::ldexp(static_cast<double>(value), 1 - sourceBits)));
    }
    const auto out = quantize(in, format, bits);
    bool isSame = true;
    for (std::size_t i = 0; i < in.size(); ++i) isSame = isSame && out[i] == static_cast<double>(in[i]) * scale;
    CHECK_MESSAGE(isSame, bits);
  }
}

TEST_CASE("24 bits in a word of 32 stand on top") {
  const auto out = quantize({0.5F, -1.0F, std::ldexp(1.0F, -23)}, SampleFormat::s32, 24);
  CHECK(out[0] == 1 << 30);
  CHECK(out[1] == std::numeric_limits<std::int32_t>::min());
  CHECK(out[2] == 1 << 8);
}

TEST_CASE("what lies between two steps becomes noise whose level does not know the music") {
  // A triangular dither of two steps' width: a quarter of a squared step in all, and no mean.
  for (const double level : {0.0001, 0.3, 10.5, 3000.25}) {
    std::vector<float> in(400'000, static_cast<float>(level / 32768));
    for (std::size_t i = 0; i < in.size(); i += 2) in[i] = static_cast<float>((level + 0.37) / 32768);
    const Loss loss = lossOf(in, quantize(in, SampleFormat::s16, 16), 32768);
    CHECK(std::abs(loss.mean) < 0.005);
    CHECK(loss.power == doctest::Approx(0.25).epsilon(0.01));
  }
}

TEST_CASE("a tone below one step is still there") {
  constexpr std::size_t kSamples = 200'000;
  std::vector<float> in(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) in[i] = static_cast<float>(0.25 * std::sin(0.05 * static_cast<double>(i)) / 32768);
  const auto out = quantize(in, SampleFormat::s16, 16);
  double found = 0;
  for (std::size_t i = 0; i < kSamples; ++i) found += out[i] * std::sin(0.05 * static_cast<double>(i)) * 2 / kSamples;
  CHECK(found == doctest::Approx(0.25).epsilon(0.05));
}

TEST_CASE("silence is silence, and above full scale is full scale") {
  for (const std::int32_t value : quantize(std::vector<float>(1000, 0.0F), SampleFormat::s16, 16)) REQUIRE(value == 0);
  const auto loud = quantize({1.5F, -1.5F, 1.0F, 7e8F, -7e8F, std::nanf("")}, SampleFormat::s16, 16);
  CHECK(loud == std::vector<std::int32_t>{32767, -32768, 32767, 32767, -32768, 0});
}

TEST_CASE("after music that was dithered, music of the device's own width is exact again") {
  std::vector<float> in(1024);
  for (std::size_t i = 0; i < 512; ++i) in[i] = 0.1F + 0.00001F * static_cast<float>(i);
  for (std::size_t i = 512; i < in.size(); ++i) in[i] = static_cast<float>(static_cast<int>(i) - 700) / 32768;
  const auto out = quantize(in, SampleFormat::s16, 16);
  for (std::size_t i = 512; i < in.size(); ++i) REQUIRE(out[i] == static_cast<int>(i) - 700);
}
