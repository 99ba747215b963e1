// See fed.h.
#include "sink/fed.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sink/render_for.h"

namespace segue {

namespace {
// What a player holds is less than a second; one that does not end by then is not waited for.
constexpr std::chrono::milliseconds kPatience{2500};
}  // namespace

bool Feed::render(Engine& engine, float* out, Frame frames) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::open) return false;
  const std::int64_t before = monotonicNs();
  renderFor(engine, out, static_cast<int>(frames));
  engine.meter().count(monotonicNs() - before, frames, engine.rate());
  return true;
}

bool Feed::isClosed() {
  const std::lock_guard lock(mutex_);
  return state_ == State::closed || isFinished_;
}

void Feed::finish() {
  const std::lock_guard lock(mutex_);
  isFinished_ = true;
  changed_.notify_all();
}

void Feed::lose(std::string why, Frame unheard) {
  const std::lock_guard lock(mutex_);
  why_ = std::move(why);
  unheard_ = unheard;
  isFinished_ = true;
  changed_.notify_all();
}

void Feed::open() {
  const std::lock_guard lock(mutex_);
  state_ = State::open;
}

Frame Feed::close(const std::function<void()>& wake) {
  std::unique_lock lock(mutex_);
  state_ = State::closed;
  wake();
  changed_.wait_for(lock, kPatience, [this] { return isFinished_; });
  return unheard_;
}

bool Feed::isLost(std::string& why) {
  const std::lock_guard lock(mutex_);
  why = why_;
  return !why_.empty();
}

FedSink::FedSink(Engine& engine, std::shared_ptr<Feed> feed, std::string name, std::function<void()> wake)
    : engine_(engine), feed_(std::move(feed)), name_(std::move(name)), wake_(std::move(wake)) {}

bool FedSink::start(std::string&) {
  feed_->open();
  isOpen_ = true;
  return true;
}

void FedSink::stop() {
  if (!isOpen_) return;
  isOpen_ = false;
  const Frame unheard = feed_->close(wake_);
  // Nobody will hear it: the next device gives it again.
  Renderer& renderer = engine_.renderer();
  const Frame kept = static_cast<Frame>(engine_.rate()) * kKeptMs / 1000;
  renderer.takeBack(std::min({unheard, renderer.retractable(), kept}));
}

}  // namespace segue
