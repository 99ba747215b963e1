// Owns the sink that sounds, on a thread of its own: opens, switches, notices that a device has gone and
// falls back to the null sink so that the stream clock goes on. Exactly one sink renders at a time.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/engine.h"
#include "core/sink.h"
#include "sink/fed.h"

namespace segue {

struct SinkChoice {
  enum Kind { portaudio, null, manual, fed } kind = null;
  std::string device;  // stable name; empty: the default device
  double latencyS = 0.1;
  // Of a fed sink: its carrier, how to wake it, and why there is none.
  std::shared_ptr<Feed> feed;
  std::function<void()> wake;
  std::string error;
};

// Makes a sink that is not started. Null: `error` says what to do.
using MakeSink = std::unique_ptr<Sink> (*)(const SinkChoice& choice, Engine& engine, std::string& error);

class SinkHost {
 public:
  // `name`: of what renders until the first switch.
  SinkHost(Engine& engine, MakeSink make, std::string name = "none");
  ~SinkHost();
  SinkHost(const SinkHost&) = delete;
  SinkHost& operator=(const SinkHost&) = delete;

  // Called on the host's thread when done: the sink that now sounds, or why the old one still does.
  using Done = std::function<void(bool isOk, const std::string& text)>;
  void switchTo(SinkChoice choice, Done done);
  // Stops the sink; nothing renders afterwards.
  void stop();
  [[nodiscard]] std::string name() const;
  [[nodiscard]] Realtime realtime() const;

 private:
  struct Request {
    SinkChoice choice;
    Done done;
  };
  void run();
  void perform(Request& request);
  bool startSink(std::unique_ptr<Sink> sink, std::string& error);
  void stopSink();
  void fallBack(const std::string& why);

  Engine& engine_;
  const MakeSink make_;
  mutable std::mutex mutex_;  // requests_, isStopping_, name_, realtime_
  std::condition_variable wake_;
  std::deque<Request> requests_;
  bool isStopping_ = false;
  std::string name_;
  Realtime realtime_ = Realtime::notApplicable;
  std::unique_ptr<Sink> sink_;  // host's thread only
  std::thread thread_;
};

}  // namespace segue
