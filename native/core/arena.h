// One block of memory for all voice rings: mapped, touched and locked once, not inherited by child processes.
// Control side only; the audio thread reads what is in it and can never fault on it.
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

 private:
  void* data_ = nullptr;
  std::size_t bytes_;
  bool locked_ = false;
};

}  // namespace segue
