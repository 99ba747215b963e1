// The test tone: what is heard of it where, and that the music waits for it to the frame.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rig.h"

using namespace segue;

namespace {

constexpr int kRate = 48000;
constexpr Frame kSilence = kRate / 5;
constexpr Frame kPart = kRate;
constexpr Frame kLength = 3 * (kSilence + kPart) + kSilence;
constexpr Frame kResume = 480;

double music(Frame at) { return 0.5 * std::sin(0.01 * static_cast<double>(at)) + 0.25; }

// A passage that has played for 1000 frames.
struct Playing : Rig {
  explicit Playing(double volume = 1) : Rig({.rate = kRate, .playing = true, .limiter = true}, volume) {
    const Plan plan{.plan = 1, .entry = 1, .end = 300000};
    fill(0, plan, music);
    offerNow(plan, 0);
    render(1000);
  }
};

double loudest(const Rig& rig, Frame from, Frame to, bool isRight) {
  double result = 0;
  for (Frame at = from; at < to; ++at) result = std::max(result, std::fabs(isRight ? rig.right(at) : rig.left(at)));
  return result;
}

Frame startTone(Rig& rig, Frame resumeFrames = kResume) {
  return rig.push({.type = CommandType::testTone, .frames = resumeFrames});
}

double tone(Frame within) {
  return 0.1 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(within) / kRate);
}

}  // namespace

TEST_CASE("left, right, both, with silence round each, at its level whatever the volume is") {
  for (const double volume : {1.0, 0.25, 0.0}) {
    Playing rig(volume);
    const Frame cell = startTone(rig);
    rig.render(kLength);
    const Frame begin = 1000;
    for (int part = 0; part < 3; ++part) {
      const Frame silence = begin + part * (kSilence + kPart);
      CHECK(loudest(rig, silence + 240, silence + kSilence, false) == 0);
      CHECK(loudest(rig, silence + 240, silence + kSilence, true) == 0);
      const Frame from = silence + kSilence;
      for (const bool isRight : {false, true}) {
        const bool isHeard = part == 2 || isRight == (part == 1);
        CHECK(loudest(rig, from, from + kPart, isRight) == doctest::Approx(isHeard ? 0.1 : 0).epsilon(1e-3));
      }
      for (Frame at = 480; at < kPart - 481; at += 97) {
        CHECK((part == 1 ? rig.right(from + at) : rig.left(from + at)) == doctest::Approx(tone(at)).epsilon(1e-6));
      }
    }
    CHECK(rig.channel.answers.get(static_cast<int>(cell)) == begin + kLength);
  }
}

TEST_CASE("the music goes on with the frame before which it stopped") {
  Playing rig;
  startTone(rig);
  rig.render(kLength - 1);
  CHECK(rig.state().voices[0].at == 1000);
  rig.render(5001);
  CHECK(rig.state().voices[0].at == 6000);
  for (Frame i = 0; i < 5000; ++i) {
    const double gain = i < kResume ? std::sin(std::numbers::pi / 2 * static_cast<double>(i) / kResume) : 1.0;
    CHECK(rig.left(1000 + kLength + i) == doctest::Approx(gain * music(1000 + i)).epsilon(1e-6));
  }
}

TEST_CASE("in a pause it is heard, and it stays a pause") {
  Playing rig;
  rig.now({.type = CommandType::pause});
  rig.render(1000);
  startTone(rig);
  rig.render(kLength + 5000);
  CHECK(loudest(rig, 2000, 2000 + kLength, false) > 0.099);
  CHECK(loudest(rig, 2000 + kLength, 2000 + kLength + 5000, false) == 0);
  CHECK(rig.state().voices[0].at == 1000);
}

