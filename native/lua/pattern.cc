// See pattern.h. `at` is a place in the subject, `item` one in the pattern. Once something has failed for good
// (status_ is no longer none) every match fails, so that the recursion comes back at once.
#include "lua/pattern.h"

#include <algorithm>
#include <cctype>

namespace segue::lua {

namespace {

bool isOfClass(unsigned char c, char name) {
  const bool isNegated = std::isupper(static_cast<unsigned char>(name)) != 0;
  int is = 0;
  switch (std::tolower(static_cast<unsigned char>(name))) {
    case 'a':
      is = std::isalpha(c);
      break;
    case 'c':
      is = std::iscntrl(c);
      break;
    case 'd':
      is = std::isdigit(c);
      break;
    case 'g':
      is = std::isgraph(c);
      break;
    case 'l':
      is = std::islower(c);
      break;
    case 'p':
      is = std::ispunct(c);
      break;
    case 's':
      is = std::isspace(c);
      break;
    case 'u':
      is = std::isupper(c);
      break;
    case 'w':
      is = std::isalnum(c);
      break;
    case 'x':
      is = std::isxdigit(c);
      break;
    default:
      return static_cast<unsigned char>(name) == c;
  }
  return (is != 0) != isNegated;
}

}  // namespace

bool isPlain(std::string_view pattern) { return pattern.find_first_of("^$*+?.([%-") == std::string_view::npos; }

Matcher::Status Matcher::matchAt(std::size_t from) {
  level_ = 0;
  depth_ = 0;
  status_ = Status::none;
  const std::size_t end = match(from, 0);
  if (status_ != Status::none) return status_;
  if (end == kNoMatch) return Status::none;
  for (int i = 0; i < level_; ++i) {
    if (captures_[i].length == kOpen) {
      problem_ = "unfinished capture";
      return Status::malformed;
    }
  }
  end_ = end;
  return Status::matched;
}

bool Matcher::step(std::int64_t count) {
  stepsLeft_ -= count;
  if (stepsLeft_ >= 0) return true;
  fail(Status::tooManySteps, "");
  return false;
}

std::size_t Matcher::fail(Status status, const char* problem) {
  if (status_ == Status::none) {
    status_ = status;
    problem_ = problem;
  }
  return kNoMatch;
}

std::size_t Matcher::match(std::size_t at, std::size_t item) {
  if (depth_ >= kMaxDepth) return fail(Status::malformed, "pattern too complex");
  ++depth_;
  std::size_t result = kNoMatch;
  while (status_ == Status::none && step()) {
    if (item == pattern_.size()) {
      result = at;
      break;
    }
    const char c = pattern_[item];
    const char next = item + 1 < pattern_.size() ? pattern_[item + 1] : '\0';
    if (c == '(') {
      result = openCapture(at, item + 1);
      break;
    }
    if (c == ')') {
      result = closeCapture(at, item + 1);
      break;
    }
    if (c == '$' && item + 1 == pattern_.size()) {
      result = at == subject_.size() ? at : kNoMatch;
      break;
    }
    if (c == '%' && next == 'b') {
      at = matchBalanced(at, item + 2);
      if (at == kNoMatch) break;
      item += 4;
      continue;
    }
    if (c == '%' && next == 'f') {
      if (item + 2 >= pattern_.size() || pattern_[item + 2] != '[') {
        fail(Status::malformed, "missing '[' after '%f' in pattern");
        break;
      }
      const std::size_t setEnd = endOfItem(item + 2);
      if (setEnd == kNoMatch || !isFrontier(at, item + 2, setEnd)) break;
      item = setEnd;
      continue;
    }
    if (c == '%' && std::isdigit(static_cast<unsigned char>(next)) != 0) {
      at = matchEarlier(at, next);
      if (at == kNoMatch) break;
      item += 2;
      continue;
    }
    const std::size_t itemEnd = endOfItem(item);
    if (itemEnd == kNoMatch) break;
    const char suffix = itemEnd < pattern_.size() ? pattern_[itemEnd] : '\0';
    if (suffix == '*' || suffix == '+' || suffix == '-') {
      result = matchItem(at, item, itemEnd, suffix);
      break;
    }
    const bool isOne = matchesOne(at, item, itemEnd);
    if (suffix == '?') {
      if (isOne) {
        result = match(at + 1, itemEnd + 1);
        if (result != kNoMatch) break;
      }
      item = itemEnd + 1;
      continue;
    }
    if (!isOne) break;
    ++at;
    item = itemEnd;
  }
  --depth_;
  return result;
}

std::size_t Matcher::matchItem(std::size_t at, std::size_t item, std::size_t itemEnd, char suffix) {
  if (suffix == '-') return expandLeast(at, item, itemEnd);
  if (suffix == '*') return expandMost(at, item, itemEnd);
  return matchesOne(at, item, itemEnd) ? expandMost(at + 1, item, itemEnd) : kNoMatch;
}

std::size_t Matcher::expandMost(std::size_t at, std::size_t item, std::size_t itemEnd) {
  std::size_t count = 0;
  while (step() && matchesOne(at + count, item, itemEnd)) ++count;
  while (status_ == Status::none) {
    const std::size_t result = match(at + count, itemEnd + 1);
    if (result != kNoMatch) return result;
    if (count == 0) break;
    --count;
  }
  return kNoMatch;
}

std::size_t Matcher::expandLeast(std::size_t at, std::size_t item, std::size_t itemEnd) {
  while (step()) {
    const std::size_t result = match(at, itemEnd + 1);
    if (result != kNoMatch) return result;
    if (!matchesOne(at, item, itemEnd)) break;
    ++at;
  }
  return kNoMatch;
}

std::size_t Matcher::openCapture(std::size_t at, std::size_t item) {
  if (level_ >= kMaxCaptures) return fail(Status::malformed, "too many captures");
  const bool isPosition = item < pattern_.size() && pattern_[item] == ')';
  captures_[level_] = {.start = at, .length = isPosition ? kPosition : kOpen};
  ++level_;
  const std::size_t result = match(at, isPosition ? item + 1 : item);
  if (result == kNoMatch) --level_;
  return result;
}

std::size_t Matcher::closeCapture(std::size_t at, std::size_t item) {
  int open = level_ - 1;
  while (open >= 0 && captures_[open].length != kOpen) --open;
  if (open < 0) return fail(Status::malformed, "invalid pattern capture");
  captures_[open].length = static_cast<std::ptrdiff_t>(at - captures_[open].start);
  const std::size_t result = match(at, item);
  if (result == kNoMatch) captures_[open].length = kOpen;
  return result;
}

std::size_t Matcher::matchBalanced(std::size_t at, std::size_t item) {
  if (item + 1 >= pattern_.size()) return fail(Status::malformed, "missing arguments to '%b'");
  if (at >= subject_.size() || subject_[at] != pattern_[item]) return kNoMatch;
  const char opens = pattern_[item];
  const char closes = pattern_[item + 1];
  std::size_t depth = 1;
  for (std::size_t i = at + 1; i < subject_.size() && step(); ++i) {
    const char c = subject_[i];
    if (c == closes) {
      if (--depth == 0) return i + 1;
    } else if (c == opens) {
      ++depth;
    }
  }
  return kNoMatch;
}

std::size_t Matcher::matchEarlier(std::size_t at, char digit) {
  const int index = digit - '1';
  if (index < 0 || index >= level_ || captures_[index].length == kOpen)
    return fail(Status::malformed, "invalid capture index in pattern");
  const std::size_t length = std::max<std::ptrdiff_t>(captures_[index].length, 0);
  if (!step(static_cast<std::int64_t>(length)) || subject_.size() - at < length) return kNoMatch;
  const bool isSame = subject_.substr(captures_[index].start, length) == subject_.substr(at, length);
  return isSame ? at + length : kNoMatch;
}

bool Matcher::isFrontier(std::size_t at, std::size_t set, std::size_t setEnd) {
  if (!step(static_cast<std::int64_t>(setEnd - set))) return false;
  const unsigned char before = at == 0 ? '\0' : static_cast<unsigned char>(subject_[at - 1]);
  const unsigned char here = at < subject_.size() ? static_cast<unsigned char>(subject_[at]) : '\0';
  return !isInSet(before, set, setEnd) && isInSet(here, set, setEnd);
}

bool Matcher::matchesOne(std::size_t at, std::size_t item, std::size_t itemEnd) {
  if (at >= subject_.size()) return false;
  const auto c = static_cast<unsigned char>(subject_[at]);
  switch (pattern_[item]) {
    case '.':
      return true;
    case '%':
      return isOfClass(c, pattern_[item + 1]);
    case '[':
      return step(static_cast<std::int64_t>(itemEnd - item)) && isInSet(c, item, itemEnd);
    default:
      return static_cast<unsigned char>(pattern_[item]) == c;
  }
}

// The set is pattern_[set, setEnd), with its brackets.
bool Matcher::isInSet(unsigned char c, std::size_t set, std::size_t setEnd) const {
  std::size_t i = set + 1;
  const std::size_t last = setEnd - 1;
  const bool isNegated = pattern_[i] == '^';
  if (isNegated) ++i;
  for (; i < last; ++i) {
    if (pattern_[i] == '%') {
      ++i;
      if (isOfClass(c, pattern_[i])) return !isNegated;
    } else if (i + 2 < last && pattern_[i + 1] == '-') {
      const auto low = static_cast<unsigned char>(pattern_[i]);
      const auto high = static_cast<unsigned char>(pattern_[i + 2]);
      i += 2;
      if (low <= c && c <= high) return !isNegated;
    } else if (static_cast<unsigned char>(pattern_[i]) == c) {
      return !isNegated;
    }
  }
  return isNegated;
}

// Where a single item ends: a character, a class, or a set.
std::size_t Matcher::endOfItem(std::size_t item) {
  if (pattern_[item] == '%') {
    if (item + 1 >= pattern_.size()) return fail(Status::malformed, "malformed pattern (ends with '%')");
    return item + 2;
  }
  if (pattern_[item] != '[') return item + 1;
  std::size_t i = item + 1;
  if (i < pattern_.size() && pattern_[i] == '^') ++i;
  // A bracket that comes first is one of the set.
  bool isFirst = true;
  while (i < pattern_.size() && (isFirst || pattern_[i] != ']')) {
    isFirst = false;
    i += pattern_[i] == '%' ? 2 : 1;
  }
  if (i >= pattern_.size()) return fail(Status::malformed, "malformed pattern (missing ']')");
  if (!step(static_cast<std::int64_t>(i - item))) return kNoMatch;
  return i + 1;
}

}  // namespace segue::lua
