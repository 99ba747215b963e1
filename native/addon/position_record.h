// What sounds and where, in memory that outlives the process: two records, written by turns, so that one is whole at whatever
// moment the process is killed. Any one thread writes; anybody reads. No allocation, no lock, no system call.
//
// A record is eight doubles: number, entry, position in the passage in ms, calendar ms, number again, and three unused. It is
// whole when both numbers are the same; the newer one counts (daemon/positions.ts reads it after a start).
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace segue {

struct Position {
  std::int64_t entry = 0;
  std::int64_t positionMs = 0;
  std::int64_t savedAtMs = 0;
};

class PositionRecords {
 public:
  static constexpr std::size_t kRecords = 2;
  static constexpr std::size_t kFields = 8;
  static constexpr std::size_t kBytes = kRecords * kFields * sizeof(double);

  // `memory`: kBytes, aligned as doubles are; what an earlier process left there is counted on from.
  explicit PositionRecords(double* memory) : memory_(memory) {
    for (std::size_t i = 0; i < kRecords; ++i) {
      const double number = cell(i, kNumberAgain).load(std::memory_order_acquire);
      // Whatever else may lie in the file: a number that cannot be counted on from is none.
      if (number > static_cast<double>(written_) && number < kMostNumber) written_ = static_cast<std::int64_t>(number);
    }
  }

  void write(const Position& position) {
    ++written_;
    const auto record = static_cast<std::size_t>(written_) % kRecords;
    const auto put = [&](std::size_t field, std::int64_t value, std::memory_order order) {
      cell(record, field).store(static_cast<double>(value), order);
    };
    // Release, paired with the acquire loads of read(): who sees a new field also sees the new number, and does not find
    // the old one again beside it. For the compiler it is the order in which a kill can cut them off.
    put(kNumber, written_, std::memory_order_relaxed);
    put(kEntry, position.entry, std::memory_order_release);
    put(kPositionMs, position.positionMs, std::memory_order_release);
    put(kSavedAtMs, position.savedAtMs, std::memory_order_release);
    put(kNumberAgain, written_, std::memory_order_release);
  }

  // The newest whole record.
  [[nodiscard]] static std::optional<Position> read(double* memory) {
    std::optional<Position> newest;
    double newestNumber = 0;
    for (std::size_t i = 0; i < kRecords; ++i) {
      double* record = memory + i * kFields;
      const auto get = [&](std::size_t field) { return std::atomic_ref(record[field]).load(std::memory_order_acquire); };
      const double again = get(kNumberAgain);
      const Position found{.entry = static_cast<std::int64_t>(get(kEntry)),
                           .positionMs = static_cast<std::int64_t>(get(kPositionMs)),
                           .savedAtMs = static_cast<std::int64_t>(get(kSavedAtMs))};
      if (get(kNumber) != again || !(again > newestNumber)) continue;
      newestNumber = again;
      newest = found;
    }
    return newest;
  }

 private:
  static_assert(std::atomic_ref<double>::is_always_lock_free);
  static constexpr double kMostNumber = 9007199254740991.0;
  enum Field : std::size_t { kNumber, kEntry, kPositionMs, kSavedAtMs, kNumberAgain };

  [[nodiscard]] std::atomic_ref<double> cell(std::size_t record, std::size_t field) const {
    return std::atomic_ref(memory_[record * kFields + field]);
  }

  double* memory_;
  std::int64_t written_ = 0;
};

}  // namespace segue
