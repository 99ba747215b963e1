// See crash_note.h.
#include "core/crash_note.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <utility>

namespace segue {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::array kFatal = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

enum State : std::uint8_t { isFree, isOpening, isOpen };

struct Head {
  char magic[8];
  std::atomic<std::uint8_t> signal;
};
struct Page {
  std::atomic<std::uint8_t> state;
  std::atomic<std::uint8_t> signal;
  std::uint16_t unused;
  std::uint32_t length;
  char path[kPageBytes - 8];
};
static_assert(sizeof(Page) == kPageBytes && std::atomic<std::uint8_t>::is_always_lock_free);

// Set once, before anything is noted (release), and never unmapped: a handler may come at any time.
std::atomic<Head*> head{nullptr};
Page* pages = nullptr;
// Threads that are inside a call into the source of a page; 0: none. In memory only: written far too often for a card.
std::array<std::atomic<pid_t>, kCrashNoteSlots> callers{};
std::array<std::atomic<bool>, kCrashNoteSlots> taken{};
std::array<struct sigaction, kFatal.size()> previous{};

pid_t askThread() { return static_cast<pid_t>(syscall(SYS_gettid)); }

// Asked for once a thread. Not in a handler: there the thread's own memory may not be made yet.
pid_t ownThread() {
  thread_local const pid_t own = askThread();
  return own;
}

// Only what a signal handler may do: stores, and system calls that are safe there.
void mark(std::uint8_t value) {
  head.load(std::memory_order_relaxed)->signal.store(value, std::memory_order_relaxed);
  const pid_t self = askThread();
  for (std::size_t i = 0; i < callers.size(); ++i)
    if (callers[i].load(std::memory_order_relaxed) == self) pages[i].signal.store(value, std::memory_order_relaxed);
}

void onFatal(int signal, siginfo_t* info, void* context) {
  // What another process sends says no more about a file than a kill.
  const bool isOwn = info->si_code > 0 || info->si_pid == getpid();
  if (isOwn) mark(static_cast<std::uint8_t>(signal));
  std::size_t which = 0;
  while (kFatal[which] != signal) ++which;
  const struct sigaction& before = previous[which];
  const bool isFunction = (before.sa_flags & SA_SIGINFO) != 0 || (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN);
  if (isFunction) {
    if (before.sa_flags & SA_SIGINFO) {
      before.sa_sigaction(signal, info, context);
    } else {
      before.sa_handler(signal);
    }
    // It came back. Either it has set the default action, which comes next (Node's does), or that was no crash (a trap of V8's).
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    if ((now.sa_flags & SA_SIGINFO) != 0 || now.sa_handler != SIG_DFL) mark(0);
    return;
  }
  // A fault happens again when we return; what was sent has to be sent again. Then the default action ends the process.
  sigaction(signal, &before, nullptr);
  if (info->si_code <= 0) syscall(SYS_tgkill, getpid(), askThread(), signal);
}

// One file's place in the note, while it lives. Without a note, or with all places taken, it does nothing.
class Place {
 public:
  explicit Place(const char* path) {
    if (!head.load(std::memory_order_acquire)) return;
    const std::size_t length = std::strlen(path);
    for (std::size_t i = 0; i < taken.size() && length < sizeof(Page::path); ++i) {
      if (taken[i].exchange(true)) continue;
      std::memcpy(pages[i].path, path, length);
      pages[i].length = static_cast<std::uint32_t>(length);
      pages[i].signal.store(0);
      // Release: who reads the state after a crash finds the path.
      pages[i].state.store(isOpening, std::memory_order_release);
      index_ = static_cast<int>(i);
      enter();
      return;
    }
  }
  ~Place() {
    if (index_ < 0) return;
    leave();
    page().state.store(isFree);
    taken[static_cast<std::size_t>(index_)] = false;
  }
  Place(Place&& other) noexcept : index_(std::exchange(other.index_, -1)) {}
  Place& operator=(Place&&) = delete;

  void opened() {
    if (index_ >= 0) page().state.store(isOpen);
  }
  void enter() {
    if (index_ >= 0) callers[static_cast<std::size_t>(index_)].store(ownThread(), std::memory_order_relaxed);
  }
  void leave() {
    if (index_ >= 0) callers[static_cast<std::size_t>(index_)].store(0, std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] Page& page() const { return pages[index_]; }
  int index_ = -1;
};

class NotedSource final : public Source {
 public:
  NotedSource(std::unique_ptr<Source> source, Place place) : place_(std::move(place)), source_(std::move(source)) {
    place_.opened();
    place_.leave();
  }
  // Closing is a call like any other.
  ~NotedSource() override {
    place_.enter();
    source_.reset();
  }
  [[nodiscard]] SourceInfo info() const override { return source_->info(); }
  std::int64_t read(float* interleaved, std::int64_t frames) override {
    place_.enter();
    const std::int64_t got = source_->read(interleaved, frames);
    place_.leave();
    return got;
  }
  bool seek(std::int64_t frame) override {
    place_.enter();
    const bool isThere = source_->seek(frame);
    place_.leave();
    return isThere;
  }
  [[nodiscard]] std::uint64_t concealed() const override { return source_->concealed(); }
  [[nodiscard]] std::string message() const override { return source_->message(); }
  void interrupt() override { source_->interrupt(); }

 private:
  Place place_;
  std::unique_ptr<Source> source_;
};

}  // namespace

bool installCrashNote(const char* path) {
  if (head.load(std::memory_order_acquire)) return true;
  constexpr std::size_t kBytes = kPageBytes * (1 + kCrashNoteSlots);
  const int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  // Not sparse: a store into a hole of a full disk would be a fatal signal itself.
  void* memory = posix_fallocate(file, 0, static_cast<off_t>(kBytes)) == 0
                     ? mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
                     : MAP_FAILED;
  close(file);
  if (memory == MAP_FAILED) return false;
  auto* made = static_cast<Head*>(memory);
  std::memcpy(made->magic, kCrashNoteMagic, sizeof made->magic);
  pages = reinterpret_cast<Page*>(static_cast<std::byte*>(memory) + kPageBytes);
  head.store(made, std::memory_order_release);
  struct sigaction action {};
  action.sa_sigaction = onFatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &action, &previous[i]);
  return true;
}

OpenResult openNoted(OpenSource open, const char* path, int rateHz) {
  Place place(path);
  OpenResult result = open(path, rateHz);
  if (result.source) result.source = std::make_unique<NotedSource>(std::move(result.source), std::move(place));
  return result;
}

}  // namespace segue
