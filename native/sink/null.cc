// See null.h.
#include "sink/null.h"

#include <chrono>
#include <vector>

#include "core/thread_name.h"

namespace segue {

bool NullSink::start(std::string&) {
  isStopping_ = false;
  thread_ = std::thread([this] { run(); });
  return true;
}

void NullSink::stop() {
  isStopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void NullSink::run() {
  nameThread("segue-audio");
  using Clock = std::chrono::steady_clock;
  // 40 ms: nobody hears when an act takes effect, and waking up costs more than rendering.
  const int frames = engine_.rate() / 25;
  std::vector<float> period(static_cast<std::size_t>(2 * frames));
  Clock::time_point due = Clock::now();
  Frame rendered = 0;
  const Clock::time_point began = due;
  while (!isStopping_) {
    const Clock::time_point before = Clock::now();
    engine_.renderer().render(period.data(), frames);
    const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - before);
    engine_.meter().count(elapsed.count(), frames, engine_.rate());
    rendered += frames;
    // From the start, not from the last wake-up: the clock does not drift.
    due = began + std::chrono::nanoseconds(rendered * 1'000'000'000 / engine_.rate());
    std::this_thread::sleep_until(due);
  }
}

}  // namespace segue
