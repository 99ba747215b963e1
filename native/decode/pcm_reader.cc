// Decoding with positions. Every decoded frame is placed on the raw scale (packet timestamps in source samples, counted
// on from the first), so that trimming, seeking and concealing are subtraction.
#include "decode/pcm_reader.h"

#include <algorithm>
#include <cstring>

#include "decode/stereo.h"

namespace segue {
namespace {

// A timestamp that jumps by less is rounding, not loss.
constexpr std::int64_t kSmallestGap = 64;
// Silence for a longer hole would be a mistake: the file is then simply joined.
constexpr int kLongestGapSeconds = 10;
// A file that yields nothing for so many packets in a row is broken beyond repair.
constexpr int kMostConsecutiveErrors = 2000;
// Where a seek lands too late it is tried again this many times further back, then from the start.
constexpr int kSeekAttempts = 3;

// How far before the target decoding begins, so that the decoder's memory is that of a decode from the start.
std::int64_t preRoll(const Input& input, int rate) {
  switch (input.codec()->codec_id) {
    case AV_CODEC_ID_OPUS:  // prediction decays in 80 ms (RFC 7845); the rest is margin for long pages
    case AV_CODEC_ID_VORBIS:
      return rate;
    case AV_CODEC_ID_AAC:
      return rate / 2;
    default:
      return rate / 10;
  }
}

// Packets before a target MP3 frame: the bit reservoir reaches back up to 511 bytes, 21 of the smallest frames.
constexpr std::int64_t kMp3PreRollFrames = 32;

}  // namespace

PcmReader::Placing PcmReader::placingOf(const Input& input) {
  const std::string name = std::string(",") + input.format()->iformat->name + ",";
  if (name == ",mp3,") return Placing::byMp3Index;
  for (const char* exact : {",wav,", ",w64,", ",aiff,", ",flac,", ",ogg,", ",mp4,", ",wv,"})
    if (name.find(exact) != std::string::npos) return Placing::byTimestamp;
  return Placing::byDecoding;
}

InputFailure PcmReader::open(const char* path) {
  input_ = std::make_unique<Input>(isInterrupted_);
  if (InputFailure bad = input_->open(path); bad.error != SourceError::none) return bad;
  packet_.reset(av_packet_alloc());
  frame_.reset(av_frame_alloc());
  if (!packet_ || !frame_) return {SourceError::broken, "Out of memory while opening " + input_->path() + "."};
  placing_ = placingOf(*input_);
  if (placing_ == Placing::byMp3Index) index_ = std::make_unique<Mp3Index>(path);
  if (std::strcmp(input_->format()->iformat->name, "flac") == 0) deep_ = FlacDeep::open(path, isInterrupted_);
  if (decodeMore() != Step::gotFrames || rate_ <= 0) {
    if (input_->isInterrupted()) return {SourceError::broken, "Opening was given up: " + input_->path() + "."};
    return {SourceError::notAudio, "No sound can be decoded from this file: " + input_->path() + "."};
  }
  trim_ = findTrim(*input_, rate_, firstRaw_);
  position_ = firstRaw_ - trim_.origin;
  return {};
}

std::int64_t PcmReader::estimatedLength() const {
  if (trim_.length) return *trim_.length;
  const AVStream& stream = *input_->stream();
  if (stream.duration > 0) return std::max<std::int64_t>(0, rawOf(stream.duration) - trim_.origin);
  const std::int64_t container = input_->format()->duration;
  return container > 0 ? av_rescale(container, rate_, AV_TIME_BASE) : 0;
}

std::int64_t PcmReader::rawOf(std::int64_t timestamp) const {
  return av_rescale_q(timestamp, input_->stream()->time_base, AVRational{1, rate_ > 0 ? rate_ : 1});
}

std::int64_t PcmReader::samplesOfPacket(const AVPacket& packet) const {
  if (placing_ == Placing::byMp3Index && lastFrameSamples_ > 0) return lastFrameSamples_;
  // A damaged container may claim any duration.
  const std::int64_t claimed = packet.duration > 0 ? rawOf(packet.duration) : 0;
  return claimed > 0 && claimed <= rate_ ? claimed : lastFrameSamples_;
}

std::int64_t PcmReader::read(float* interleaved, std::int64_t frames) {
  std::int64_t done = 0;
  while (done < frames) {
    const auto have = static_cast<std::int64_t>((buffered_.size() - bufferedFrom_) / 2);
    if (have == 0) {
      const Step step = decodeMore();
      if (step == Step::gotFrames) continue;
      if (step == Step::broken) return done > 0 ? done : -1;
      break;
    }
    std::int64_t take = std::min(have, frames - done);
    if (position_ < 0) {
      take = std::min(have, -position_);  // priming, before the music
    } else {
      if (trim_.length) take = std::min(take, *trim_.length - position_);
      if (take <= 0) break;  // padding, after the music
      std::memcpy(interleaved + 2 * done, buffered_.data() + bufferedFrom_, static_cast<std::size_t>(take) * 2 * sizeof(float));
      done += take;
    }
    bufferedFrom_ += static_cast<std::size_t>(take) * 2;
    position_ += take;
  }
  return done;
}

void PcmReader::forgetBuffered() {
  buffered_.clear();
  bufferedFrom_ = 0;
}

void PcmReader::appendSilence(std::int64_t frames) {
  buffered_.resize(buffered_.size() + static_cast<std::size_t>(frames) * 2, 0.0f);
  nextRaw_ += frames;
}

// Decodes until there is something to hand out.
PcmReader::Step PcmReader::decodeMore() {
  forgetBuffered();
  while (buffered_.empty()) {
    if (isAtEnd_) return Step::end;
    if (input_->isInterrupted()) {
      message_ = "Decoding was given up.";
      return Step::broken;
    }
    if (deep_) {
      decodeDeep();
      continue;
    }
    const int code = avcodec_receive_frame(input_->codec(), frame_.get());
    if (code == 0) {
      acceptFrame(*frame_);
      av_frame_unref(frame_.get());
    } else if (code == AVERROR_EOF || (code != AVERROR(EAGAIN) && isDraining_)) {
      isAtEnd_ = true;
      // Junk behind the last frame, a tag mostly, is no music that is missing.
      if (!trim_.length || nextRaw_ - trim_.origin < *trim_.length) concealed_ += pendingConcealed_;
      pendingConcealed_ = 0;
    } else {
      if (code != AVERROR(EAGAIN) && !isPreRolling_) ++pendingConcealed_;
      if (feedDecoder() == Step::broken) return Step::broken;
    }
  }
  return Step::gotFrames;
}

void PcmReader::decodeDeep() {
  noteInputProgress();
  const AVChannelLayout& layout = input_->stream()->codecpar->ch_layout;
  isAtEnd_ = av_channel_layout_copy(&frame_->ch_layout, &layout) < 0 || !deep_->next(*frame_);
  if (!isAtEnd_) {
    frame_->pts = av_rescale_q(frame_->pts, AVRational{1, frame_->sample_rate}, input_->stream()->time_base);
    acceptFrame(*frame_);
  }
  av_frame_unref(frame_.get());
}

PcmReader::Step PcmReader::feedDecoder() {
  const int code = input_->readPacket(packet_.get());
  if (code == AVERROR_EOF || (code < 0 && code != AVERROR_EXIT && code != AVERROR_INVALIDDATA && code != AVERROR(EIO) &&
                              code != AVERROR(EAGAIN))) {
    isDraining_ = true;
    avcodec_send_packet(input_->codec(), nullptr);
    return Step::gotFrames;
  }
  if (code == AVERROR(EIO) || code == AVERROR_EXIT) {
    message_ = code == AVERROR_EXIT ? "Decoding was given up."
                                    : "The file could not be read on: " + input_->path() + ". Check the disk.";
    return Step::broken;
  }
  if (code < 0 && ++consecutiveErrors_ < kMostConsecutiveErrors) return Step::gotFrames;
  if (code < 0 || consecutiveErrors_ >= kMostConsecutiveErrors) {
    message_ = "The file is damaged beyond repair: " + input_->path() + ". Copy it again from a good source.";
    return Step::broken;
  }
  if (index_) index_->note(isPlaced_ ? (nextRaw_ + pendingSilence_) / lastFrameSamples_ : packetsBeforePlaced_, packet_->pos);
  if (!isPlaced_ && !firstTimestamp_ && packet_->pts != AV_NOPTS_VALUE) firstTimestamp_ = packet_->pts;
  const int sent = avcodec_send_packet(input_->codec(), packet_.get());
  if (sent < 0 && sent != AVERROR(EAGAIN) && sent != AVERROR_EOF) concealPacket(*packet_);
  av_packet_unref(packet_.get());
  return Step::gotFrames;
}

void PcmReader::concealPacket(const AVPacket& packet) {
  ++consecutiveErrors_;
  if (!isPlaced_) {
    ++packetsBeforePlaced_;
    return;
  }
  // Before what anybody hears it only keeps the count right.
  if (!isPreRolling_) ++pendingConcealed_;
  pendingSilence_ += samplesOfPacket(packet);
}

std::int64_t PcmReader::place(const AVFrame& frame) {
  isPlaced_ = true;
  const bool hasTimestamp = placing_ == Placing::byTimestamp && frame.pts != AV_NOPTS_VALUE;
  const std::int64_t raw = hasTimestamp ? rawOf(frame.pts) : 0;
  nextRaw_ = raw;
  if (isFromBeginning_) {
    concealed_ += static_cast<std::uint64_t>(packetsBeforePlaced_);
    if (hasTimestamp && firstTimestamp_ && packetsBeforePlaced_ > 0) nextRaw_ = std::min(raw, rawOf(*firstTimestamp_));
    firstRaw_ = nextRaw_;
    if (!hasTimestamp) return packetsBeforePlaced_ * frame.nb_samples;
  }
  return 0;
}

// Frames that are missing before this one.
std::int64_t PcmReader::gapBefore(const AVFrame& frame) {
  const std::int64_t pending = pendingSilence_;
  pendingSilence_ = 0;
  if (placing_ != Placing::byTimestamp || frame.pts == AV_NOPTS_VALUE) return pending;
  const std::int64_t jump = rawOf(frame.pts) - nextRaw_;
  if (jump > std::int64_t{kLongestGapSeconds} * rate_) return pending;
  if (jump < kSmallestGap) return 0;
  if (pending == 0 && !isPreRolling_) ++concealed_;  // a packet vanished without an error
  return jump;
}

void PcmReader::acceptFrame(const AVFrame& frame) {
  consecutiveErrors_ = 0;
  concealed_ += pendingConcealed_;
  pendingConcealed_ = 0;
  if (frame.nb_samples <= 0 || frame.sample_rate <= 0) return;
  if (rate_ == 0) rate_ = frame.sample_rate;
  const std::int64_t gap = (isPlaced_ ? 0 : place(frame)) + gapBefore(frame);
  if (gap > 0) appendSilence(gap);
  lastFrameSamples_ = frame.nb_samples;
  if (frame.sample_rate != rate_) {
    // A chained stream of another rate: its time passes in silence.
    ++concealed_;
    appendSilence(av_rescale(frame.nb_samples, rate_, frame.sample_rate));
    return;
  }
  std::int64_t samples = frame.nb_samples;
  if (!trim_.length) {
    const AVFrameSideData* skip = av_frame_get_side_data(&frame, AV_FRAME_DATA_SKIP_SAMPLES);
    if (skip && skip->size >= 10) {
      const std::uint8_t* p = skip->data + 4;
      const std::int64_t padding = p[0] | (p[1] << 8) | (p[2] << 16) | (std::int64_t{p[3]} << 24);
      samples = std::max<std::int64_t>(0, samples - padding);
    }
  }
  const std::size_t before = buffered_.size();
  if (!appendStereo(frame, buffered_)) {
    appendSilence(samples);
    ++concealed_;
    return;
  }
  buffered_.resize(before + static_cast<std::size_t>(samples) * 2);
  nextRaw_ += samples;
}

// --- seeking ---

bool PcmReader::seek(std::int64_t frame) {
  if (frame < 0) {
    message_ = "A position before the start of the file was asked for.";
    return false;
  }
  if (trim_.length && frame >= *trim_.length) {  // at or after the end: nothing to decode, the next read is the end
    forgetBuffered();
    isAtEnd_ = true;
    position_ = frame;
    return true;
  }
  const std::int64_t near = frame - position_;
  const bool isNear = near >= 0 && near <= 2 * std::int64_t{rate_} && !isAtEnd_;
  if (!isNear && !restart(frame + trim_.origin)) return false;
  return discardUntil(frame);
}

bool PcmReader::restart(std::int64_t rawTarget) {
  isAtEnd_ = false;
  switch (placing_) {
    case Placing::byTimestamp:
      return restartByTimestamp(rawTarget);
    case Placing::byMp3Index:
      return restartByIndex(rawTarget);
    case Placing::byDecoding:
      return restartFromBeginning();
  }
  return false;
}

void PcmReader::forgetState(bool isFromBeginning) {
  forgetBuffered();
  isDraining_ = isAtEnd_ = isPlaced_ = false;
  isFromBeginning_ = isFromBeginning;
  packetsBeforePlaced_ = 0;
  firstTimestamp_.reset();
  pendingSilence_ = 0;
  pendingConcealed_ = 0;
  consecutiveErrors_ = 0;
}

// Opens the file anew: the one way that holds for every container.
bool PcmReader::restartFromBeginning() {
  const std::uint64_t concealedBefore = concealed_;
  auto fresh = std::make_unique<Input>(isInterrupted_);
  if (InputFailure bad = fresh->open(input_->path().c_str()); bad.error != SourceError::none) {
    message_ = bad.message;
    return false;
  }
  input_ = std::move(fresh);
  if (deep_) deep_->seek(0);
  forgetState(true);
  const Step step = decodeMore();
  concealed_ = concealedBefore;  // counted when they were met first
  position_ = firstRaw_ - trim_.origin;
  return step == Step::gotFrames;
}

bool PcmReader::restartByTimestamp(std::int64_t rawTarget) {
  std::int64_t back = preRoll(*input_, rate_);
  for (int attempt = 0; attempt < kSeekAttempts && rawTarget - back > firstRaw_; ++attempt, back *= 8) {
    const std::int64_t timestamp =
        av_rescale_q_rnd(rawTarget - back, AVRational{1, rate_}, input_->stream()->time_base, AV_ROUND_DOWN);
    forgetState(false);
    if (deep_) {
      deep_->seek(rawTarget - back);
    } else if (!input_->seekTimestamp(timestamp)) {
      break;
    }
    isPreRolling_ = true;
    const Step step = decodeMore();
    isPreRolling_ = false;
    if (isInterrupted_) return false;
    const std::int64_t landed = nextRaw_ - static_cast<std::int64_t>(buffered_.size() / 2);
    if (step == Step::gotFrames && landed <= rawTarget - back / 2 && landed >= firstRaw_) {
      position_ = landed - trim_.origin;
      return true;
    }
  }
  return restartFromBeginning();
}

bool PcmReader::restartByIndex(std::int64_t rawTarget) {
  const std::int64_t perFrame = lastFrameSamples_;
  const std::int64_t ordinal = rawTarget / perFrame - kMp3PreRollFrames;
  if (ordinal < Mp3Index::kFramesPerEntry) return restartFromBeginning();
  const auto place = index_->find(*input_, packet_.get(), ordinal);
  if (isInterrupted_) return false;
  forgetState(false);
  if (!place || !input_->seekByte(place->bytePosition)) return restartFromBeginning();
  isPlaced_ = true;
  nextRaw_ = place->ordinal * perFrame;
  position_ = nextRaw_ - trim_.origin;
  return true;
}

bool PcmReader::discardUntil(std::int64_t frame) {
  isPreRolling_ = true;
  while (position_ < frame) {
    const auto have = static_cast<std::int64_t>((buffered_.size() - bufferedFrom_) / 2);
    if (have == 0) {
      const Step step = decodeMore();
      if (step == Step::gotFrames) continue;
      isPreRolling_ = false;
      if (step == Step::broken) return false;
      position_ = frame;  // the file ends before: the next read says so
      return true;
    }
    const std::int64_t take = std::min(have, frame - position_);
    bufferedFrom_ += static_cast<std::size_t>(take) * 2;
    position_ += take;
  }
  isPreRolling_ = false;
  return true;
}

}  // namespace segue
