// One playback stream on a PulseAudio server, on its own main loop. One thread at a time; wake() from any.
// Knows bytes and the server, not the engine.
#pragma once
#include <pulse/pulseaudio.h>

#include <cstdint>
#include <string>

namespace segue {

class PulseStream {
 public:
  PulseStream() = default;
  ~PulseStream() { close(); }
  PulseStream(const PulseStream&) = delete;
  PulseStream& operator=(const PulseStream&) = delete;

  // Connects; plays as soon as something is written. `sink`: null for the server's default. `bufferFrames`: how far ahead the server may be fed.
  // False: `error` is the server's word.
  bool open(const char* sink, int rate, std::int64_t bufferFrames, std::string& error);
  [[nodiscard]] bool isOpen() const { return stream_ != nullptr; }
  void close();

  // Serves the connection for at most `microseconds`. False: the connection is lost.
  bool serve(int microseconds);
  void wake() { pa_mainloop_wakeup(loop_); }
  [[nodiscard]] bool isUp() const;

  // Frames the server wants now.
  [[nodiscard]] std::int64_t wanted() const;
  // Memory for at most `frames` frames, to be given to write(); `frames` becomes how many fit.
  float* begin(std::int64_t& frames);
  // Hands over what begin() gave. Not to be called with 0 frames.
  void write(const float* data, std::int64_t frames);

  // Asks how far it has played; served(), playedFrames() is then true to this moment.
  void askPosition();
  [[nodiscard]] bool hasPosition() const { return hasPosition_; }
  // Frames of all that was written that are not heard yet; to be asked right after hasPosition().
  [[nodiscard]] std::int64_t aheadFrames() const;
  // The next write() begins `frames` frames before the end of what was written.
  void goBack(std::int64_t frames);

  // The device ran dry so often since it was last asked.
  int takeUnderflows();

 private:
  bool waitFor(bool (PulseStream::*isDone)() const, std::string& error);
  [[nodiscard]] bool isContextReady() const;
  [[nodiscard]] bool isStreamReady() const;

  pa_mainloop* loop_ = nullptr;
  pa_context* context_ = nullptr;
  pa_stream* stream_ = nullptr;
  pa_operation* asking_ = nullptr;
  int rate_ = 0;
  std::int64_t written_ = 0;
  std::int64_t back_ = 0;
  bool hasPosition_ = false;
  int underflows_ = 0;
};

}  // namespace segue
