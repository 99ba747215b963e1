// Where a voice's frames come from. Implemented by native/decode (and by tests); called by one decoder thread
// at a time, or by a tool's own thread. Never by the audio thread: every call may block, allocate and do I/O.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

namespace segue {

enum class SourceError : std::uint8_t { none, notFound, unreadable, notAudio, unsupported, broken };

struct SourceInfo {
  // Gapless-trimmed length at the working rate: round(source seconds x rate), half up.
  std::int64_t lengthFrames = 0;
  // False: the container does not say; the end is known when read() returns 0.
  bool exactLength = false;
};

class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual SourceInfo info() const = 0;
  // Up to `frames` interleaved stereo float frames at the working rate. 0: the end. Negative: it broke beyond
  // repair (message() says why); frames before it were delivered.
  virtual std::int64_t read(float* interleaved, std::int64_t frames) = 0;
  // The next read() returns exactly frame `frame` (counted from the trimmed start at the working rate), whatever was
  // sought before: the same samples as a decode from the start. False: not possible, message() says why.
  virtual bool seek(std::int64_t frame) = 0;
  // Packets concealed so far.
  [[nodiscard]] virtual std::uint64_t concealed() const = 0;
  [[nodiscard]] virtual std::string message() const = 0;
  // Asks a blocked call to give up soon; callable from any thread.
  virtual void interrupt() = 0;
};

struct OpenResult {
  std::unique_ptr<Source> source;  // null on failure
  SourceError error = SourceError::none;
  std::string message;  // one sentence for a person
};

// Opens an audio file for a working rate in Hz. Blocks.
using OpenSource = OpenResult (*)(const char* path, int rateHz);

}  // namespace segue
