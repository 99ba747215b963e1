// Chooses the container's most exact statement about where its music begins and ends.
#include "decode/trim.h"

#include <algorithm>
#include <cinttypes>
#include <cstdlib>
#include <cstring>

namespace segue {
namespace {

// An MPEG audio layer III decoder is 528 + 1 samples late (hybrid filter bank); the LAME tag's delay leaves that out.
constexpr int kMp3DecoderDelay = 529;

const char* metadata(const Input& input, const char* key) {
  for (const AVDictionary* from : {input.stream()->metadata, input.format()->metadata})
    if (const AVDictionaryEntry* entry = av_dict_get(from, key, nullptr, 0)) return entry->value;
  return nullptr;
}

std::optional<ItunesGapless> itunes(const Input& input) {
  const char* text = metadata(input, "iTunSMPB");
  return text ? parseItunSmpb(text) : std::nullopt;
}

Trim trimMp3(const Input& input) {
  const std::optional<LameTag> tag = readLameTag(input.path().c_str());
  const std::int64_t perFrame = input.codec()->sample_rate <= 24000 ? 576 : 1152;
  if (tag && tag->hasGapless && tag->frames > 0) {
    const std::int64_t length = tag->frames * perFrame - tag->delay - tag->padding;
    if (length > 0) return {tag->delay + kMp3DecoderDelay, length};
  }
  if (const auto smpb = itunes(input)) return {smpb->priming + kMp3DecoderDelay, smpb->samples};
  if (tag && tag->frames > 0) return {0, tag->frames * perFrame};
  return {};
}

Trim trimMp4(const Input& input, int sourceRate) {
  const std::optional<Mp4Edit> edit = readMp4Edit(input.path().c_str());
  if (!edit) return {0, std::nullopt};
  const auto toRate = [&](std::int64_t value, std::int64_t scale) {
    return av_rescale_rnd(value, sourceRate, scale, AV_ROUND_NEAR_INF);
  };
  if (const auto smpb = itunes(input)) {
    // Its units are samples of the track's own time scale.
    return {toRate(smpb->priming, edit->mediaScale), toRate(smpb->samples, edit->mediaScale)};
  }
  const std::int64_t whole = toRate(edit->mediaDuration - edit->mediaTime, edit->mediaScale);
  const std::int64_t origin = toRate(edit->mediaTime, edit->mediaScale);
  if (whole <= 0) return {origin, std::nullopt};
  if (edit->editDuration <= 0 || edit->movieScale <= 0) return {origin, whole};
  // The edit's length is in the movie's scale, often milliseconds: where it agrees with the sample table within its own
  // rounding, the sample table is the exact one.
  const std::int64_t edited = toRate(edit->editDuration, edit->movieScale);
  const std::int64_t tolerance = toRate(1, edit->movieScale) + 1;
  return {origin, edited < whole - tolerance ? edited : whole};
}

Trim trimOgg(const Input& input, std::int64_t firstRaw) {
  const AVCodecID id = input.codec()->codec_id;
  const std::optional<std::int64_t> last = readLastGranule(input.path().c_str());
  // Packet timestamps have the pre-skip taken off already, granule positions have not.
  const std::int64_t preSkip = id == AV_CODEC_ID_OPUS ? input.stream()->codecpar->initial_padding : 0;
  // Vorbis: the first packet only primes the decoder. Where the whole file is one page, libav counts it as sound, and all
  // that follows is late by its length (half a block at most).
  constexpr std::int64_t kLongestPrimingFrames = 4096;
  if (id == AV_CODEC_ID_VORBIS && firstRaw > 0 && firstRaw <= kLongestPrimingFrames && last && *last > 0)
    return {firstRaw, last};
  // A stream cut from a longer one starts late; one whose first page says less than it holds starts trimmed.
  const std::int64_t origin = std::max<std::int64_t>(0, firstRaw);
  if (!last || *last - preSkip - origin <= 0) return {origin, std::nullopt};
  return {origin, *last - preSkip - origin};
}

bool isContainer(const Input& input, const char* name) {
  return std::strstr(input.format()->iformat->name, name) != nullptr;
}

}  // namespace

std::optional<ItunesGapless> parseItunSmpb(const char* text) {
  std::uint64_t fields[4] = {};
  for (std::uint64_t& field : fields) {
    char* end = nullptr;
    field = std::strtoull(text, &end, 16);
    if (end == text) return std::nullopt;
    text = end;
  }
  constexpr std::uint64_t kLongest = std::uint64_t{1} << 40;
  if (fields[1] > 1 << 20 || fields[3] == 0 || fields[3] > kLongest) return std::nullopt;
  return ItunesGapless{static_cast<std::int64_t>(fields[1]), static_cast<std::int64_t>(fields[3])};
}

Trim findTrim(const Input& input, int sourceRate, std::int64_t firstRaw) {
  if (isContainer(input, "mp3")) return trimMp3(input);
  if (isContainer(input, "mp4")) return trimMp4(input, sourceRate);
  if (isContainer(input, "ogg")) return trimOgg(input, firstRaw);
  static constexpr const char* kExact[] = {"wav", "w64", "aiff", "au", "flac", "wv", "tta", "caf"};
  const bool isExact = std::any_of(std::begin(kExact), std::end(kExact), [&](const char* n) { return isContainer(input, n); });
  const AVStream& stream = *input.stream();
  if (isExact && stream.duration > 0)
    return {firstRaw, av_rescale_q(stream.duration, stream.time_base, AVRational{1, sourceRate})};
  return {firstRaw, std::nullopt};
}

}  // namespace segue
