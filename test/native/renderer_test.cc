// The renderer against the formulas of the design, computed here a second time and frame by frame.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rig.h"

using namespace segue;

namespace {

double curve(Curve kind, double t) {
  switch (kind) {
    case Curve::linear:
      return t;
    case Curve::cosine:
      return 0.5 * (1 - std::cos(std::numbers::pi * t));
    case Curve::exponential:
      return t * t;
    case Curve::logarithmic:
      return std::sqrt(t);
    case Curve::equalPower:
      return std::sin(std::numbers::pi * t / 2);
  }
  return 0;
}
// Gain of file frame `at` of a passage by its plan alone.
double expected(const Plan& plan, Frame at, Fade fadeOut) {
  if (at < plan.start || at >= plan.end) return 0;
  double gain = plan.gain;
  const Frame n = at - plan.start;
  if (n < plan.fadeIn.frames) gain *= curve(plan.fadeIn.curve, double(n) / double(plan.fadeIn.frames));
  const Frame m = at - (plan.end - fadeOut.frames);
  if (m >= 0) gain *= curve(fadeOut.curve, 1 - double(m) / double(fadeOut.frames));
  return gain;
}
double tone(Frame at) { return 0.4 * std::sin(double(at) * 0.05); }
double other(Frame at) { return 0.3 * std::cos(double(at) * 0.031); }

constexpr Curve kCurves[] = {Curve::linear, Curve::cosine, Curve::exponential, Curve::logarithmic,
                             Curve::equalPower};

struct Pair {
  Plan a{.plan = 1, .entry = 10, .start = 1000, .end = 61000, .gain = 0.9};
  Plan b{.plan = 2, .entry = 11, .after = 10, .start = 77, .end = 50077, .gain = 1.1};
};

}  // namespace

TEST_CASE("a crossfade is the computed sum for every curve and unequal fades") {
  for (const Curve in : kCurves) {
    for (const Curve out : kCurves) {
      Pair p;
      p.a.fadeIn = {4000, in};
      p.b.overlap = 9001;
      p.b.fadeIn = {7003, in};
      p.b.previousFadeOut = {9001, out};
      p.b.hasPreviousFadeOut = true;
      p.b.fadeOut = {12345, out};
      Rig rig;
      rig.fill(0, p.a, tone);
      rig.fill(1, p.b, other);
      rig.pushOffer(p.a, 0);
      rig.render(1000);
      REQUIRE(rig.offerNow(p.b, 1) == 1000);
      rig.render(110000);
      const Frame startB = 60000 - 9001;
      double worst = 0;
      for (Frame i = 0; i < 111000; ++i) {
        const Frame atA = p.a.start + i;
        const Frame atB = p.b.start + i - startB;
        const double want =
            static_cast<double>(static_cast<float>(tone(atA))) * expected(p.a, atA, p.b.previousFadeOut) +
            static_cast<double>(static_cast<float>(other(atB))) * expected(p.b, atB, p.b.fadeOut);
        worst = std::max({worst, std::fabs(rig.left(i) - want), std::fabs(rig.right(i) + want)});
      }
      CHECK(worst < 1e-7);
    }
  }
}

TEST_CASE("overlap zero is gapless: the next frame after the last, bit for bit") {
  Pair p;
  p.a.gain = p.b.gain = 1;
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.offerNow(p.b, 1);
  rig.render(111000 - 100, 441);
  for (Frame i = 0; i < 60000; ++i)
    REQUIRE(rig.left(i) == static_cast<double>(static_cast<float>(tone(1000 + i))));
  for (Frame i = 0; i < 50000; ++i) {
    REQUIRE(rig.left(60000 + i) == static_cast<double>(static_cast<float>(other(77 + i))));
  }
  for (Frame i = 110000; i < 111000; ++i) REQUIRE(rig.left(i) == 0);
  const auto records = rig.records();
  REQUIRE(records.size() == 4);
  CHECK(records[0].type == RecordType::voiceStarted);
  CHECK(records[1].type == RecordType::voiceStarted);
  CHECK(records[1].frame == 60000);
  CHECK(records[2].type == RecordType::voiceEnded);
  CHECK(records[2].frame == 60000);
  CHECK(records[2].heard == 60000);
  CHECK(records[2].at == 61000);
  CHECK(records[3].frame == 110000);
}

