// See arena.h.
#include "core/arena.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace segue {

Arena::Arena(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  bytes_ = (bytes + page - 1) / page * page;
  void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  data_ = memory;
  // A child process that forks while we play must not double these pages by copy-on-write.
  madvise(data_, bytes_, MADV_DONTFORK);
  std::memset(data_, 0, bytes_);
  locked_ = mlock(data_, bytes_) == 0;
}

Arena::~Arena() {
  if (data_) munmap(data_, bytes_);
}

}  // namespace segue
