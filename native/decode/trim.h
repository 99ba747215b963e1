// Gapless trim: where in the raw decoded stream the music begins and how long it is. Read from the container's own
// words (LAME tag, iTunSMPB, edit list, Ogg granule positions), never from libav's rounded durations. Decoder thread.
#pragma once
#include <cstdint>
#include <optional>

#include "decode/input.h"

namespace segue {

struct Trim {
  // Raw position (source samples, on the scale of packet timestamps) of the first frame of music.
  std::int64_t origin = 0;
  // Frames of music at the source's rate; empty: known only when decoded.
  std::optional<std::int64_t> length;
};

// `sourceRate` is what the decoder puts out; `firstRaw` the raw position of the first decoded frame.
Trim findTrim(const Input& input, int sourceRate, std::int64_t firstRaw);

// --- the parts, for tests and for each other ---

// LAME/Xing tag of the first MPEG audio frame at or after `position`.
struct LameTag {
  int delay = 0;
  int padding = 0;
  std::int64_t frames = 0;        // 0: not said
  std::int64_t bytes = 0;         // 0: not said
  bool isConstantBitrate = false;  // "Info" instead of "Xing"
  bool hasGapless = false;
};
std::optional<LameTag> readLameTag(const char* path);

// iTunes' comment: " 00000000 00000840 000001C0 0000000000A3B2C0 ...": priming, remainder, samples.
struct ItunesGapless {
  std::int64_t priming = 0;
  std::int64_t samples = 0;
};
std::optional<ItunesGapless> parseItunSmpb(const char* text);

// The first sounding edit of the first audio track of an MP4 file.
struct Mp4Edit {
  std::int64_t mediaTime = 0;       // in media time scale
  std::int64_t mediaScale = 0;
  std::int64_t mediaDuration = 0;   // in media time scale: sum of the sample durations
  std::int64_t editDuration = 0;    // in movie time scale; 0: open-ended or none
  std::int64_t movieScale = 0;
};
std::optional<Mp4Edit> readMp4Edit(const char* path);

// Granule position of the last page of the logical stream that begins the file.
std::optional<std::int64_t> readLastGranule(const char* path);

}  // namespace segue