TEST_CASE("the result does not depend on the period size") {
  std::vector<float> first;
  for (const int period : {1, 7, 64, 255, 256, 257, 441, 512, 1000, 1023, 1024}) {
    Pair p;
    p.a.end = 31000;
    p.b.end = 20077;
    p.a.fadeIn = {3333, Curve::cosine};
    p.b.overlap = 5001;
    p.b.fadeIn = {5001, Curve::equalPower};
    p.b.previousFadeOut = {4999, Curve::logarithmic};
    p.b.hasPreviousFadeOut = true;
    p.b.fadeOut = {2000, Curve::exponential};
    p.b.gain = 4;
    Rig rig({.rate = 48000, .playing = true, .limiter = true}, 0.7);
    rig.fill(0, p.a, tone);
    rig.fill(1, p.b, other);
    rig.offerNow(p.a, 0);
    rig.offerNow(p.b, 1);
    rig.channel.volumeGain = 0.95;
    rig.render(46000, period);
    if (first.empty()) first = rig.out;
    CHECK(rig.out == first);
  }
  CHECK(std::any_of(first.begin(), first.end(), [](float x) { return std::fabs(x) > 0.9F; }));
}

TEST_CASE("pause plays 5 ms more without consuming them, resume ramps from that very frame") {
  Pair p;
  p.a.gain = 1;
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(1000);
  CHECK(rig.now({.type = CommandType::pause}) == 1000);
  CHECK(rig.state().voices[0].at == 2000);
  rig.render(5000);
  CHECK(rig.state().voices[0].at == 2000);
  for (Frame i = 0; i < 240; ++i)
    CHECK(rig.left(1000 + i) == doctest::Approx(0.5 * (1 - double(i) / 240)).epsilon(1e-6));
  for (Frame i = 1240; i < 6000; ++i) REQUIRE(rig.left(i) == 0);
  CHECK(rig.now({.type = CommandType::play, .frames = 24000}) == 6000);
  rig.render(30000);
  for (Frame i = 0; i < 24000; ++i) {
    REQUIRE(std::fabs(rig.left(6000 + i) - 0.5 * std::sin(std::numbers::pi / 2 * double(i) / 24000)) < 1e-7);
  }
  CHECK(rig.left(30000) == 0.5);
  CHECK(rig.state().voices[0].at == 2000 + 30000);
}

TEST_CASE("a pause freezes both voices of a crossfade") {
  Pair p;
  p.b.overlap = 20000;
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.pushOffer(p.a, 0);
  rig.render(1);
  rig.offerNow(p.b, 1);
  rig.render(49999);
  const auto before = rig.state();
  rig.now({.type = CommandType::pause});
  rig.render(100000);
  const auto after = rig.state();
  for (std::size_t i = 0; i < 2; ++i) CHECK(before.voices[i].at == after.voices[i].at);
  CHECK(before.voices[1].at == 77 + 10000);
}

