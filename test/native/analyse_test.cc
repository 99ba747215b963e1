// The pure measures of a file on synthesized signals: A-weighting, content
// points, loudness, envelope. Every expected number is computed here by other
// means than the code's, or is one of the standard's.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <vector>

#include "analyse/a_weighting.h"
#include "analyse/clean.h"
#include "analyse/content.h"
#include "analyse/envelope.h"
#include "analyse/loudness.h"
#include "analyse/true_peak.h"

using namespace segue;

namespace {

using Signal = std::function<double(double seconds)>;

double db(double level) { return std::pow(10, level / 20); }
double sine(double hz, double seconds) {
  return std::sin(2 * std::numbers::pi * hz * seconds);
}

std::vector<float> stereo(int rate, double seconds, const Signal &left,
                          const Signal &right) {
  const auto frames = static_cast<std::size_t>(std::llround(seconds * rate));
  std::vector<float> out(2 * frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / rate;
    out[2 * i] = static_cast<float>(left(t));
    out[2 * i + 1] = static_cast<float>(right(t));
  }
  return out;
}
std::vector<float> both(int rate, double seconds, const Signal &signal) {
  return stereo(rate, seconds, signal, signal);
}

// Fed in odd pieces: no measure may depend on how the blocks fall.
template <class Meter>
void feed(Meter &meter, const std::vector<float> &samples,
          std::int64_t piece = 4097) {
  const auto frames = static_cast<std::int64_t>(samples.size() / 2);
  for (std::int64_t at = 0; at < frames; at += piece)
    meter.add(samples.data() + 2 * at, std::min(piece, frames - at));
}

std::optional<ContentPoints> contentOf(int rate,
                                       const std::vector<float> &samples,
                                       std::int64_t piece = 4097) {
  ContentMeter meter(rate);
  feed(meter, samples, piece);
  return meter.points();
}
std::optional<ContentPoints> contentOf(int rate, double seconds,
                                       const Signal &signal) {
  return contentOf(rate, both(rate, seconds, signal));
}

// In seconds: lead-in from the start, lead-out from the end.
double leadIn(const ContentPoints &p, int rate) {
  return static_cast<double>(p.leadIn - p.start) / rate;
}
double leadOut(const ContentPoints &p, int rate) {
  return static_cast<double>(p.end - p.leadOut) / rate;
}

double weightedDb(int rate, double hz) {
  AWeighting filter(rate);
  double before = 0, after = 0;
  for (int i = 0; i < rate; ++i) {
    const auto x = static_cast<float>(sine(hz, static_cast<double>(i) / rate));
    const double power = filter.power(x, 0);
    if (i < rate / 4)
      continue; // settled: the slowest pole has a time constant of 8 ms
    before += static_cast<double>(x) * static_cast<double>(x);
    after += power;
  }
  return 10 * std::log10(after / before);
}

} // namespace

TEST_CASE("A-weighting has the standard's gains at every rate, within its "
          "class 1 tolerances") {
  // IEC 61672-1:2013, table 3: nominal frequency, A-weighting in dB, limits of
  // class 1.
  const struct {
    double hz, db, above, below;
  } table[] = {{31.5, -39.4, 1.5, 1.5}, {100, -19.1, 1.0, 1.0},
               {250, -8.6, 1.0, 1.0},   {1000, 0, 0.7, 0.7},
               {4000, 1.0, 1.0, 1.0},   {8000, -1.1, 1.5, 2.5},
               {10000, -2.5, 2.0, 3.0}, {16000, -6.6, 2.5, 16.0}};
  for (const int rate :
       {8000, 11025, 22050, 32000, 44100, 48000, 96000, 192000}) {
    for (const auto &row : table) {
      if (row.hz > 0.46 * rate)
        continue;
      const double gain = weightedDb(rate, row.hz);
      INFO("rate ", rate, ", ", row.hz, " Hz: ", gain, " dB");
      CHECK(gain <= row.db + row.above);
      CHECK(gain >= row.db - row.below);
      if (rate >= 44100 && row.hz <= 10000)
        CHECK(std::fabs(gain - row.db) < 0.2);
    }
  }
}

