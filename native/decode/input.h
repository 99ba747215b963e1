// An opened audio file: its container, its one audio stream and an opened decoder for it.
// Called by one decoder thread (or a tool's thread). Never decides what is trimmed.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

#include "core/source.h"
#include "decode/libav.h"

namespace segue {

struct InputFailure {
  SourceError error = SourceError::none;
  std::string message;
};

// Files opened and packets read by this process so far: stands still while a read hangs. From any thread.
std::uint64_t inputProgress();
void noteInputProgress();

class Input {
 public:
  // `isInterrupted` is asked by every blocking call, and outlives this. May be set by any thread.
  explicit Input(const std::atomic<bool>& isInterrupted) : isInterrupted_(isInterrupted) {}
  // Blocks. On failure the object is not to be used, and the result says why in one sentence.
  [[nodiscard]] InputFailure open(const char* path);

  AVFormatContext* format() const { return format_.get(); }
  AVStream* stream() const { return format_->streams[streamIndex_]; }
  AVCodecContext* codec() const { return codec_.get(); }
  const std::string& path() const { return path_; }

  // The next packet of the audio stream: 0, AVERROR_EOF, or an error.
  int readPacket(AVPacket* packet);
  // Seek by stream timestamp (at or before) or to a byte; the decoder is flushed. False: not possible.
  bool seekTimestamp(std::int64_t timestamp);
  bool seekByte(std::int64_t position);

  bool isInterrupted() const { return isInterrupted_.load(std::memory_order_relaxed); }

 private:
  std::string path_;
  // Relaxed: it carries no data with it, only the wish to stop.
  const std::atomic<bool>& isInterrupted_;
  libav::Format format_;
  libav::Codec codec_;
  int streamIndex_ = -1;
};

}  // namespace segue
