// What a process that reads hostile files may not do, said to the kernel. For a program, never for the daemon.
#pragma once

namespace segue::cover {

// From here on this process has the lowest priority of all, for the processor and for the disk; is the first to go when memory
// is short; may take so many bytes more than it has now, and so many seconds of processor time; opens no file,
// and leaves no image of its memory. False: the limit of memory cannot be had.
bool bound(unsigned long moreBytes, unsigned long cpuSeconds);

}  // namespace segue::cover
