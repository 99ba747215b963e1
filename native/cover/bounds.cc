#include "cover/bounds.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace segue::cover {
namespace {

// From linux/ioprio.h, which older systems do not have.
constexpr int kIoprioOfProcess = 1;
constexpr int kIoprioIdle = 3 << 13;

// Of proc(5)'s statm the first number: pages of all that is mapped.
unsigned long mappedBytes() {
  char text[64] = {};
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t got = read(file, text, sizeof text - 1);
  close(file);
  return got > 0 ? std::strtoul(text, nullptr, 10) * static_cast<unsigned long>(sysconf(_SC_PAGESIZE)) : 0;
}

bool limit(int what, rlim_t most) {
  const rlimit wanted{most, most};
  return setrlimit(static_cast<__rlimit_resource_t>(what), &wanted) == 0;
}

void volunteerForTheKiller() {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  // Where it cannot be said, the kernel chooses as it does.
  [[maybe_unused]] const ssize_t written = write(file, "1000", 4);
  close(file);
}

}  // namespace

bool bound(unsigned long moreBytes, unsigned long cpuSeconds) {
  setpriority(PRIO_PROCESS, 0, 19);
  syscall(SYS_ioprio_set, kIoprioOfProcess, 0, kIoprioIdle);
  volunteerForTheKiller();
  const unsigned long mapped = mappedBytes();
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 0);
  limit(RLIMIT_CPU, cpuSeconds);
  return mapped > 0 && limit(RLIMIT_AS, mapped + moreBytes);
}

}  // namespace segue::cover
