// What one Lua state may use: memory, instructions and processor time. Main thread, no Node. Counts; the only thing it
// does is to refuse memory and to raise an error in Lua once something is used up. From then on nothing of that state
// runs any more: whoever owns it throws it away.
#pragma once
#include <cstddef>
#include <cstdint>

#include "lua/lua_api.h"

namespace segue::lua {

struct Limits {
  std::size_t memoryBytes = std::size_t{8} << 20;
  // One string; a comparison of two is a single instruction, however long they are.
  std::size_t stringBytes = std::size_t{128} << 10;
  // For one call.
  std::int64_t instructions = 1'000'000;
  std::int64_t cpuMs = 50;
};

enum class Spent : std::uint8_t { nothing, instructions, time, memory };

class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) { begin(); }

  // The budget of a state, from any of its coroutines.
  static Budget& of(lua_State* L) { return **static_cast<Budget**>(lua_getextraspace(L)); }
  // Ties the two together: to be called once, before any code runs.
  void watch(lua_State* L);
  // As lua_Alloc wants it; `budget` is this.
  static void* allocate(void* budget, void* block, std::size_t oldBytes, std::size_t newBytes);

  // A call begins: instructions and time start anew.
  void begin();
  // Takes `units` instructions for work that no hook sees. Raises an error in Lua if that was too much.
  void charge(lua_State* L, std::int64_t units);
  // What is left, for work that counts its own steps.
  std::int64_t remaining() const { return remaining_; }
  // Raises, if something is used up: for whoever has just caught an error in Lua.
  void rethrow(lua_State* L, int status);

  const Limits& limits() const { return limits_; }
  Spent spent() const { return spent_; }
  std::size_t usedBytes() const { return used_; }

 private:
  static constexpr int kHookEvery = 64;
  static void hook(lua_State* L, lua_Debug* debug);
  void* grow(void* block, std::size_t oldBytes, std::size_t newBytes);
  bool refuses(const void* block, std::size_t oldBytes, std::size_t newBytes);
  bool isOverTime();
  [[noreturn]] void raise(lua_State* L, Spent what);

  Limits limits_;
  std::size_t used_ = 0;
  std::int64_t remaining_ = 0;
  std::int64_t sinceClock_ = 0;
  // Nanoseconds at the first look at the clock of this call; 0: none yet.
  std::int64_t wallStart_ = 0;
  std::int64_t cpuStart_ = 0;
  Spent spent_ = Spent::nothing;
  // The request refused last, with nothing granted since: Lua asks once more after it has collected.
  const void* refusedBlock_ = nullptr;
  std::size_t refusedBytes_ = 0;
};

}  // namespace segue::lua
