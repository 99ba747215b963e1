// One Lua state: one script file, its limits, and the protected call through which everything in it runs. Main thread,
// no Node. Lua is the build that raises C++ exceptions: nothing ever jumps over a frame. No exception leaves run().
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lua/budget.h"

namespace segue::lua {

// limit: something was used up, nothing of this state runs any more. Throw it away.
enum class Outcome : std::uint8_t { ok, failed, limit };

class State {
 public:
  // May use Lua as it likes; the stack is empty when it begins and emptied after it.
  using Work = void (*)(lua_State* L, void* job);

  // Null if not even the libraries fit into the limits.
  static std::unique_ptr<State> open(const Limits& limits);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Runs `work`, with instructions and time counted from zero. Not to be called from within itself: that fails.
  Outcome run(Work work, void* job);
  // Why the last run was not ok: script, line, and what is wrong.
  const std::string& message() const { return message_; }
  // Runs a script's text, as text only. `name` is what its messages begin with.
  Outcome load(const std::string& name, std::string_view source);

  // Calls "definitions" of the prelude: leaves {api, rules, chains, may} on the stack. Within run().
  static void pushDefinitions(lua_State* L);

  std::size_t usedBytes() const { return budget_.usedBytes(); }
  Spent spent() const { return budget_.spent(); }
  bool isRunning() const { return isRunning_; }
  // What the script has logged since the last look; at most a few KiB of it.
  std::string takeLog() { return std::exchange(log_, {}); }

 private:
  explicit State(const Limits& limits) : budget_(limits) {}
  static int enter(lua_State* L);
  static int log(lua_State* L);
  static void setUp(lua_State* L, void* job);

  Budget budget_;
  lua_State* L_ = nullptr;
  bool isRunning_ = false;
  std::string message_;
  std::string log_;
};

}  // namespace segue::lua
