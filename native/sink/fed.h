// A sink whose frames somebody else carries to the device: JavaScript asks for them when it has room, and is the audio
// thread meanwhile. For players outside of the core (audio/naudiodon-feed.ts), which hear it when JavaScript is late.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/engine.h"
#include "core/sink.h"

namespace segue {

// What the carrier and the sink share. The carrier may outlive the sink: then it is given nothing any more.
class Feed {
 public:
  // Carrier. False: nothing is to be carried (any more).
  bool render(Engine& engine, float* out, Frame frames);
  bool isClosed();
  // Carrier: all it was given has been heard, and the device is free. To be called in any case.
  void finish();
  // Carrier: the device has gone, with `unheard` frames of what it was given.
  void lose(std::string why, Frame unheard);

  // Sink.
  void open();
  // Tells the carrier by `wake` (which must only pass that on), and waits until it has finished, or some seconds. Returns
  // how many frames were lost with the device.
  Frame close(const std::function<void()>& wake);
  bool isLost(std::string& why);

 private:
  enum class State { waiting, open, closed };
  std::mutex mutex_;  // everything below; held while rendering
  std::condition_variable changed_;
  State state_ = State::waiting;
  bool isFinished_ = false;
  std::string why_;
  Frame unheard_ = 0;
};

class FedSink final : public Sink {
 public:
  // `wake` tells the carrier that it is closed.
  FedSink(Engine& engine, std::shared_ptr<Feed> feed, std::string name, std::function<void()> wake);
  ~FedSink() override { stop(); }
  bool start(std::string& error) override;
  void stop() override;
  bool isLost(std::string& why) override { return feed_->isLost(why); }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Realtime realtime() const override { return Realtime::no; }

 private:
  Engine& engine_;
  const std::shared_ptr<Feed> feed_;
  const std::string name_;
  const std::function<void()> wake_;
  bool isOpen_ = false;
};

}  // namespace segue
