// One decoding of one passage into one voice ring, on a thread of its own. Never the audio thread.
// cancel() takes effect at once for the ring, even while the source hangs in a read: the ring may be used
// again.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/source.h"
#include "core/types.h"
#include "core/voice_ring.h"

namespace segue {

struct DecodeTask {
  std::string path;
  int rate = 0;
  Frame start = 0;  // of the passage; what counts for "at least half of it"
  Frame first = 0;  // the first frame wanted
  Frame end = 0;    // the first not wanted, unless extend() asks for more
};

class DecodeJob : public std::enable_shared_from_this<DecodeJob> {
 public:
  // `ring` has been reset for the task, and stays until cancel().
  static std::shared_ptr<DecodeJob> start(DecodeTask task, VoiceRing* ring, OpenSource open);

  struct Outcome {
    bool hasFailed = false;  // nothing usable, or less than half of the passage
    bool isMissing = false;  // the file is not there
    bool endsEarly = false;
    Frame end = 0;  // where it ends, when early
    std::string message;
  };
  [[nodiscard]] Outcome outcome() const;
  // Nanoseconds (monotonic) since when a call into the source has not come back; 0: none under way.
  [[nodiscard]] std::int64_t busySinceNs() const { return busySinceNs_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t concealed() const { return concealed_.load(std::memory_order_relaxed); }
  [[nodiscard]] const DecodeTask& task() const { return task_; }

  // Frames up to `end` are wanted after all. The source stays open for that until cancel().
  void extend(Frame end);
  // The end as it is wanted now.
  [[nodiscard]] Frame wanted() const { return wanted_.load(std::memory_order_relaxed); }

  // There is room in the ring again (for sinks faster than real time; others are polled often enough).
  void nudge();
  // No more writes into the ring from here on, and the source is asked to give up.
  void cancel();
  // As cancel(), and the ring is closed where it is: the voice ends there as failed.
  void abandon(std::string message);

  [[nodiscard]] bool isDone() const { return done_.load(std::memory_order_acquire); }
  // Only when isDone(): does not wait then.
  void join() { thread_.join(); }
  // A thread that hangs in its source for ever: its file handle leaks.
  void detach() { thread_.detach(); }

 private:
  DecodeJob(DecodeTask task, VoiceRing* ring, OpenSource open);
  void run();
  void decode(Source& source);
  [[nodiscard]] std::chrono::milliseconds fullRingPoll() const;
  bool deliver(const float* frames, Frame count);
  bool awaitWanted(Frame at);
  void finishAt(Frame end, std::string why);
  void fail(bool isMissing, std::string message);

  const DecodeTask task_;
  const OpenSource open_;
  mutable std::mutex mutex_;  // ring_, source_, outcome_, isCancelled_, isNudged_
  std::condition_variable wake_;
  VoiceRing* ring_;
  Source* source_ = nullptr;
  Outcome outcome_;
  bool isCancelled_ = false;
  bool isNudged_ = false;
  std::atomic<Frame> wanted_;  // written under the mutex
  std::atomic<std::int64_t> busySinceNs_{0};
  std::atomic<std::uint64_t> concealed_{0};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

std::int64_t monotonicNs();

}  // namespace segue
