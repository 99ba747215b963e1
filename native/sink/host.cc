// See host.h.
#include "sink/host.h"

#include <chrono>
#include <utility>

#include "core/thread_name.h"
#include "sink/null.h"

namespace segue {

SinkHost::SinkHost(Engine& engine, MakeSink make, std::string name)
    : engine_(engine), make_(make), name_(std::move(name)) {
  thread_ = std::thread([this] { run(); });
}

SinkHost::~SinkHost() { stop(); }

void SinkHost::switchTo(SinkChoice choice, Done done) {
  // From here on the JavaScript thread is not the audio thread any more.
  if (choice.kind != SinkChoice::manual) engine_.setManual(false);
  const std::lock_guard lock(mutex_);
  requests_.push_back({std::move(choice), std::move(done)});
  wake_.notify_all();
}

void SinkHost::stop() {
  {
    const std::lock_guard lock(mutex_);
    isStopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

std::string SinkHost::name() const {
  const std::lock_guard lock(mutex_);
  return name_;
}

Realtime SinkHost::realtime() const {
  const std::lock_guard lock(mutex_);
  return realtime_;
}

void SinkHost::run() {
  nameThread("segue-sinks");
  // A lost device shows after 1 s without a callback; the null sink then has to be there within 2 s.
  constexpr std::chrono::milliseconds kLook{500};
  for (;;) {
    Request request;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kLook, [this] { return isStopping_ || !requests_.empty(); });
      if (isStopping_) break;
      if (!requests_.empty()) {
        request = std::move(requests_.front());
        requests_.pop_front();
      }
    }
    if (request.done) {
      perform(request);
    } else if (std::string why; sink_) {
      if (sink_->isLost(why)) fallBack(why);
      const std::lock_guard lock(mutex_);
      realtime_ = sink_->realtime();
    }
  }
  stopSink();
}

void SinkHost::perform(Request& request) {
  std::string error;
  if (request.choice.kind == SinkChoice::manual) {
    if (sink_) engine_.hold();
    stopSink();
    engine_.service();
    engine_.release();
    engine_.setManual(true);
    {
      const std::lock_guard lock(mutex_);
      name_ = "manual";
    }
    engine_.report(EventType::streamOpened, "manual");
    request.done(true, "manual");
    return;
  }
  // Before the old one stops: what cannot be found or opened must not cost a gap. The same device again is let go of
  // first.
  std::unique_ptr<Sink> made = make_(request.choice, engine_, error);
  const bool isSame = made && sink_ && made->name() == sink_->name();
  if (made && !isSame && !made->open(error)) made.reset();
  if (!made) {
    if (!sink_) fallBack(error);
    request.done(false, error);
    return;
  }
  if (sink_) engine_.hold();
  stopSink();
  // Before the new one starts: the very first frame that it renders sounds, however far ahead it renders.
  engine_.release();
  std::string reason;
  const bool isOk = (!isSame || made->open(reason)) && startSink(std::move(made), reason);
  if (!isOk) fallBack(reason);
  request.done(isOk, isOk ? name() : reason);
}

bool SinkHost::startSink(std::unique_ptr<Sink> sink, std::string& error) {
  if (!sink->start(error)) return false;
  sink_ = std::move(sink);
  {
    const std::lock_guard lock(mutex_);
    name_ = sink_->name();
    realtime_ = sink_->realtime();
  }
  engine_.report(EventType::streamOpened, sink_->name());
  return true;
}

void SinkHost::stopSink() {
  if (!sink_) return;
  sink_->stop();
  sink_.reset();
}

void SinkHost::fallBack(const std::string& why) {
  engine_.report(EventType::streamLost, why);
  stopSink();
  std::string ignored;
  startSink(std::make_unique<NullSink>(engine_), ignored);
}

}  // namespace segue