TEST_CASE("what a person does meanwhile counts when it is over") {
  Playing rig;
  startTone(rig);
  rig.render(20000);
  rig.now({.type = CommandType::pause});
  rig.now({.type = CommandType::play, .frames = 0});
  rig.now({.type = CommandType::pause});
  rig.render(kLength);
  CHECK(rig.state().voices[0].at == 1000);
  CHECK(rig.now({.type = CommandType::skip, .entry = 1, .frames = 4000}) >= 0);
  CHECK(rig.state().voices[0].entry == 0);
}

TEST_CASE("one at a time; a cut ends it under a ramp and says so") {
  Playing rig;
  const Frame first = startTone(rig);
  rig.render(kSilence + 2000);
  CHECK(rig.now({.type = CommandType::testTone, .frames = 1}) == AnswerTable::kTooLate);
  CHECK(rig.channel.answers.get(static_cast<int>(first)) == AnswerTable::kPending);
  CHECK(rig.now({.type = CommandType::endTestTone}) >= 0);
  const Frame cutAt = 1000 + kSilence + 2000;
  rig.render(480);
  CHECK(rig.channel.answers.get(static_cast<int>(first)) == AnswerTable::kTooLate);
  for (Frame i = 0; i < 480; ++i) {
    const double ramp = 1 - static_cast<double>(i) / 480;
    CHECK(rig.left(cutAt + i) == doctest::Approx(ramp * tone(2000 + i)).epsilon(1e-6));
  }
  rig.render(2000);
  CHECK(rig.state().voices[0].at == 3000);
  CHECK(rig.now({.type = CommandType::endTestTone}) >= 0);
  startTone(rig);
  rig.render(kLength);
  CHECK(rig.state().voices[0].at == 3000);
}

TEST_CASE("a change of the sink cuts it, and none begins meanwhile") {
  Playing rig;
  const Frame cell = startTone(rig);
  rig.render(kSilence + 2000);
  rig.now({.type = CommandType::hold});
  rig.render(240);
  CHECK(rig.channel.answers.get(static_cast<int>(cell)) == AnswerTable::kTooLate);
  CHECK(rig.now({.type = CommandType::testTone}) == AnswerTable::kTooLate);
  const Frame silent = static_cast<Frame>(rig.out.size() / 2);
  rig.render(1000);
  CHECK(loudest(rig, silent, silent + 1000, false) == 0);
  rig.now({.type = CommandType::release});
  rig.render(1000);
  CHECK(rig.state().voices[0].at == 2000);
}

TEST_CASE("a close ends it before it ends the voices, at once where nobody renders any more") {
  for (const Frame fade : {Frame{0}, Frame{4800}}) {
    Playing rig;
    const Frame cell = startTone(rig);
    rig.render(kSilence + 2000);
    const Frame close = rig.push({.type = CommandType::close, .frames = fade});
    rig.renderer->render(nullptr, 0);
    CHECK((rig.channel.answers.get(static_cast<int>(close)) >= 0) == (fade == 0));
    rig.render(600);
    CHECK(rig.channel.answers.get(static_cast<int>(close)) >= 0);
    CHECK(rig.channel.answers.get(static_cast<int>(cell)) == AnswerTable::kTooLate);
    const Frame silent = static_cast<Frame>(rig.out.size() / 2);
    rig.render(3000);
    CHECK(loudest(rig, silent, silent + 3000, false) == 0);
    CHECK(rig.now({.type = CommandType::testTone}) == AnswerTable::kTooLate);
  }
}

TEST_CASE("rendered ahead and taken back it is the same") {
  Playing straight;
  startTone(straight);
  straight.render(kLength + 4000);
  Playing ahead;
  startTone(ahead);
  const std::size_t count = straight.out.size();
  for (int i = 0; ahead.out.size() < count; ++i) {
    ahead.render(3000 + 331 * (i % 7));
    const Frame back = std::min<Frame>(ahead.renderer->retractable(), 2500 + 97 * (i % 5));
    ahead.renderer->takeBack(back);
    ahead.out.resize(ahead.out.size() - 2 * static_cast<std::size_t>(back));
  }
  ahead.out.resize(count);
  CHECK(ahead.out == straight.out);
}
