// Runs Lua text in a state of its own, for the tests of native/lua.
#pragma once
#include <memory>
#include <string>

#include "lua/state.h"

namespace segue::lua {

struct Ran {
  Outcome outcome = Outcome::failed;
  // What the script logged, or why it failed.
  std::string said;
};

inline Ran runIn(State& state, const std::string& source) {
  const Outcome outcome = state.load("test.lua", source);
  return {outcome, outcome == Outcome::ok ? state.takeLog() : state.message()};
}

inline Ran runText(const std::string& source, const Limits& limits = {}) {
  const std::unique_ptr<State> state = State::open(limits);
  if (state == nullptr) return {Outcome::failed, "no state"};
  return runIn(*state, source);
}

// What an expression is, as text.
inline std::string valueOf(const std::string& expression) {
  const Ran ran = runText("local out = table.pack(" + expression +
                          ")\nfor i = 1, out.n do out[i] = tostring(out[i]) end\nlog(table.concat(out, ' '))");
  return ran.said.empty() ? ran.said : ran.said.substr(0, ran.said.size() - (ran.outcome == Outcome::ok ? 1 : 0));
}

}  // namespace segue::lua
