// See voice.h.
#include "core/voice.h"

#include <algorithm>
#include <limits>

namespace segue {

double Voice::fadeOutGainAt(Frame frame) const noexcept SEGUE_NONBLOCKING {
  const Frame m = frame - (end - fitted);
  if (fitted == 0 || m < 0) return 1.0;
  return fitGain * segue::fadeOutGain({fitted, fadeOut.curve}, m);
}

double Voice::shapeAt(Frame frame) const noexcept SEGUE_NONBLOCKING {
  if (role == Role::cut) {
    return cutGain * segue::fadeOutGain({cutFrames, Curve::equalPower}, frame - cutAt);
  }
  double result = gain;
  if (frame - start < fadeIn.frames) result *= fadeInGain(fadeIn, frame - start);
  return result * fadeOutGainAt(frame);
}

double Voice::rampGainAt(Frame frame) const noexcept SEGUE_NONBLOCKING {
  if (role == Role::cut || frame - rampAt >= rampFrames) return 1.0;
  return static_cast<double>(frame - rampAt) / static_cast<double>(rampFrames);
}

double Voice::gainAt(Frame frame) const noexcept SEGUE_NONBLOCKING { return shapeAt(frame) * rampGainAt(frame); }

// In the order of the factors in gainAt(), so that both are the same to the last bit.
void Voice::fillGains(Frame from, Frame count, double* gains) const noexcept SEGUE_NONBLOCKING {
  if (role == Role::cut) {
    std::fill_n(gains, count, 1.0);
    segue::fadeOutGains({cutFrames, Curve::equalPower}, from - cutAt, count, cutGain, gains);
    return;
  }
  std::fill_n(gains, count, gain);
  const Frame fadingIn = std::clamp<Frame>(start + fadeIn.frames - from, 0, count);
  fadeInGains(fadeIn, from - start, fadingIn, gains);
  const Frame fadesOutAt = end - fitted;
  const Frame before = fitted == 0 ? count : std::clamp<Frame>(fadesOutAt - from, 0, count);
  segue::fadeOutGains({fitted, fadeOut.curve}, from + before - fadesOutAt, count - before, fitGain, gains + before);
  const Frame ramping = std::clamp<Frame>(rampAt + rampFrames - from, 0, count);
  for (Frame i = 0; i < ramping; ++i) gains[i] *= rampGainAt(from + i);
}

double Voice::tailGainAt(Frame frame) const noexcept SEGUE_NONBLOCKING { return shapeAt(frame) * rampGainAt(at); }

Frame Voice::framesToEdge() const noexcept SEGUE_NONBLOCKING {
  Frame edge = std::numeric_limits<Frame>::max();
  const auto consider = [&edge](Frame distance) noexcept SEGUE_NONBLOCKING {
    if (distance > 0 && distance < edge) edge = distance;
  };
  if (role != Role::cut) {
    consider(start + fadeIn.frames - at);
    consider(end - fitted - at);
    consider(rampAt + rampFrames - at);
  }
  consider(remaining());
  return edge;
}

Frame Voice::steadyFrames() const noexcept SEGUE_NONBLOCKING {
  if (role == Role::cut) return 0;
  const bool changes = at < start + fadeIn.frames || at < rampAt + rampFrames || at >= end - fitted;
  return changes ? 0 : framesToEdge();
}

void Voice::setFadeOut(Fade fade, Frame newEnd) noexcept SEGUE_NONBLOCKING {
  const double present = fadeOutGainAt(at);
  end = newEnd;
  const Frame left = end > at ? end - at : 0;
  fadeOut = fade;
  fitted = fade.frames < left ? fade.frames : left;
  fitGain = fade.frames > left ? present : 1.0;
}

void Voice::resetFadeOut() noexcept SEGUE_NONBLOCKING {
  fitted = fadeOut.frames < end - start ? fadeOut.frames : end - start;
  fitGain = 1.0;
}

void Voice::cut(Frame frames, VoiceEnd why) noexcept SEGUE_NONBLOCKING {
  const double present = gainAt(at);
  const Frame left = remaining();
  cutGain = present;
  cutAt = at;
  cutFrames = frames < left ? frames : left;
  role = Role::cut;
  reason = why;
}

void Voice::rampIn(Frame frames) noexcept SEGUE_NONBLOCKING {
  rampAt = at;
  rampFrames = frames;
}

}  // namespace segue
