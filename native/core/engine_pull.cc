// See engine.h. Here: rendering by hand, without a device, and standing still while the sink is changed.
#include <algorithm>
#include <chrono>
#include <thread>

#include "core/engine.h"

namespace segue {

void Engine::waitUntilSatisfied(Frame frames) {
  constexpr std::int64_t kPatienceNs = 30'000'000'000;
  tick();
  const std::int64_t deadline = monotonicNs() + kPatienceNs;
  while (!renderer_.isSatisfied(frames) && monotonicNs() < deadline) {
    {
      const std::lock_guard lock(mutex_);
      for (const Place& place : places_) {
        if (place.job) place.job->nudge();
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    tick();
  }
}

void Engine::pull(float* out, Frame frames) {
  constexpr Frame kPeriod = 512;
  while (frames > 0) {
    const Frame count = renderer_.untilFree(std::min(frames, kPeriod));
    waitUntilSatisfied(count);
    const std::int64_t began = monotonicNs();
    {
      // Against service() of a sink that is just being opened.
      const std::lock_guard lock(mutex_);
      renderer_.render(out, static_cast<int>(count));
    }
    meter_.count(monotonicNs() - began, count, config_.rate);
    out += 2 * count;
    frames -= count;
  }
  tick();
}

void Engine::pullNothing() {
  // One thing may make another due at the same frame: a seek close to the end, the successor.
  for (int i = 0; i < kVoices; ++i) {
    waitUntilSatisfied(0);
    const std::lock_guard lock(mutex_);
    renderer_.render(nullptr, 0);
    if (renderer_.isSatisfied(0)) return;
  }
}

void Engine::hold() {
  std::uint32_t request = 0;
  int cell = -1;
  {
    const std::lock_guard lock(mutex_);
    request = send({.type = CommandType::hold});
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i].isUsed && waiting_[i].request == request) cell = static_cast<int>(i);
    }
  }
  const std::int64_t deadline = monotonicNs() + config_.holdLimitNs;
  while (cell >= 0 && channel_.answers.get(cell) == AnswerTable::kPending && monotonicNs() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void Engine::release() {
  const std::lock_guard lock(mutex_);
  send({.type = CommandType::release});
}

void Engine::service() {
  const std::lock_guard lock(mutex_);
  renderer_.render(nullptr, 0);
}

void Engine::setManual(bool isManual) {
  const std::lock_guard lock(mutex_);
  isManual_ = isManual;
  obeyIfManual();
}

}  // namespace segue
