// The ring of decoded frames of one voice: stereo float, one decoder thread writes, the audio thread reads.
// Addressed by file frame. reset() belongs to the control side, while neither of the two uses the ring.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#include "core/realtime.h"
#include "core/types.h"

namespace segue {

class VoiceRing {
 public:
  // `memory`: 2 x frames floats that outlive the ring. The last `kept` frames that were read stay as they are, so that
  // the audio thread may go back to them.
  void bind(float* memory, Frame frames, Frame kept) {
    memory_ = memory;
    frames_ = frames;
    capacity_ = frames - kept;
  }

  // Control side. `first`: the file frame written first.
  void reset(Frame first) {
    first_ = first;
    written_.store(first, std::memory_order_relaxed);
    consumed_.store(first, std::memory_order_relaxed);
    end_.store(kUnknownEnd, std::memory_order_relaxed);
    broken_.store(false, std::memory_order_relaxed);
    finished_.store(false, std::memory_order_release);
  }

  // Decoder: frames that fit now.
  [[nodiscard]] Frame space() const {
    // Pairs with consume(): frames given back have been read.
    return std::max<Frame>(
        0, capacity_ - (written_.load(std::memory_order_relaxed) - consumed_.load(std::memory_order_acquire)));
  }
  // Decoder: writes what fits, returns how much that was.
  Frame write(const float* frames, Frame count) {
    const Frame at = written_.load(std::memory_order_relaxed);
    const Frame fits = std::min(count, space());
    const Frame offset = (at - first_) % frames_;
    const Frame head = std::min(fits, frames_ - offset);
    std::memcpy(memory_ + 2 * offset, frames, static_cast<std::size_t>(head) * 2 * sizeof(float));
    std::memcpy(memory_, frames + 2 * head, static_cast<std::size_t>(fits - head) * 2 * sizeof(float));
    written_.store(at + fits, std::memory_order_release);
    return fits;
  }
  // Decoder: the file turns out to end here.
  void lowerEnd(Frame end) { end_.store(end, std::memory_order_release); }
  // Decoder, last: everything up to end() is written, and nothing follows. Broken: it ends so early that it counts
  // as failed. A passage that ends before its file does is not finished: it may be let play on.
  void finish(bool broken) {
    broken_.store(broken, std::memory_order_relaxed);
    finished_.store(true, std::memory_order_release);
  }

  // Any thread. Read finished() before written() and end(): when it says true they are final.
  [[nodiscard]] bool finished() const noexcept SEGUE_NONBLOCKING {
    return finished_.load(std::memory_order_acquire);
  }
  [[nodiscard]] bool broken() const noexcept SEGUE_NONBLOCKING {
    return broken_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] Frame written() const noexcept SEGUE_NONBLOCKING {
    return written_.load(std::memory_order_acquire);
  }
  // Where the file ends, as far as it is known: a very large number before.
  [[nodiscard]] Frame end() const noexcept SEGUE_NONBLOCKING { return end_.load(std::memory_order_acquire); }
  [[nodiscard]] Frame buffered() const noexcept SEGUE_NONBLOCKING {
    const Frame consumed = consumed_.load(std::memory_order_acquire);
    return written() - consumed;
  }
  [[nodiscard]] Frame capacity() const noexcept SEGUE_NONBLOCKING { return capacity_; }

  // Audio thread: the frame at `at`, and how many follow it without a wrap. `at` lies in [consumed, written).
  [[nodiscard]] const float* frame(Frame at) const noexcept SEGUE_NONBLOCKING {
    return memory_ + 2 * ((at - first_) % frames_);
  }
  [[nodiscard]] Frame contiguous(Frame at) const noexcept SEGUE_NONBLOCKING {
    return frames_ - (at - first_) % frames_;
  }
  // Audio thread: what sounds next. May go back by as much as is kept: the writer, who may still believe the later
  // frame, leaves those alone.
  void consume(Frame upTo) noexcept SEGUE_NONBLOCKING { consumed_.store(upTo, std::memory_order_release); }

 private:
  static constexpr Frame kUnknownEnd = std::numeric_limits<Frame>::max();

  float* memory_ = nullptr;
  Frame frames_ = 0;
  Frame capacity_ = 0;  // of what may be written ahead
  Frame first_ = 0;
  alignas(64) std::atomic<Frame> written_{0};
  std::atomic<Frame> end_{kUnknownEnd};
  std::atomic<bool> finished_{false};
  std::atomic<bool> broken_{false};
  alignas(64) std::atomic<Frame> consumed_{0};
};

// A ring and what the audio thread says of it when it lets it go.
struct VoiceSlot {
  VoiceRing ring;
  // Written by the audio thread before `released` is set (release), read by the control side after (acquire).
  EndedVoice ended;
  bool hasEnded = false;  // false: given up by a seek, the voice sounds on in another slot
  std::atomic<bool> released{false};
};

}  // namespace segue
