// Writes down what sounds and where, some four times a second while it plays, into a small mapped file, so that whoever starts
// after a crash goes on there: also when JavaScript has hung for long. A thread of its own, of low priority, which reads what
// the audio thread publishes and is never waited for; it takes no lock of the engine's and knows no Node.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "addon/position_record.h"
#include "core/channel.h"

namespace segue {

// Where the passage is that sounds, of two the one that comes; nothing while nothing plays. `savedAtMs` is the caller's.
[[nodiscard]] std::optional<Position> positionIn(const PublishedState& state, int rate);

class PositionMirror {
 public:
  // Called on the mirror's thread: what the audio thread has published (Engine::published).
  using Look = std::function<PublishedState()>;

  // Makes the file, if it is not there, and begins. Null: `error` is the system's word.
  // `floorMs`: no record is of an earlier calendar time, whatever the clock says (it may have been set back).
  static std::unique_ptr<PositionMirror> open(const std::string& file, std::int64_t floorMs, int rate, Look look,
                                              std::string& error);
  // Ends the thread; what was written stays.
  ~PositionMirror();
  PositionMirror(const PositionMirror&) = delete;
  PositionMirror& operator=(const PositionMirror&) = delete;

 private:
  PositionMirror(double* memory, std::int64_t floorMs, int rate, Look look);
  void run();
  // Whether something plays.
  bool writeDown();

  double* const memory_;
  PositionRecords records_;
  std::int64_t newestMs_;
  const int rate_;
  const Look look_;
  std::mutex mutex_;  // isStopping_
  std::condition_variable wake_;
  bool isStopping_ = false;
  std::thread thread_;
};

}  // namespace segue
