// See decode_job.h.
#include "core/decode_job.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "core/thread_name.h"

namespace segue {

namespace {
constexpr Frame kChunk = 4096;
// How long a full ring is left alone at most.
constexpr std::chrono::milliseconds kMostFullRingPoll{2000};
}  // namespace

std::int64_t monotonicNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

DecodeJob::DecodeJob(DecodeTask task, VoiceRing* ring, OpenSource open)
    : task_(std::move(task)), open_(open), ring_(ring), wanted_(task_.end) {}

std::shared_ptr<DecodeJob> DecodeJob::start(DecodeTask task, VoiceRing* ring, OpenSource open) {
  std::shared_ptr<DecodeJob> job(new DecodeJob(std::move(task), ring, open));
  job->busySinceNs_ = monotonicNs();
  // The thread owns a share: a job that hangs may outlive the engine.
  job->thread_ = std::thread([job] {
    job->run();
    job->done_.store(true, std::memory_order_release);
  });
  return job;
}

void DecodeJob::run() {
  nameThread("segue-decode");
  OpenResult opened = open_(task_.path.c_str(), task_.rate);
  if (!opened.source) {
    busySinceNs_ = 0;
    fail(opened.error == SourceError::notFound, std::move(opened.message));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    source_ = opened.source.get();
    if (isCancelled_) source_->interrupt();
  }
  decode(*opened.source);
  const std::lock_guard lock(mutex_);
  source_ = nullptr;
}

void DecodeJob::decode(Source& source) {
  const SourceInfo info = source.info();
  if (info.exactLength) {
    const std::lock_guard lock(mutex_);
    if (!isCancelled_) ring_->lowerEnd(std::max(info.lengthFrames, task_.first));
  }
  if (task_.first > 0 && !source.seek(task_.first)) {
    busySinceNs_ = 0;
    fail(false, source.message());
    return;
  }
  std::vector<float> chunk(static_cast<std::size_t>(2 * kChunk));
  for (Frame at = task_.first; awaitWanted(at);) {
    busySinceNs_ = monotonicNs();
    const Frame count = source.read(chunk.data(), std::min(kChunk, wanted() - at));
    busySinceNs_ = 0;
    concealed_ = source.concealed();
    if (count <= 0) {
      finishAt(at, count < 0 ? source.message() : std::string());
      return;
    }
    if (!deliver(chunk.data(), count)) return;
    at += count;
  }
}

// Waits until more than the frames before `at` is wanted. False: cancelled.
bool DecodeJob::awaitWanted(Frame at) {
  busySinceNs_ = 0;
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this, at] { return isCancelled_ || wanted() > at; });
  return !isCancelled_;
}

void DecodeJob::extend(Frame end) {
  const std::lock_guard lock(mutex_);
  if (end <= wanted()) return;
  wanted_ = end;
  wake_.notify_all();
}

// A full ring is looked at again when a fifth of it is free: waking up for less costs more than decoding it.
std::chrono::milliseconds DecodeJob::fullRingPoll() const {
  return std::min(kMostFullRingPoll, std::chrono::milliseconds{1000 * ring_->capacity() / (5 * task_.rate)});
}

// Writes all of it, waiting for room. False: cancelled.
bool DecodeJob::deliver(const float* frames, Frame count) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (isCancelled_) return false;
    const Frame written = ring_->write(frames, count);
    frames += 2 * written;
    count -= written;
    if (count == 0) return true;
    wake_.wait_for(lock, fullRingPoll(), [this] { return isCancelled_ || isNudged_; });
    isNudged_ = false;
  }
}

// The file has no more than this: it plays to here if that is at least half of the passage. What is missing of an
// extension is no fault of the file.
void DecodeJob::finishAt(Frame end, std::string why) {
  const std::lock_guard lock(mutex_);
  if (isCancelled_) return;
  if (end >= task_.end) {
    ring_->lowerEnd(end);
    ring_->finish(false);
    return;
  }
  const bool isTooShort = 2 * (end - task_.start) < task_.end - task_.start || end <= task_.first;
  outcome_.endsEarly = true;
  outcome_.end = end;
  if (isTooShort) {
    outcome_.hasFailed = true;
    outcome_.message = why.empty() ? "The file ends before half of the passage." : std::move(why);
  }
  ring_->lowerEnd(end);
  ring_->finish(isTooShort);
}

void DecodeJob::fail(bool isMissing, std::string message) {
  const std::lock_guard lock(mutex_);
  if (isCancelled_) return;
  outcome_.hasFailed = true;
  outcome_.isMissing = isMissing;
  outcome_.message = std::move(message);
  ring_->lowerEnd(task_.first);
  ring_->finish(true);
}

DecodeJob::Outcome DecodeJob::outcome() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

void DecodeJob::nudge() {
  const std::lock_guard lock(mutex_);
  isNudged_ = true;
  wake_.notify_all();
}

void DecodeJob::cancel() {
  const std::lock_guard lock(mutex_);
  isCancelled_ = true;
  if (source_) source_->interrupt();
  wake_.notify_all();
}

void DecodeJob::abandon(std::string message) {
  const std::lock_guard lock(mutex_);
  if (isCancelled_) return;
  isCancelled_ = true;
  outcome_.hasFailed = true;
  // The file may be sound: it is its disk that is not there.
  outcome_.isMissing = true;
  outcome_.message = std::move(message);
  ring_->lowerEnd(ring_->written());
  ring_->finish(true);
  if (source_) source_->interrupt();
  wake_.notify_all();
}

}  // namespace segue