TEST_CASE("both channels count in the weighted power") {
  AWeighting one(48000), two(48000);
  double single = 0, sum = 0;
  for (int i = 0; i < 48000; ++i) {
    const auto x = static_cast<float>(sine(1000, i / 48000.0));
    single += one.power(x, 0);
    sum += two.power(x, x);
  }
  CHECK(sum == doctest::Approx(2 * single));
}

TEST_CASE("an even tone has nothing to overlap, whatever the rate") {
  for (const int rate : {8000, 11025, 22050, 44100, 48000, 96000, 192000}) {
    const auto points =
        contentOf(rate, 7, [](double t) { return 0.5 * sine(1000, t); });
    REQUIRE(points);
    CHECK(points->start == 0);
    CHECK(points->leadIn == 0);
    CHECK(points->leadOut == 7 * rate);
    CHECK(points->end == 7 * rate);
  }
}

TEST_CASE("the lead-in is where the music first comes within 12 dB of its "
          "loudest, unless it is within 5 dB at once") {
  constexpr int kRate = 16000;
  // Steps of level at known times, in a tone of one frequency: the weighting is
  // the same for all of it.
  const auto steps = [](double firstAt, double firstDb, double secondAt,
                        double secondDb) {
    return [=](double t) {
      const double level = t < firstAt    ? -30
                           : t < secondAt ? firstDb
                           : t < 20       ? secondDb
                                          : 0;
      return 0.5 * db(level) * sine(1000, t);
    };
  };
  const auto of = [&](const Signal &signal) {
    const auto points = contentOf(kRate, 30, signal);
    REQUIRE(points);
    return leadIn(*points, kRate);
  };
  CHECK(of(steps(2.3, -11.9, 6, -1)) == doctest::Approx(2.3));
  CHECK(of(steps(2.3, -12.1, 3.7, -11)) == doctest::Approx(3.7));
  CHECK(of(steps(0.4, -11, 0.8, -4.9)) == 0);
  CHECK(of(steps(0.4, -11, 0.9, -5.1)) == doctest::Approx(0.4));
  CHECK(of(steps(0.4, -11, 1.0, -4.5)) == doctest::Approx(0.4));
  CHECK(of(steps(6, -20, 8, -12.1)) == doctest::Approx(5));
}

TEST_CASE("the lead-out is the lead-in of the music played backwards") {
  for (const int rate : {11025, 22050}) {
    unsigned seed = 7;
    const auto dice = [&] {
      return (seed = seed * 1664525u + 1013904223u) / 4294967296.0;
    };
    for (int round = 0; round < 12; ++round) {
      // A random outline over noise, of a length that ends within a slot, with
      // silence at random ends.
      const double seconds = 3 + 12 * dice();
      const double before = dice() < 0.5 ? 0 : 2 * dice(),
                   after = dice() < 0.5 ? 0 : 2 * dice();
      double levels[40];
      for (double &level : levels)
        level = -30 * dice();
      auto samples = both(rate, seconds, [&](double t) {
        if (t < before || t > seconds - after)
          return 0.0;
        const double place = t / seconds * 39;
        const auto at = static_cast<std::size_t>(place);
        const double share = place - std::floor(place);
        return db(levels[at] * (1 - share) + levels[at + 1] * share) *
               (dice() - 0.5);
      });
      const auto forwards = contentOf(rate, samples);
      std::vector<float> reversed(samples.size());
      const std::size_t frames = samples.size() / 2;
      for (std::size_t i = 0; i < frames; ++i)
        for (std::size_t side = 0; side < 2; ++side)
          reversed[2 * i + side] = samples[2 * (frames - 1 - i) + side];
      const auto backwards = contentOf(rate, reversed);
      REQUIRE(forwards);
      REQUIRE(backwards);
      const auto all = static_cast<std::int64_t>(frames);
      CHECK(backwards->start == all - forwards->end);
      CHECK(backwards->end == all - forwards->start);
      // The filter rings forwards in time and the last slot is a short one: one
      // window may fall to the other side.
      CHECK(std::fabs(leadIn(*backwards, rate) - leadOut(*forwards, rate)) <
            0.11);
      CHECK(std::fabs(leadOut(*backwards, rate) - leadIn(*forwards, rate)) <
            0.11);
      CHECK(forwards->start <= forwards->leadIn);
      CHECK(forwards->leadIn <= forwards->leadOut);
      CHECK(forwards->leadOut <= forwards->end);
    }
  }
}