TEST_CASE(
    "skip: the incoming fades in by equal power, the sounding one out by the mirror from its present gain") {
  Pair p;
  p.a.gain = 0.8;
  p.a.fadeIn = {10000, Curve::linear};
  p.b.gain = 1;
  p.b.fadeIn = {5, Curve::linear};
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.25; });
  rig.fill(1, p.b, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(5000);
  rig.offerNow(p.b, 1);
  CHECK(rig.now({.type = CommandType::skip, .reason = VoiceEnd::skipped, .entry = 10, .frames = 24000}) ==
        5000);
  rig.render(30000);
  const double from = 0.8 * 0.5;
  for (Frame i = 0; i < 24000; ++i) {
    const double t = double(i) / 24000;
    const double want =
        0.25 * from * std::sin(std::numbers::pi / 2 * (1 - t)) + 0.5 * std::sin(std::numbers::pi / 2 * t);
    REQUIRE(std::fabs(rig.left(5000 + i) - want) < 1e-7);
  }
  CHECK(rig.left(29500) == 0.5);
  const auto records = rig.records();
  REQUIRE(records.size() == 3);
  CHECK(records[1].type == RecordType::voiceStarted);
  CHECK(records[1].frame == 5000);
  CHECK(records[2].type == RecordType::voiceEnded);
  CHECK(records[2].reason == VoiceEnd::skipped);
  CHECK(records[2].frame == 29000);
  CHECK(rig.now({.type = CommandType::skip, .entry = 10, .frames = 1}) == AnswerTable::kTooLate);
}

TEST_CASE("skip without a buffered next: it starts when 0.1 s is there") {
  Pair p;
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other, p.b.start);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.offerNow(p.b, 1);
  rig.now({.type = CommandType::skip, .entry = 10, .frames = 24000});
  rig.render(1024);
  CHECK(rig.state().voices[1].entry == 0);
  rig.write(1, other, p.b.start, p.b.start + 4799);
  rig.render(512);
  CHECK(rig.state().voices[1].entry == 0);
  rig.write(1, other, p.b.start + 4799, p.b.start + 4800);
  rig.render(512);
  CHECK(rig.state().voices[1].entry == 11);
  CHECK(rig.state().voices[1].startedAt == 100 + 1024 + 512);
}

TEST_CASE("skip during a crossfade: the outgoing is gone in 0.1 s, the incoming goes on as it is") {
  Pair p;
  p.a.gain = p.b.gain = 1;
  p.b.overlap = 48000;
  p.b.fadeIn = {48000, Curve::linear};
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.25; });
  rig.fill(1, p.b, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(10);
  rig.offerNow(p.b, 1);
  rig.render(19990);
  CHECK(rig.now({.type = CommandType::skip, .entry = 10, .frames = 24000}) == 20000);
  rig.render(10000);
  for (Frame i = 20000; i < 30000; ++i) {
    const Frame m = i - 20000;
    const double a = m < 4800 ? 0.25 * std::cos(std::numbers::pi / 2 * double(m) / 4800) : 0;
    REQUIRE(std::fabs(rig.left(i) - a - 0.5 * double(i - 12000) / 48000) < 1e-7);
  }
}

TEST_CASE("a double skip ends the first voice within 0.1 s while three sound") {
  Pair p;
  Plan c{.plan = 3, .entry = 12, .after = 11, .start = 0, .end = 50000};
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.fill(2, c, other);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.offerNow(p.b, 1);
  rig.now({.type = CommandType::skip, .entry = 10, .frames = 96000});
  rig.render(1000);
  rig.offerNow(c, 2);
  CHECK(rig.now({.type = CommandType::skip, .entry = 11, .frames = 24000}) == 1100);
  rig.render(4800);
  CHECK(rig.state().voices[0].entry == 0);
  CHECK(rig.state().voices[1].entry == 11);
  CHECK(rig.state().voices[2].isCurrent == 1);
}

TEST_CASE("seek: the target frame sounds at the answered frame, the old place ramps out under it") {
  Pair p;
  p.a.gain = 1;
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(1000);
  Plan target = p.a;
  target.resumeAt = 40000;
  rig.fill(1, target, [](Frame) { return -0.25; }, 40000 + 4799);
  const int cell = rig.push({.type = CommandType::seek, .entry = 10, .offer = &rig.offer(target, 1)});
  rig.render(500);
  CHECK(rig.channel.answers.get(cell) == AnswerTable::kPending);
  rig.write(1, [](Frame) { return -0.25; }, 44799, 61000);
  rig.slots[1].ring.finish(false);
  rig.render(30000);
  CHECK(rig.channel.answers.get(cell) == 1500);
  for (Frame i = 0; i < 480; ++i) {
    const double t = double(i) / 480;
    REQUIRE(std::fabs(rig.left(1500 + i) - 0.5 * (1 - t) + 0.25 * t) < 1e-7);
  }
  CHECK(rig.left(2000) == -0.25);
  CHECK(rig.left(1500 + 20999) == -0.25);
  CHECK(rig.left(1500 + 21000) == 0);
  const auto records = rig.records();
  CHECK(records.back().heard == 1500 + 21000);
  CHECK(rig.slots[0].released);
  CHECK_FALSE(rig.slots[0].hasEnded);
}

