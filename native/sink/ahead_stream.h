// A way to a device that is fed half a second ahead, and can be given the end of that anew. What an AheadSink needs of a sound
// server, or of the kernel's own buffer. One thread at a time; wake() from any. Knows devices, not the engine.
#pragma once
#include <string>

#include "core/types.h"

namespace segue {

class AheadStream {
 public:
  virtual ~AheadStream() = default;

  // Plays as soon as something is written. `bufferFrames`: how far ahead it is to be fed, if the device can; see
  // capacityFrames(). False: `error` is the device's word and what to do.
  virtual bool open(int rate, Frame bufferFrames, std::string& error) = 0;
  [[nodiscard]] virtual bool isOpen() const = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual Frame capacityFrames() const = 0;

  // Waits at most `microseconds` for the device, or wake(). False: the device has gone.
  virtual bool serve(int microseconds) = 0;
  virtual void wake() = 0;

  // Frames that can be written now.
  [[nodiscard]] virtual Frame wanted() = 0;
  // Memory for at most `frames` frames, to be given to write(); `frames` becomes how many fit.
  virtual float* begin(Frame& frames) = 0;
  // Hands over what begin() gave. Not to be called with 0 frames.
  virtual void write(const float* data, Frame frames) = 0;

  // Asks how far it has played; once hasPosition(), the two below are true to this moment.
  virtual void askPosition() = 0;
  [[nodiscard]] virtual bool hasPosition() const = 0;
  // Of all that was written, what is not heard yet.
  [[nodiscard]] virtual Frame aheadFrames() = 0;
  // Of that, what can still be given anew in time.
  [[nodiscard]] virtual Frame retractable() = 0;
  // The next write() begins so many frames before the end of what was written. Returns how many: at most `frames`, or 0.
  virtual Frame goBack(Frame frames) = 0;

  // Of what is given anew, how much is to be written first: a card misses it at once, on a slow machine before all of it is
  // rendered; a server wants all of it in one piece.
  [[nodiscard]] virtual Frame firstFrames() const = 0;

  // The device ran dry so often since it was last asked.
  virtual int takeUnderflows() = 0;
  // What somebody is to look at when it does not open, or has gone.
  [[nodiscard]] virtual const char* advice() const = 0;
};

}  // namespace segue
