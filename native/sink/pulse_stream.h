// One playback stream on a PulseAudio server, on its own main loop. One thread at a time; wake() from any.
// Knows bytes and the server, not the engine.
#pragma once
#include <pulse/pulseaudio.h>

#include <string>
#include <utility>

#include "sink/ahead_stream.h"

namespace segue {

class PulseStream final : public AheadStream {
 public:
  // `sink`: its name; empty for the server's default.
  explicit PulseStream(std::string sink) : sink_(std::move(sink)) {}
  ~PulseStream() override { disconnect(); }
  PulseStream(const PulseStream&) = delete;
  PulseStream& operator=(const PulseStream&) = delete;

  bool open(int rate, Frame bufferFrames, std::string& error) override;
  [[nodiscard]] bool isOpen() const override { return stream_ != nullptr; }
  void close() override { disconnect(); }
  [[nodiscard]] Frame capacityFrames() const override { return capacity_; }
  bool serve(int microseconds) override;
  void wake() override { pa_mainloop_wakeup(loop_); }
  [[nodiscard]] Frame wanted() override;
  float* begin(Frame& frames) override;
  void write(const float* data, Frame frames) override;
  void askPosition() override;
  [[nodiscard]] bool hasPosition() const override { return hasPosition_; }
  [[nodiscard]] Frame aheadFrames() override;
  [[nodiscard]] Frame retractable() override;
  Frame goBack(Frame frames) override;
  [[nodiscard]] Frame firstFrames() const override { return capacity_; }
  int takeUnderflows() override;
  [[nodiscard]] const char* advice() const override;

 private:
  void disconnect();
  [[nodiscard]] bool isUp() const;
  bool waitFor(bool (PulseStream::*isDone)() const, std::string& error);
  [[nodiscard]] bool isContextReady() const;
  [[nodiscard]] bool isStreamReady() const;

  const std::string sink_;
  pa_mainloop* loop_ = nullptr;
  pa_context* context_ = nullptr;
  pa_stream* stream_ = nullptr;
  pa_operation* asking_ = nullptr;
  int rate_ = 0;
  Frame capacity_ = 0;
  Frame written_ = 0;
  Frame back_ = 0;
  bool hasPosition_ = false;
  std::int64_t askedNs_ = 0;
  // How long the last answer took, and from asking to giving anew at most lately; until it is known, much.
  std::int64_t answerNs_ = 0;
  std::int64_t tookNs_ = 3'750'000;
  int underflows_ = 0;
};

}  // namespace segue
