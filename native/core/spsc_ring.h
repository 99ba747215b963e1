// A fixed ring of plain data with one producer thread and one consumer thread. Wait-free on both sides; a
// full ring refuses, it never overwrites. Indexes only rise, so that full and empty differ without a spare
// cell.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>

#include "core/realtime.h"

namespace segue {

template <typename T, std::uint64_t Capacity>
class SpscRing {
  static_assert((Capacity & (Capacity - 1)) == 0, "a power of two, so that the index wraps by a mask");
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // Producer only.
  bool push(const T& item) noexcept SEGUE_NONBLOCKING {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    // Pairs with the release in pop(): the cell has been read before it is written again.
    if (at - read_.load(std::memory_order_acquire) == Capacity) return false;
    cells_[at & (Capacity - 1)] = item;
    written_.store(at + 1, std::memory_order_release);
    return true;
  }

  // Consumer only.
  bool pop(T& item) noexcept SEGUE_NONBLOCKING {
    const std::uint64_t at = read_.load(std::memory_order_relaxed);
    // Pairs with the release in push(): the cell is complete.
    if (at == written_.load(std::memory_order_acquire)) return false;
    item = cells_[at & (Capacity - 1)];
    read_.store(at + 1, std::memory_order_release);
    return true;
  }

 private:
  std::array<T, Capacity> cells_{};
  alignas(64) std::atomic<std::uint64_t> written_{0};
  alignas(64) std::atomic<std::uint64_t> read_{0};
};

}  // namespace segue
