// Everything that crosses between the control side and the audio thread: commands and their answers, offers,
// records of what happened, the published state, counters. Fixed size, lock-free, owned by the engine.
#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <thread>

#include "core/output_meter.h"
#include "core/realtime.h"
#include "core/spsc_ring.h"
#include "core/types.h"

namespace segue {

// An entry on its way to the audio thread. Its state decides, by one compare-and-swap, whether it begins or
// is withdrawn: never both.
struct Offer {
  enum State : std::uint8_t { unused, offered, attached, begun, withdrawn };
  // Written by the control side before the command that carries it, constant until letGo.
  Plan plan;
  std::atomic<State> state{unused};
  // Voice slot it is decoded into, -1 until one is free. Release by control, acquire by audio.
  std::atomic<int> slot{-1};
  // The audio thread will not look at it again (release); control may reuse it (acquire).
  std::atomic<bool> letGo{false};

  // Moves `offered` or `attached` to `to`; false where it has begun or was withdrawn before.
  bool settle(State to) noexcept SEGUE_NONBLOCKING {
    State expected = attached;
    if (state.compare_exchange_strong(expected, to, std::memory_order_acq_rel)) return true;
    expected = offered;
    if (state.compare_exchange_strong(expected, to, std::memory_order_acq_rel)) return true;
    // It may have become attached between the two attempts; that happens once.
    expected = attached;
    return state.compare_exchange_strong(expected, to, std::memory_order_acq_rel);
  }
};

enum class CommandType : std::uint8_t { offer, play, pause, skip, seek, hold, release, testTone, endTestTone, close };

struct Command {
  CommandType type = CommandType::play;
  VoiceEnd reason = VoiceEnd::skipped;
  std::int32_t cell = 0;  // where the answer goes
  std::int64_t entry = 0;
  Frame frames = 0;  // a fade or a ramp
  Offer* offer = nullptr;
};

// Answers to commands: a cell each, so that none can be lost. -1: not yet; -2: too late; else accepted at
// that frame.
class AnswerTable {
 public:
  static constexpr int kCells = 256;
  static constexpr Frame kPending = -1;
  static constexpr Frame kTooLate = -2;

  // Control side, before the command is pushed (the command ring orders it).
  void clear(int cell) { cells_[static_cast<std::size_t>(cell)].store(kPending, std::memory_order_relaxed); }
  [[nodiscard]] Frame get(int cell) const {
    return cells_[static_cast<std::size_t>(cell)].load(std::memory_order_acquire);
  }
  // Audio thread.
  void set(int cell, Frame answer) noexcept SEGUE_NONBLOCKING {
    cells_[static_cast<std::size_t>(cell)].store(answer, std::memory_order_release);
  }

 private:
  std::array<std::atomic<Frame>, kCells> cells_{};
};

enum class RecordType : std::uint8_t {
  voiceStarted,
  crossfadeStarted,
  crossfadeEnded,
  voiceEnded,
  underrunBegan,
  underrunEnded,
  limiterEngaged,
};

// What happened, at a frame of the stream clock. Written after the period is full.
struct Record {
  RecordType type = RecordType::voiceStarted;
  VoiceEnd reason = VoiceEnd::natural;
  Frame frame = 0;
  std::int64_t entry = 0;
  std::int64_t plan = 0;
  Frame at = 0;         // file frame; for a crossfade its length
  std::int64_t to = 0;  // crossfade: the entry that comes
  Frame startedAt = 0;
  Frame heard = 0;
};

// The audio thread's state after a period, for displays and snapshots.
struct PublishedVoice {
  std::int64_t entry = 0;  // 0: none
  std::int64_t plan = 0;
  std::int64_t isCurrent = 0;
  Frame at = 0;
  Frame start = 0;
  Frame end = 0;
  Frame startedAt = 0;
  Frame buffered = 0;
};

struct PublishedState {
  Frame streamFrame = 0;
  std::int64_t playing = 0;
  std::int64_t nextPlan = 0;  // attached, not begun; 0: none
  std::array<PublishedVoice, kVoices> voices{};
  OutputLevel level;
};

// A sequence lock whose words are atomics: the writer never waits, a reader that was overtaken tries again. What is told
// elsewhere between begin() and write() belongs to the new state: who has seen it finds that the sequence has moved.
class Published {
 public:
  // The store is ordered by whatever is released after it.
  void begin() noexcept SEGUE_NONBLOCKING {
    sequence_.store(sequence_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  // Ends what begin() began.
  void write(const PublishedState& state) noexcept SEGUE_NONBLOCKING {
    const Words words = std::bit_cast<Words>(state);
    // Pairs with the acquire loads of the words: who sees a new word also sees the odd sequence.
    for (std::size_t i = 0; i < words.size(); ++i) words_[i].store(words[i], std::memory_order_release);
    sequence_.store(sequence_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // The sequence number (even) of what was read.
  std::uint64_t read(PublishedState& state) const {
    for (;;) {
      const std::uint64_t before = sequence_.load(std::memory_order_acquire);
      if (before & 1) {
        std::this_thread::yield();
        continue;
      }
      Words words;
      for (std::size_t i = 0; i < words.size(); ++i) words[i] = words_[i].load(std::memory_order_acquire);
      if (sequence_.load(std::memory_order_relaxed) != before) continue;
      state = std::bit_cast<PublishedState>(words);
      return before;
    }
  }

  [[nodiscard]] std::uint64_t sequence() const { return sequence_.load(std::memory_order_acquire); }

 private:
  using Words = std::array<std::uint64_t, sizeof(PublishedState) / sizeof(std::uint64_t)>;
  static_assert(sizeof(PublishedState) % sizeof(std::uint64_t) == 0);
  std::atomic<std::uint64_t> sequence_{0};
  std::array<std::atomic<std::uint64_t>, std::tuple_size_v<Words>> words_{};
};

// Written by the audio thread (relaxed: each stands alone), read by anyone.
struct AudioCounters {
  std::atomic<std::uint64_t> underruns{0};
  std::atomic<std::uint64_t> limitedFrames{0};
  std::atomic<std::uint64_t> recordsDropped{0};
};

struct Channel {
  SpscRing<Command, 256> commands;
  AnswerTable answers;
  SpscRing<Record, 1024> records;
  Published state;
  AudioCounters counters;
  // Linear gain of the person's volume (already v^3); the latest wins.
  std::atomic<double> volumeGain{1};
};

}  // namespace segue