TEST_CASE("a seek while paused is silent and exact; a seek for an entry that has ended is too late") {
  Pair p;
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.pushOffer(p.a, 0);
  rig.render(1000);
  rig.now({.type = CommandType::pause});
  Plan target = p.a;
  target.resumeAt = 5000;
  rig.fill(1, target, tone);
  CHECK(rig.now({.type = CommandType::seek, .entry = 10, .offer = &rig.offer(target, 1)}) == 1000);
  CHECK(rig.state().voices[0].at == 5000);
  CHECK(rig.now({.type = CommandType::seek, .entry = 9, .offer = &rig.offer(target, 1)}) ==
        AnswerTable::kTooLate);
}

TEST_CASE("withdraw and begin exclude each other") {
  Pair p;
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.offerNow(p.b, 1);
  CHECK(rig.offers[1]->settle(Offer::withdrawn));
  rig.render(100000);
  CHECK(rig.state().voices[1].entry == 0);
  CHECK(rig.offers[1]->letGo);
  CHECK_FALSE(rig.offers[0]->settle(Offer::withdrawn));
}

TEST_CASE("a plan after another entry, or for one that sounded, is too late") {
  Pair p;
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  Plan wrong = p.b;
  wrong.after = 99;
  CHECK(rig.offerNow(wrong, 1) == AnswerTable::kTooLate);
  Plan again = p.a;
  again.after = 10;
  CHECK(rig.offerNow(again, 1) == AnswerTable::kTooLate);
  CHECK(rig.offerNow(p.b, 1) == 100);
}

TEST_CASE("offering another entry replaces the next one in one step") {
  Pair p;
  Plan c{.plan = 3, .entry = 12, .after = 10, .start = 0, .end = 50000};
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.fill(2, c, other);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.offerNow(p.b, 1);
  rig.offerNow(c, 2);
  CHECK(rig.offers[1]->letGo);
  rig.render(70000);
  CHECK(rig.state().voices[0].entry == 0);
  CHECK(rig.state().voices[1].entry == 12);
}

TEST_CASE("a late plan starts at once and the fade-out is fitted to what is left") {
  Pair p;
  p.a.gain = p.b.gain = 1;
  p.b.overlap = 30000;
  p.b.previousFadeOut = {30000, Curve::linear};
  p.b.hasPreviousFadeOut = true;
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.5; });
  rig.fill(1, p.b, [](Frame) { return 0.0; });
  rig.pushOffer(p.a, 0);
  rig.render(50000);
  CHECK(rig.offerNow(p.b, 1) == 50000);
  rig.render(20000);
  CHECK(rig.state().voices[1].startedAt == 50000);
  for (Frame i = 0; i < 10000; ++i) {
    REQUIRE(std::fabs(rig.left(50000 + i) - 0.5 * (1 - double(i) / 10000)) < 1e-7);
  }
}

