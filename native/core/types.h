// The words of the playing core: frames, fades, plans, how a voice ended. Plain data, shared by every thread.
// Positions are file frames at the working rate, or frames of the stream clock where the name says so.
#pragma once
#include <cstdint>

namespace segue {

using Frame = std::int64_t;

// Voices that may be loaded at once: the current one, the next, and one that fades out or is sought.
inline constexpr int kVoices = 3;

// What a sink may have rendered ahead of its device and take back: so much stays in the rings after it was read.
inline constexpr int kKeptMs = 500;

enum class Curve : std::uint8_t { linear, cosine, exponential, logarithmic, equalPower };

struct Fade {
  Frame frames = 0;
  Curve curve = Curve::linear;
  bool operator==(const Fade&) const = default;
};

enum class VoiceEnd : std::uint8_t { natural, skipped, removed, failed, stopped };

// One entry and how it follows the one before it.
struct Plan {
  std::int64_t plan = 0;
  std::int64_t generation = 0;
  std::int64_t entry = 0;
  std::int64_t after = 0;  // 0: as soon as nothing sounds
  Frame start = 0;         // the first frame that sounds
  Frame end = 0;           // the first that does not
  double gain = 1;
  Frame overlap = 0;
  Fade fadeIn;
  Fade fadeOut;
  Fade previousFadeOut;
  bool hasPreviousFadeOut = false;
  Frame previousEnd = -1;  // another end for `after`, -1: it keeps its own
  Frame resumeAt = -1;     // -1: from `start`

  [[nodiscard]] Frame first() const { return resumeAt >= 0 ? resumeAt : start; }
};

// What became of a voice that sounded.
struct EndedVoice {
  std::int64_t entry = 0;
  std::int64_t plan = 0;
  VoiceEnd reason = VoiceEnd::natural;
  Frame startedAt = 0;  // stream frames
  Frame endedAt = 0;
  Frame heard = 0;
  Frame at = 0;  // file frame at which it stopped
};

}  // namespace segue
