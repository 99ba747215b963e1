// Opens a file for decoding and turns every way in which that fails into one plain sentence.
#include "decode/input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern "C" {
#include <libavutil/log.h>
}

namespace segue {
namespace {

// Containers of music only: a playlist, a script or a web page is never opened as one, and nothing reaches the network.
constexpr const char* kContainers =
    "wav,w64,aiff,caf,au,flac,mp3,ogg,mov,mp4,aac,wv,tta,ape,mpc,mpc8,asf,matroska,webm,ac3,eac3,dsf,tak";

std::atomic<std::uint64_t> progress{0};

std::string libavMessage(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

InputFailure failure(SourceError error, std::string message) { return {error, std::move(message)}; }

// What the file system already knows, so that the messages are better than libav's.
InputFailure checkFile(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    const int code = errno;
    if (code == ENOENT || code == ENOTDIR)
      return failure(SourceError::notFound, "The file is not there: " + path + ". Bring it back, or scan again.");
    return failure(SourceError::unreadable, "The file cannot be read (" + std::string(std::strerror(code)) + "): " + path +
                                                ". Check its permissions and the disk.");
  }
  if (S_ISDIR(status.st_mode))
    return failure(SourceError::notAudio, "This is a folder, not an audio file: " + path + ".");
  if (!S_ISREG(status.st_mode))
    return failure(SourceError::notAudio, "This is not a regular file: " + path + ".");
  if (access(path.c_str(), R_OK) != 0)
    return failure(SourceError::unreadable, "The file cannot be read (" + std::string(std::strerror(errno)) + "): " + path +
                                                ". Check its permissions.");
  if (status.st_size == 0) return failure(SourceError::notAudio, "The file is empty (zero bytes): " + path + ". Copy it again.");
  return {};
}

int askInterrupted(void* flag) {
  return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed) ? 1 : 0;
}

// Lossless frames carry checksums: a flipped bit then is an error to conceal, not a burst of noise to play.
bool hasFrameChecksums(AVCodecID id) {
  return id == AV_CODEC_ID_FLAC || id == AV_CODEC_ID_WAVPACK || id == AV_CODEC_ID_TTA;
}

}  // namespace

void noteInputProgress() { progress.fetch_add(1, std::memory_order_relaxed); }
std::uint64_t inputProgress() { return progress.load(std::memory_order_relaxed); }

InputFailure Input::open(const char* path) {
  static const bool isQuiet = (av_log_set_level(AV_LOG_QUIET), true);
  (void)isQuiet;
  path_ = path;
  if (InputFailure bad = checkFile(path_); bad.error != SourceError::none) return bad;

  AVFormatContext* raw = avformat_alloc_context();
  if (!raw) return failure(SourceError::broken, "Out of memory while opening " + path_ + ".");
  raw->interrupt_callback = {&askInterrupted, const_cast<std::atomic<bool>*>(&isInterrupted_)};  // only read
  // In 16-bit WAV libav looks for hidden DTS through up to 2,500 packets: opening takes 7.2 ms here, with 8 packets
  // (32 KB, a dozen DTS frames) 2.3 ms.
  raw->max_probe_packets = 8;
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", kContainers, 0);
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  // Edit lists are read by trim.cc: libav rounds their end to the movie's coarser time scale.
  av_dict_set(&options, "ignore_editlist", "1", 0);
  int code = avformat_open_input(&raw, ("file:" + path_).c_str(), nullptr, &options);
  av_dict_free(&options);
  if (code < 0) {
    if (code == AVERROR(EIO) || code == AVERROR(EACCES))
      return failure(SourceError::unreadable, "The file cannot be read (" + libavMessage(code) + "): " + path_ + ". Check the disk.");
    return failure(SourceError::notAudio, "This is not an audio file that can be played: " + path_ + ".");
  }
  format_.reset(raw);
  noteInputProgress();
  if (avformat_find_stream_info(raw, nullptr) < 0)
    return failure(SourceError::notAudio, "This is not an audio file that can be played: " + path_ + ".");

  const AVCodec* decoder = nullptr;
  streamIndex_ = av_find_best_stream(raw, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
  if (streamIndex_ == AVERROR_DECODER_NOT_FOUND)
    return failure(SourceError::unsupported, "There is no decoder for the audio in " + path_ + ". Convert it to FLAC.");
  if (streamIndex_ < 0 || !decoder) return failure(SourceError::notAudio, "There is no audio in this file: " + path_ + ".");
  for (unsigned i = 0; i < raw->nb_streams; ++i)
    if (static_cast<int>(i) != streamIndex_) raw->streams[i]->discard = AVDISCARD_ALL;

  codec_.reset(avcodec_alloc_context3(decoder));
  if (!codec_ || avcodec_parameters_to_context(codec_.get(), stream()->codecpar) < 0)
    return failure(SourceError::unsupported, "The audio in " + path_ + " has parameters that cannot be decoded.");
  codec_->pkt_timebase = stream()->time_base;
  codec_->thread_count = 1;
  // Trimming is ours (PcmReader): libav's differs between versions and formats.
  codec_->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
  if (hasFrameChecksums(codec_->codec_id)) codec_->err_recognition |= AV_EF_CRCCHECK | AV_EF_EXPLODE;
  if (avcodec_open2(codec_.get(), decoder, nullptr) < 0)
    return failure(SourceError::unsupported, "The decoder refuses the audio in " + path_ + ". Convert it to FLAC.");
  return {};
}

int Input::readPacket(AVPacket* packet) {
  for (;;) {
    if (isInterrupted()) return AVERROR_EXIT;
    const int code = av_read_frame(format_.get(), packet);
    noteInputProgress();
    if (code < 0) return code;
    if (packet->stream_index == streamIndex_) return 0;
    av_packet_unref(packet);
  }
}

bool Input::seekTimestamp(std::int64_t timestamp) {
  avcodec_flush_buffers(codec_.get());
  return av_seek_frame(format_.get(), streamIndex_, timestamp, AVSEEK_FLAG_BACKWARD) >= 0;
}

bool Input::seekByte(std::int64_t position) {
  avcodec_flush_buffers(codec_.get());
  return av_seek_frame(format_.get(), streamIndex_, position, AVSEEK_FLAG_BYTE) >= 0;
}

}  // namespace segue
