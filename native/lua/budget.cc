// See budget.h.
#include "lua/budget.h"

#include <cstdlib>
#include <ctime>

namespace segue::lua {

namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
// Room for the header that Lua puts before the characters of a string.
constexpr std::size_t kStringHeaderBytes = 32;
// A full collection looks at everything: so many bytes of it cost about as much as an instruction.
constexpr std::size_t kCollectedBytesPerUnit = 64;
// Memory from this size on costs instructions: it will be filled.
constexpr std::size_t kLargeBytes = 4096;
constexpr std::size_t kFilledBytesPerUnit = 256;

std::int64_t nowNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

void Budget::watch(lua_State* L) {
  *static_cast<Budget**>(lua_getextraspace(L)) = this;
  lua_sethook(L, hook, LUA_MASKCOUNT, kHookEvery);
}

void Budget::begin() {
  remaining_ = limits_.instructions;
  sinceClock_ = 0;
  wallStart_ = 0;
}

void* Budget::allocate(void* budget, void* block, std::size_t oldBytes, std::size_t newBytes) {
  auto* self = static_cast<Budget*>(budget);
  // For a new block Lua passes what kind of thing it is for in place of a size.
  const std::size_t freed = block == nullptr ? 0 : oldBytes;
  if (newBytes == 0) {
    std::free(block);
    self->used_ -= freed;
    return nullptr;
  }
  if (newBytes > freed) return self->grow(block, oldBytes, newBytes);
  void* moved = std::realloc(block, newBytes);
  self->used_ -= freed - newBytes;
  return moved == nullptr ? block : moved;
}

void* Budget::grow(void* block, std::size_t oldBytes, std::size_t newBytes) {
  const std::size_t freed = block == nullptr ? 0 : oldBytes;
  if (refuses(block, oldBytes, newBytes)) {
    if (refusedBlock_ == block && refusedBytes_ == newBytes && spent_ == Spent::nothing) spent_ = Spent::memory;
    refusedBlock_ = block;
    refusedBytes_ = newBytes;
    remaining_ -= static_cast<std::int64_t>(used_ / kCollectedBytesPerUnit);
    return nullptr;
  }
  void* grown = std::realloc(block, newBytes);
  if (grown == nullptr) return nullptr;
  used_ += newBytes - freed;
  refusedBytes_ = 0;
  if (newBytes >= kLargeBytes) {
    const auto units = static_cast<std::int64_t>(newBytes / kFilledBytesPerUnit);
    remaining_ -= units;
    sinceClock_ += units;
  }
  return grown;
}

bool Budget::refuses(const void* block, std::size_t oldBytes, std::size_t newBytes) {
  const std::size_t freed = block == nullptr ? 0 : oldBytes;
  if (used_ + (newBytes - freed) > limits_.memoryBytes) return true;
  const bool isString = block == nullptr && oldBytes == LUA_TSTRING;
  if (isString && newBytes > limits_.stringBytes + kStringHeaderBytes) return true;
  // What is spent gets no more large blocks: they would only be filled.
  return newBytes >= kLargeBytes && (spent_ != Spent::nothing || remaining_ <= 0);
}

void Budget::charge(lua_State* L, std::int64_t units) {
  remaining_ -= units;
  sinceClock_ += units;
  if (spent_ != Spent::nothing) raise(L, spent_);
  if (remaining_ <= 0) raise(L, Spent::instructions);
  if (sinceClock_ >= kHookEvery && isOverTime()) raise(L, Spent::time);
}

bool Budget::isOverTime() {
  sinceClock_ = 0;
  const std::int64_t wall = nowNs(CLOCK_MONOTONIC);
  if (wallStart_ == 0) {
    wallStart_ = wall;
    cpuStart_ = nowNs(CLOCK_THREAD_CPUTIME_ID);
    return false;
  }
  // The cheap clock first. A script is not to blame for the time in which something else ran.
  const std::int64_t limitNs = limits_.cpuMs * kNsPerMs;
  return wall - wallStart_ > limitNs && nowNs(CLOCK_THREAD_CPUTIME_ID) - cpuStart_ > limitNs;
}

void Budget::hook(lua_State* L, lua_Debug* /*debug*/) { of(L).charge(L, kHookEvery); }

void Budget::rethrow(lua_State* L, int status) {
  if (status == LUA_ERRMEM && spent_ == Spent::nothing) spent_ = Spent::memory;
  if (spent_ != Spent::nothing) raise(L, spent_);
}

void Budget::raise(lua_State* L, Spent what) {
  spent_ = what;
  // Whatever catches this is stopped again at its next instruction.
  lua_sethook(L, hook, LUA_MASKCOUNT, 1);
  lua_Debug at{};
  int level = 0;
  while (lua_getstack(L, level, &at) != 0) {
    lua_getinfo(L, "Sl", &at);
    if (at.currentline > 0) break;
    ++level;
  }
  const char* const why = what == Spent::instructions ? "too many instructions in one call"
                          : what == Spent::time       ? "too much processor time in one call"
                                                      : "too much memory";
  if (at.currentline > 0) {
    lua_pushfstring(L, "%s:%d: %s", at.short_src, at.currentline, why);
  } else {
    lua_pushstring(L, why);
  }
  lua_error(L);
  std::abort();
}

}  // namespace segue::lua
