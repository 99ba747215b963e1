// Matches Lua's patterns, each step counted, so that a pattern that explodes ends. Pure: no Lua, no Node, no allocation.
// The language is that of the Lua 5.4 manual, chapter 6.4.1.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace segue::lua {

class Matcher {
 public:
  static constexpr int kMaxCaptures = 32;

  enum class Status : std::uint8_t { matched, none, tooManySteps, malformed };
  struct Capture {
    std::size_t start = 0;
    // What was captured; kOpen until its bracket closes, kPosition if it is a position.
    std::ptrdiff_t length = 0;
  };
  static constexpr std::ptrdiff_t kOpen = -1;
  static constexpr std::ptrdiff_t kPosition = -2;

  // Both texts must outlive the matcher. `pattern` without its anchor.
  Matcher(std::string_view subject, std::string_view pattern, std::int64_t maxSteps)
      : subject_(subject), pattern_(pattern), stepsLeft_(maxSteps) {}

  // Whether the pattern matches from `from` on; then `end()` and the captures say what.
  Status matchAt(std::size_t from);
  std::size_t end() const { return end_; }
  int captureCount() const { return level_; }
  const Capture& capture(int index) const { return captures_[index]; }
  // After `malformed`: what is wrong with it.
  const char* problem() const { return problem_; }
  std::int64_t stepsLeft() const { return stepsLeft_; }

 private:
  static constexpr int kMaxDepth = 200;
  static constexpr std::size_t kNoMatch = static_cast<std::size_t>(-1);

  std::size_t match(std::size_t at, std::size_t item);
  std::size_t matchItem(std::size_t at, std::size_t item, std::size_t itemEnd, char suffix);
  std::size_t expandMost(std::size_t at, std::size_t item, std::size_t itemEnd);
  std::size_t expandLeast(std::size_t at, std::size_t item, std::size_t itemEnd);
  std::size_t openCapture(std::size_t at, std::size_t item);
  std::size_t closeCapture(std::size_t at, std::size_t item);
  std::size_t matchBalanced(std::size_t at, std::size_t item);
  std::size_t matchEarlier(std::size_t at, char digit);
  bool isFrontier(std::size_t at, std::size_t set, std::size_t setEnd);
  bool matchesOne(std::size_t at, std::size_t item, std::size_t itemEnd);
  bool isInSet(unsigned char c, std::size_t set, std::size_t setEnd) const;
  std::size_t endOfItem(std::size_t item);
  bool step(std::int64_t count = 1);
  std::size_t fail(Status status, const char* problem);

  std::string_view subject_;
  std::string_view pattern_;
  std::int64_t stepsLeft_;
  std::array<Capture, kMaxCaptures> captures_{};
  int level_ = 0;
  int depth_ = 0;
  std::size_t end_ = 0;
  Status status_ = Status::none;
  const char* problem_ = "";
};

// Whether a pattern has nothing special in it.
bool isPlain(std::string_view pattern);

}  // namespace segue::lua