TEST_CASE("bass and treble that ears hear less do not count as loud") {
  constexpr int kRate = 44100;
  // A rumble of 40 Hz at full level (-34.6 dB weighted) before a tone of 1 kHz
  // 20 dB below it: the tone is the loudest.
  const auto points = contentOf(kRate, 12, [](double t) {
    return t < 3 ? 0.9 * sine(40, t) : 0.09 * sine(1000, t);
  });
  REQUIRE(points);
  CHECK(leadIn(*points, kRate) == doctest::Approx(3));
}

TEST_CASE(
    "more than half a second of silence at an end is left out, but for 50 ms") {
  for (const int rate : {8000, 44100, 192000}) {
    const auto toneBetween = [](double from, double to) {
      return [=](double t) {
        return t >= from && t < to
                   ? 0.4 * std::cos(2 * std::numbers::pi * 500 * (t - from))
                   : 0;
      };
    };
    const auto long_ = contentOf(rate, 10, toneBetween(2, 7));
    REQUIRE(long_);
    CHECK(long_->start == std::llround(1.95 * rate));
    CHECK(std::abs(long_->end - std::llround(7.05 * rate)) <=
          2 * rate / 500); // where the sine is above -60 dB
    CHECK(leadIn(*long_, rate) < 0.11);
    CHECK(leadOut(*long_, rate) < 0.11);
    const auto brief = contentOf(rate, 10, toneBetween(0.49, 9.6));
    REQUIRE(brief);
    CHECK(brief->start == 0);
    CHECK(brief->end == 10 * rate);
  }
}

TEST_CASE("what lies below -60 dB is silence, what lies above is not, on "
          "either channel") {
  constexpr int kRate = 44100;
  const auto music = [](double t) {
    return t < 2 || t > 6 ? 0 : 0.4 * sine(700, t);
  };
  const auto withFloor = [&](double level) {
    return stereo(kRate, 8, music, [=](double t) {
      return music(t) + db(level) * sine(200, t);
    });
  };
  const auto below = contentOf(kRate, withFloor(-61)),
             above = contentOf(kRate, withFloor(-59));
  REQUIRE(below);
  REQUIRE(above);
  CHECK(below->start > kRate);
  CHECK(below->end < 7 * kRate);
  CHECK(above->start == 0);
  CHECK(above->end == 8 * kRate);
}

TEST_CASE("silence says nothing; nothing at all says nothing") {
  CHECK_FALSE(contentOf(44100, 8, [](double) { return 0.0; }));
  CHECK_FALSE(
      contentOf(44100, 8, [](double t) { return db(-66) * sine(500, t); }));
  CHECK_FALSE(ContentMeter(44100).points());
}

TEST_CASE("what is shorter than a window, or a little longer, has points in "
          "order inside itself") {
  for (const int rate : {8000, 44100})
    for (const double seconds :
         {0.001, 0.0105, 0.05, 0.0999, 0.1, 0.105, 0.15, 0.2, 0.25})
      for (const double loudFrom : {0.0, 0.3, 0.8, 0.95}) {
        const auto points = contentOf(rate, seconds, [=](double t) {
          return (t >= loudFrom * seconds ? 0.7 : 0.002) *
                 std::cos(2 * std::numbers::pi * 900 * t);
        });
        REQUIRE(points);
        CHECK(points->start == 0);
        CHECK(points->end == std::llround(seconds * rate));
        CHECK(points->start <= points->leadIn);
        CHECK(points->leadIn <= points->leadOut);
        CHECK(points->leadOut <= points->end);
      }
}

