// What a thread is called in top, perf and /proc. Called once, by the thread itself, before it does anything in real time.
#pragma once
#include <pthread.h>

namespace segue {

// At most 15 characters.
inline void nameThread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace segue
