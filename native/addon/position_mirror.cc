// See position_mirror.h.
#include "addon/position_mirror.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "core/thread_name.h"

namespace segue {

namespace {

constexpr std::chrono::milliseconds kWhilePlaying{500};
// Where a passage begins is saved elsewhere (segue.db), so that nothing is lost by noticing it later.
constexpr std::chrono::milliseconds kWhileNothingPlays{1000};
constexpr int kNice = 10;

std::int64_t calendarMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

std::optional<Position> positionIn(const PublishedState& state, int rate) {
  if (state.playing == 0) return std::nullopt;
  for (const PublishedVoice& voice : state.voices) {
    if (voice.entry == 0 || voice.isCurrent != 1) continue;
    return Position{.entry = voice.entry, .positionMs = std::max<Frame>(0, voice.at - voice.start) * 1000 / rate};
  }
  return std::nullopt;
}

std::unique_ptr<PositionMirror> PositionMirror::open(const std::string& file, std::int64_t floorMs, int rate, Look look,
                                                     std::string& error) {
  const auto refuse = [&](int code) {
    error = file + ": " + std::strerror(code);
    return nullptr;
  };
  const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) return refuse(errno);
  // Room is taken now: a store into a page for which there is none would end the process.
  const int refused = posix_fallocate(opened, 0, PositionRecords::kBytes);
  void* memory = refused == 0
                     ? mmap(nullptr, PositionRecords::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0)
                     : MAP_FAILED;
  const int why = refused != 0 ? refused : errno;
  close(opened);
  if (memory == MAP_FAILED) return refuse(why);
  return std::unique_ptr<PositionMirror>(
      new PositionMirror(static_cast<double*>(memory), floorMs, rate, std::move(look)));
}

PositionMirror::PositionMirror(double* memory, std::int64_t floorMs, int rate, Look look)
    : memory_(memory), records_(memory), newestMs_(floorMs), rate_(rate), look_(std::move(look)) {
  thread_ = std::thread([this] { run(); });
}

PositionMirror::~PositionMirror() {
  {
    const std::lock_guard lock(mutex_);
    isStopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
  munmap(memory_, PositionRecords::kBytes);
}

void PositionMirror::run() {
  nameThread("segue-mirror");
  // Of this thread alone, as Linux has it.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  std::unique_lock lock(mutex_);
  while (!isStopping_) {
    lock.unlock();
    const bool isPlaying = writeDown();
    lock.lock();
    wake_.wait_for(lock, isPlaying ? kWhilePlaying : kWhileNothingPlays, [this] { return isStopping_; });
  }
}

bool PositionMirror::writeDown() {
  // Before looking: what somebody saves after a pause is then never older than a record of before it.
  newestMs_ = std::max(newestMs_, calendarMs());
  std::optional<Position> position = positionIn(look_(), rate_);
  if (!position) return false;
  position->savedAtMs = newestMs_;
  records_.write(*position);
  return true;
}

}  // namespace segue