TEST_CASE("how the blocks fall changes nothing") {
  const auto samples = both(44100, 6, [](double t) {
    return t < 1.5 ? 0 : std::min(1.0, t / 5) * 0.6 * sine(900, t);
  });
  const auto once = contentOf(44100, samples, 1 << 20),
             odd = contentOf(44100, samples, 331);
  REQUIRE(once);
  REQUIRE(odd);
  CHECK(once->start == odd->start);
  CHECK(once->leadIn == odd->leadIn);
  CHECK(once->leadOut == odd->leadOut);
  CHECK(once->end == odd->end);
}

TEST_CASE("loudness: the reference tones of EBU Tech 3341 and what follows "
          "from them") {
  for (const int rate : {8000, 44100, 48000, 192000}) {
    // Case 1 and 2: a stereo sine of 1 kHz at -23 and -33 dBFS.
    for (const double level : {-23.0, -33.0}) {
      LoudnessMeter meter(rate);
      feed(meter,
           both(rate, 4, [&](double t) { return db(level) * sine(1000, t); }));
      const auto lufs = meter.integratedLufs();
      REQUIRE(lufs);
      INFO("rate ", rate);
      CHECK(std::fabs(*lufs - level) < 0.1);
    }
  }
  // Case 3: -36, -23, -36 dBFS for 10, 60, 10 s: the gate leaves the quiet
  // parts out.
  LoudnessMeter gated(16000);
  feed(gated, both(16000, 80, [](double t) {
         return db(t < 10 || t > 70 ? -36 : -23) * sine(1000, t);
       }));
  CHECK(std::fabs(*gated.integratedLufs() + 23) < 0.1);
  // One channel alone is half the power.
  LoudnessMeter oneSided(48000);
  feed(oneSided, stereo(
                     48000, 4, [](double t) { return db(-23) * sine(1000, t); },
                     [](double) { return 0.0; }));
  CHECK(std::fabs(*oneSided.integratedLufs() + 26.01) < 0.1);
}

TEST_CASE("loudness: silence and what is shorter than a block have none") {
  LoudnessMeter silent(44100), brief(44100), nothing(44100);
  feed(silent, both(44100, 5, [](double) { return 0.0; }));
  feed(brief, both(44100, 0.3, [](double t) { return 0.5 * sine(440, t); }));
  CHECK_FALSE(silent.integratedLufs());
  CHECK_FALSE(brief.integratedLufs());
  CHECK_FALSE(nothing.integratedLufs());
}

TEST_CASE("the true peak lies between the samples") {
  // A quarter of the rate, sampled at 45 degrees: the samples reach 0.707 of
  // what the wave does.
  for (const int rate : {8000, 44100, 48000, 96000}) {
    TruePeakMeter meter(rate);
    feed(meter, both(rate, 2, [&](double t) {
           const double fade = std::min(1.0, std::min(t, 2 - t) / 0.1);
           return 0.5 * fade *
                  std::sin(2 * std::numbers::pi * (rate / 4.0 * t + 0.125));
         }));
    CHECK(std::fabs(meter.db() + 6.02) < 0.1);
  }
}

TEST_CASE("the true peak of steady tones is their level, up to 0.4 of the rate "
          "and however loud the rest is") {
  for (const int rate : {44100, 48000, 88200, 192000})
    for (const double share : {0.01, 0.1, 0.2, 0.3, 0.4}) {
      TruePeakMeter meter(rate);
      feed(meter,
           stereo(
               rate, 0.5,
               [&](double t) { return t < 0.2 ? 0.69 * sine(400, t) : 0.0; },
               [&](double t) {
                 const double fade = std::min(1.0, std::min(t, 0.5 - t) / 0.05);
                 return 0.7 * fade *
                        std::sin(2 * std::numbers::pi * share * rate * t + 0.3);
               }),
           777);
      INFO("rate ", rate, ", ", share, " of it: ", meter.db());
      // Between four places a sample the wave of 0.4 of the rate may be 0.2 dB
      // higher still; at 192 kHz, between the samples.
      CHECK(meter.db() < -3.098 + 0.1);
      CHECK(meter.db() > -3.098 - (rate == 192000 ? 10 * share * share : 0.45));
    }
}

