// Marks functions that the audio thread may call: no lock, no allocation, no system call, bounded work.
// clang 20 and later check it (-Wfunction-effects at compile time, -fsanitize=realtime at run time); gcc
// ignores it.
#pragma once

#if defined(__clang__) && __clang_major__ >= 20
#define SEGUE_NONBLOCKING [[clang::nonblocking]]
#else
#define SEGUE_NONBLOCKING
#endif