TEST_CASE("an underrun ramps down over the frames held back, waits, and ramps up again at the same place") {
  Pair p;
  p.a.gain = 1;
  Rig rig;
  const Signal half = [](Frame) { return 0.5; };
  rig.fill(0, p.a, half, 1000 + 30000);
  rig.pushOffer(p.a, 0);
  rig.render(32000);
  for (Frame i = 0; i < 30000 - 240; ++i) REQUIRE(rig.left(i) == 0.5);
  for (Frame i = 0; i < 240; ++i) {
    REQUIRE(std::fabs(rig.left(29760 + i) - 0.5 * (1 - double(i) / 240)) < 1e-7);
  }
  for (Frame i = 30000; i < 32000; ++i) REQUIRE(rig.left(i) == 0);
  CHECK(rig.channel.counters.underruns == 1);
  rig.write(0, half, 31000, 61000);
  rig.slots[0].ring.finish(false);
  rig.render(31000);
  for (Frame i = 0; i < 240; ++i) REQUIRE(std::fabs(rig.left(32000 + i) - 0.5 * double(i) / 240) < 1e-7);
  CHECK(rig.left(32240) == 0.5);
  const auto records = rig.records();
  CHECK(records.back().heard == 60000);
  CHECK(records.back().frame == 32000 + 60000 - 29760);
}

TEST_CASE("a file that ends early: the successor begins that much earlier") {
  Pair p;
  p.b.overlap = 1000;
  Rig rig;
  rig.fill(0, p.a, tone, 45000);
  rig.slots[0].ring.lowerEnd(45000);
  rig.slots[0].ring.finish(false);
  rig.fill(1, p.b, other);
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.offerNow(p.b, 1);
  rig.render(60000);
  CHECK(rig.state().voices[1].startedAt == 45000 - 1000 - 1000);
}

TEST_CASE("the volume is ramped over 10 ms and is a cube on the control side only") {
  Pair p;
  p.a.gain = 1;
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(100);
  rig.channel.volumeGain = 0.125;
  rig.render(1000);
  for (Frame i = 0; i < 480; ++i) {
    REQUIRE(std::fabs(rig.left(100 + i) - 0.5 * (1 - 0.875 * double(i) / 480)) < 1e-7);
  }
  CHECK(rig.left(700) == 0.0625);
}

TEST_CASE("the limiter leaves one voice at a gain of at most 1 alone, and bends the rest below full scale") {
  for (const double gain : {1.0, 2.0}) {
    Pair p;
    p.a.gain = gain;
    Rig rig({.rate = 48000, .playing = true, .limiter = true});
    rig.fill(0, p.a, [](Frame) { return 0.99; });
    rig.pushOffer(p.a, 0);
    rig.render(1000);
    if (gain == 1.0) {
      CHECK(rig.left(500) == static_cast<double>(0.99F));
      CHECK(rig.channel.counters.limitedFrames == 0);
    } else {
      const double t = std::pow(10, -0.05);
      const double want = t + (1 - t) * std::tanh((static_cast<double>(0.99F) * 2 - t) / (1 - t));
      CHECK(std::fabs(rig.left(500) - want) < 1e-7);
      CHECK(rig.channel.counters.limitedFrames == 1000);
      CHECK(rig.records().back().type == RecordType::limiterEngaged);
    }
  }
}

TEST_CASE("close fades everything out, ends the voices as stopped and stays silent") {
  Pair p;
  p.a.gain = 1;
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(100);
  const int cell = rig.push({.type = CommandType::close, .frames = 4800});
  rig.render(6000);
  CHECK(rig.channel.answers.get(cell) == 4900);
  CHECK(std::fabs(rig.left(100 + 2400) - 0.5 * std::sin(std::numbers::pi / 4)) < 1e-7);
  CHECK(rig.left(5000) == 0);
  CHECK(rig.records().back().reason == VoiceEnd::stopped);
}

TEST_CASE("resume within a passage ramps in over 10 ms instead of its fade-in") {
  Pair p;
  p.a.gain = 1;
  p.a.fadeIn = {48000, Curve::linear};
  p.a.resumeAt = 2000;
  Rig rig;
  rig.fill(0, p.a, [](Frame) { return 0.5; });
  rig.pushOffer(p.a, 0);
  rig.render(1000);
  CHECK(std::fabs(rig.left(240) - 0.25) < 1e-7);
  CHECK(rig.left(480) == 0.5);
}