TEST_CASE("the true peak counts to the last sample; silence has none") {
  TruePeakMeter silent(44100), nothing(44100), last(44100);
  feed(silent, both(44100, 1, [](double) { return 0.0; }));
  CHECK(silent.db() == -120);
  CHECK(nothing.db() == -120);
  std::vector<float> samples(2 * 1000, 0.1f);
  samples[1999] = -0.8f;
  feed(last, samples, 300);
  CHECK(last.db() >= doctest::Approx(20 * std::log10(0.8)));
  CHECK(last.db() < 20 * std::log10(0.8) + 1);
}

TEST_CASE("envelope: peak and RMS of each span, and the rest in a last one") {
  EnvelopeMeter meter(1000, 1000, 10);
  std::vector<float> samples;
  for (int i = 0; i < 1000; ++i) {
    const float level = static_cast<float>(i / 100 + 1) / 20;
    samples.push_back(i % 2 ? level : -level);
    samples.push_back(0);
  }
  feed(meter, samples, 37);
  const Envelope e = meter.take();
  CHECK(e.frames == 1000);
  CHECK(e.spanFrames == 100);
  REQUIRE(e.peaks.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    const double level = (static_cast<double>(i) + 1) / 20;
    CHECK(static_cast<double>(e.peaks[i]) == doctest::Approx(level));
    CHECK(static_cast<double>(e.rms[i]) ==
          doctest::Approx(level * std::sqrt(0.5)));
  }
}

TEST_CASE("envelope: music longer than it was said to be has longer spans, "
          "never more than twice as many") {
  for (const std::int64_t said : {std::int64_t{0}, std::int64_t{100},
                                  std::int64_t{990}, std::int64_t{5000}}) {
    EnvelopeMeter meter(1000, said, 10);
    std::vector<float> samples;
    for (int i = 0; i < 1003; ++i)
      samples.insert(samples.end(), 2, i == 500 ? 0.9f : 0.1f);
    feed(meter, samples, 64);
    const Envelope e = meter.take();
    CHECK(e.frames == 1003);
    CHECK(e.peaks.size() == e.rms.size());
    CHECK(e.peaks.size() <= 21);
    CHECK(static_cast<std::int64_t>(e.peaks.size()) ==
          (1003 + e.spanFrames - 1) / e.spanFrames);
    const auto highest =
        std::max_element(e.peaks.begin(), e.peaks.end()) - e.peaks.begin();
    CHECK(highest == 500 / e.spanFrames);
    double energy = 0;
    for (std::size_t i = 0; i < e.rms.size(); ++i) {
      const std::int64_t from = static_cast<std::int64_t>(i) * e.spanFrames;
      const std::int64_t length = std::min(e.spanFrames, e.frames - from);
      energy += static_cast<double>(length) * static_cast<double>(e.rms[i]) *
                static_cast<double>(e.rms[i]);
    }
    CHECK(energy == doctest::Approx(1002 * 0.01 + 0.81));
  }
  EnvelopeMeter none(1000, 0, 10);
  CHECK(none.take().peaks.empty());
}

TEST_CASE("numbers that are none become silence, absurd ones are bounded") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                  kInf = std::numeric_limits<float>::infinity();
  std::vector<float> samples{kNan, 0.5f, kInf, -kInf, 1e30f, -2.0f};
  makeFinite(samples.data(), 3);
  CHECK(samples == std::vector<float>{0, 0.5f, 0, 0, 16, -2.0f});
}
