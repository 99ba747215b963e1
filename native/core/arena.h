// One block of memory for all voice rings: mapped and locked once, not inherited by child processes. A page takes memory when a
// decoder writes to it, and is locked from then on; what nobody needs any more can be given back. Control side only; the
// audio thread reads what has been written and can never fault on it.
#pragma once
#include <cstddef>

namespace segue {

class Arena {
 public:
  explicit Arena(std::size_t bytes);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Null when the system has no memory.
  [[nodiscard]] float* data() const { return static_cast<float*>(data_); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // False where RLIMIT_MEMLOCK refuses: it plays, but may fault under memory pressure.
  [[nodiscard]] bool isLocked() const { return locked_; }
  // The whole pages of this part are empty again, and take no memory until they are written to. Nobody may be using them.
  void giveBack(std::size_t fromByte, std::size_t count);

 private:
  std::size_t page_;
  void* data_ = nullptr;
  std::size_t bytes_;
  bool locked_ = false;
};

}  // namespace segue