TEST_CASE("at most two planned voices: the third waits for the end of the first") {
  Pair p;
  p.b.overlap = 40000;
  p.b.end = 77 + 30000;
  Plan c{.plan = 3, .entry = 12, .after = 11, .start = 0, .end = 50000, .overlap = 10000};
  Rig rig;
  rig.fill(0, p.a, tone);
  rig.fill(1, p.b, other);
  rig.fill(2, c, other);
  rig.pushOffer(p.a, 0);
  rig.render(10);
  rig.offerNow(p.b, 1);
  rig.render(30000);
  REQUIRE(rig.offerNow(c, 2) == 30010);
  rig.render(40000);
  CHECK(rig.state().voices[0].entry == 12);
  CHECK(rig.state().voices[0].startedAt == 60000);
}

TEST_CASE("levels: peak and RMS of each channel over whole windows of 100 ms, the peak held for 1.5 s") {
  for (const int period : {1, 480, 512, 4801}) {
    Rig rig;
    // Half a second at 0.5 and -0.5, then one frame at 0.9, then silence.
    const Signal signal = [](Frame at) { return at < 24000 ? 0.5 : at == 24000 ? 0.9 : 0.0; };
    const Plan plan{.plan = 1, .entry = 1, .start = 0, .end = 200000};
    rig.fill(0, plan, signal);
    rig.pushOffer(plan, 0);
    rig.render(4799, period);
    CHECK(rig.state().level.endedAt == 0);
    rig.render(1, period);
    OutputLevel level = rig.state().level;
    CHECK(level.endedAt == 4800);
    for (const ChannelLevel& channel : level.channels) {
      CHECK(channel.peak == doctest::Approx(0.5));
      CHECK(channel.rms == doctest::Approx(0.5));
      CHECK(channel.heldPeak == doctest::Approx(0.5));
    }
    rig.render(24000, period);
    level = rig.state().level;
    CHECK(level.endedAt == 28800);
    CHECK(level.channels[0].peak == doctest::Approx(0.9));
    CHECK(level.channels[1].peak == doctest::Approx(0.9));
    CHECK(level.channels[0].rms == doctest::Approx(0.9 / std::sqrt(4800.0)));
    // 14 windows later it is held, one more and it is not.
    rig.render(14 * 4800, period);
    level = rig.state().level;
    CHECK(level.channels[0].peak == 0);
    CHECK(level.channels[0].rms == 0);
    CHECK(level.channels[0].heldPeak == doctest::Approx(0.9));
    rig.render(4800, period);
    CHECK(rig.state().level.channels[0].heldPeak == 0);
  }
}

TEST_CASE("levels are those of the output: after volume and limiter") {
  Rig rig({.rate = 48000, .playing = true, .limiter = true}, 0.25);
  const Plan plan{.plan = 1, .entry = 1, .start = 0, .end = 48000};
  rig.fill(0, plan, [](Frame) { return 0.8; });
  rig.pushOffer(plan, 0);
  rig.render(4800);
  CHECK(rig.state().level.channels[0].peak == doctest::Approx(0.2));

  Rig loud({.rate = 48000, .playing = true, .limiter = true});
  const Plan much{.plan = 1, .entry = 1, .start = 0, .end = 48000, .gain = 1.3};
  loud.fill(0, much, [](Frame) { return 0.8; });
  loud.pushOffer(much, 0);
  loud.render(4800);
  CHECK(loud.state().level.channels[0].peak > 0.89);
  CHECK(loud.state().level.channels[0].peak < 1);
}

