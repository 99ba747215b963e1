// A sink without a device, paced by the monotonic clock in periods of 40 ms: everything else works as usual.
#pragma once
#include <atomic>
#include <string>
#include <thread>

#include "core/engine.h"
#include "core/sink.h"

namespace segue {

class NullSink final : public Sink {
 public:
  explicit NullSink(Engine& engine) : engine_(engine) {}
  ~NullSink() override { stop(); }
  bool start(std::string& error) override;
  void stop() override;
  bool isLost(std::string&) override { return false; }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Realtime realtime() const override { return Realtime::notApplicable; }

 private:
  void run();

  Engine& engine_;
  const std::string name_ = "null";
  std::atomic<bool> isStopping_{false};
  std::thread thread_;
};

}  // namespace segue
