// One passage being mixed: where it is, and the gain of every one of its frames. Audio thread only; no I/O.
// The gain is a function of the file frame alone, so it does not matter how the device slices time into
// periods.
#pragma once
#include "core/curve.h"
#include "core/realtime.h"
#include "core/types.h"
#include "core/voice_ring.h"

namespace segue {

struct Voice {
  // outgoing: sounds to its planned end under its successor; cut: told to stop, fades out early.
  enum class Role : std::uint8_t { none, current, outgoing, cut };

  Role role = Role::none;
  VoiceEnd reason = VoiceEnd::natural;
  bool isStarved = false;  // its ring ran empty: it waits, silent, at `at`
  bool isFinished = false;
  VoiceSlot* slot = nullptr;
  std::int64_t entry = 0;
  std::int64_t plan = 0;
  std::int64_t successor = 0;  // the entry it crossfades into, 0: none
  Frame start = 0;
  Frame ownEnd = 0;      // of its own plan
  Frame plannedEnd = 0;  // of its pair: its own, or another to which it plays on
  Frame end = 0;         // effective: the planned one, or where the file really ends if that is earlier
  Frame at = 0;        // file frame that sounds next
  Frame readable = 0;  // first file frame that was not decoded when the period began
  Frame startedAt = 0;
  Frame heard = 0;
  double gain = 1;

  Fade fadeIn;
  Fade ownFadeOut;
  Fade fadeOut;  // what applies now
  // The fade-out as fitted to what was left when it was set: `fitted` frames before the end, from gain
  // `fitGain`.
  Frame fitted = 0;
  double fitGain = 1;

  // A short linear ramp in after a seek, a resume or an underrun; 0 frames: none.
  Frame rampAt = 0;
  Frame rampFrames = 0;

  // Role cut: equal-power from `cutGain` over [cutAt, cutAt + cutFrames).
  double cutGain = 0;
  Frame cutAt = 0;
  Frame cutFrames = 0;

  [[nodiscard]] Frame stopsAt() const noexcept SEGUE_NONBLOCKING {
    return role == Role::cut ? cutAt + cutFrames : end;
  }
  [[nodiscard]] Frame remaining() const noexcept SEGUE_NONBLOCKING { return stopsAt() - at; }

  // Exact gain of file frame `frame`, of everything that belongs to this voice.
  [[nodiscard]] double gainAt(Frame frame) const noexcept SEGUE_NONBLOCKING;
  // The same of `count` frames from `from` on.
  void fillGains(Frame from, Frame count, double* gains) const noexcept SEGUE_NONBLOCKING;
  // The same for a tail that leaves from `at`: a short ramp that was still coming in comes no further.
  [[nodiscard]] double tailGainAt(Frame frame) const noexcept SEGUE_NONBLOCKING;
  // Frames from `at` for which the gain stays what it is; 0 while it changes from frame to frame.
  [[nodiscard]] Frame steadyFrames() const noexcept SEGUE_NONBLOCKING;
  // Frames until the shape of the gain changes (a region begins or ends); large when it never does.
  [[nodiscard]] Frame framesToEdge() const noexcept SEGUE_NONBLOCKING;

  // Another fade-out, or another end, from here on. Where less is left than the fade asks for it is fitted to
  // that, from the present gain.
  void setFadeOut(Fade fade, Frame newEnd) noexcept SEGUE_NONBLOCKING;
  // The fade-out as planned, counted from the end, after a jump.
  void resetFadeOut() noexcept SEGUE_NONBLOCKING;
  // Fades out from the present gain over at most `frames`.
  void cut(Frame frames, VoiceEnd why) noexcept SEGUE_NONBLOCKING;
  void rampIn(Frame frames) noexcept SEGUE_NONBLOCKING;

 private:
  [[nodiscard]] double shapeAt(Frame frame) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] double rampGainAt(Frame frame) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] double fadeOutGainAt(Frame frame) const noexcept SEGUE_NONBLOCKING;
};

}  // namespace segue