TEST_CASE("a pause rings out through the limiter where what sounded went through it") {
  const Signal loud = [](Frame) { return 0.9; };
  SUBCASE("two voices in a crossfade") {
    Rig rig({.rate = 48000, .playing = true, .limiter = true});
    const Plan a{.plan = 1, .entry = 1, .start = 0, .end = 20000};
    const Plan b{.plan = 2, .entry = 2, .after = 1, .start = 0, .end = 20000, .overlap = 10000};
    rig.fill(0, a, loud);
    rig.fill(1, b, loud);
    rig.pushOffer(a, 0);
    rig.render(1);
    rig.pushOffer(b, 1);
    rig.render(11999);
    rig.push({.type = CommandType::pause});
    rig.render(512);
    CHECK(rig.left(11999) > 0.99);
    CHECK(rig.left(12000) == rig.left(11999));
    CHECK(rig.left(12010) > 0.99);
    CHECK(*std::max_element(rig.out.begin(), rig.out.end()) <= 1.0F);
  }
  SUBCASE("one voice at a gain above 1") {
    Rig rig({.rate = 48000, .playing = true, .limiter = true});
    const Plan a{.plan = 1, .entry = 1, .start = 0, .end = 20000, .gain = 1.5};
    rig.fill(0, a, loud);
    rig.pushOffer(a, 0);
    rig.render(12000);
    rig.push({.type = CommandType::pause});
    rig.render(512);
    CHECK(rig.left(12000) == rig.left(11999));
    CHECK(*std::max_element(rig.out.begin(), rig.out.end()) <= 1.0F);
  }
  SUBCASE("one voice at a gain of 1 is left alone") {
    Rig rig({.rate = 48000, .playing = true, .limiter = true});
    const Plan a{.plan = 1, .entry = 1, .start = 0, .end = 20000};
    rig.fill(0, a, [](Frame) { return 0.95; });
    rig.pushOffer(a, 0);
    rig.render(12000);
    rig.push({.type = CommandType::pause});
    rig.render(512);
    CHECK(rig.left(12000) == doctest::Approx(0.95));
  }
}

TEST_CASE("after a skip in a pause the next fades in where it can be heard: with the resume, else as after any skip") {
  for (const bool isThere : {true, false}) {
    CAPTURE(isThere);
    Pair p;
    p.b.gain = 1;
    p.b.fadeIn = {5, Curve::linear};
    Rig rig;
    rig.fill(0, p.a, [](Frame) { return 0.25; });
    rig.fill(1, p.b, [](Frame) { return 0.5; });
    rig.pushOffer(p.a, 0);
    rig.render(1000);
    rig.now({.type = CommandType::pause});
    rig.render(500);
    if (isThere) rig.offerNow(p.b, 1);
    rig.now({.type = CommandType::skip, .entry = 10, .frames = 24000});
    rig.render(500);
    rig.now({.type = CommandType::play, .frames = 12000});
    // It comes when everything plays again: no ramp of a resume is left to be heard.
    if (!isThere) rig.offerNow(p.b, 1);
    rig.render(30000);
    const Frame fade = isThere ? 12000 : 24000;
    for (Frame i = 0; i < 24001; ++i) {
      const double gain = i < fade ? std::sin(std::numbers::pi / 2 * double(i) / double(fade)) : 1;
      REQUIRE(std::fabs(rig.left(2000 + i) - 0.5 * gain) < 1e-7);
    }
  }
}

TEST_CASE("what is jumped from twice within 10 ms is at no time louder than it is") {
  Pair p;
  p.a.gain = 1;
  for (const Frame apart : {1, 48, 240, 479}) {
    CAPTURE(apart);
    Rig rig;
    rig.fill(0, p.a, [](Frame) { return 0.5; });
    rig.pushOffer(p.a, 0);
    rig.render(1000);
    for (int turn = 0; turn < 2; ++turn) {
      Plan target = p.a;
      target.resumeAt = 20000 + 10000 * turn;
      const int slot = turn == 0 ? 1 : 2;
      rig.fill(slot, target, [](Frame) { return 0.5; });
      rig.push({.type = CommandType::seek, .entry = 10, .offer = &rig.offer(target, slot)});
      rig.render(turn == 0 ? apart : 2000);
    }
    double loudest = 0;
    for (Frame i = 0; i < 3000 + apart; ++i) loudest = std::max(loudest, rig.left(i));
    CHECK(loudest <= 0.5 + 1e-7);
    CHECK(rig.left(2900) == 0.5);
  }
}
