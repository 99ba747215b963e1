// See arena.h.
#include "core/arena.h"

#include <sys/mman.h>
#include <unistd.h>

namespace segue {

namespace {
// MADV_DONTNEED_LOCKED of <linux/mman.h>: also of what is locked, which stays so.
constexpr int kDontNeedLocked = 24;
}  // namespace

Arena::Arena(std::size_t bytes) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
  bytes_ = (bytes + page_ - 1) / page_ * page_;
  void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  data_ = memory;
  // A child process that forks while we play must not double these pages by copy-on-write.
  madvise(data_, bytes_, MADV_DONTFORK);
  // Page by page.
  madvise(data_, bytes_, MADV_NOHUGEPAGE);
  locked_ = mlock2(data_, bytes_, MLOCK_ONFAULT) == 0;
}

Arena::~Arena() {
  if (data_) munmap(data_, bytes_);
}

void Arena::giveBack(std::size_t fromByte, std::size_t count) {
  const std::size_t from = (fromByte + page_ - 1) / page_ * page_;
  const std::size_t to = (fromByte + count) / page_ * page_;
  if (!data_ || to <= from) return;
  // Since Linux 5.18; an older kernel keeps them.
  madvise(static_cast<char*>(data_) + from, to - from, kDontNeedLocked);
}

}  // namespace segue
