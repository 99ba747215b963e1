// One call from JavaScript to a script: whom it is for, with what, and how work runs in its state. JavaScript thread only.
#pragma once
#include <node_api.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "addon/lua_tape.h"
#include "lua/state.h"

namespace segue::lua {

inline constexpr std::size_t kMostArguments = 26;

// What a JavaScript object of class Script owns.
struct Script {
  std::unique_ptr<State> state;
  Outcome outcome = Outcome::ok;
  Tape tape;
};

// Scripts by their number, for what is called at each activation: to unwrap an object takes longer than to look here.
// A number whose object is gone is used again.
class ScriptNumbers {
 public:
  int add(Script* script);
  void remove(const Script* script);
  // Null: nobody has this number.
  [[nodiscard]] Script* at(int number) const;

 private:
  std::vector<Script*> scripts_;
};
// Of this thread.
ScriptNumbers& scriptNumbers();

struct Arguments {
  napi_env env;
  Script* script = nullptr;
  std::size_t count = kMostArguments;
  std::array<napi_value, kMostArguments> values{};
};
Arguments argumentsOf(napi_env env, napi_callback_info info);
// The same where the first argument is the script's number.
Arguments numberedArgumentsOf(napi_env env, napi_callback_info info);

// What a piece of work is given, and what it answers.
struct Job {
  Arguments* arguments;
  napi_value result = nullptr;
};
// Runs one piece of work (its data is a Job) in the script's state; undefined if that failed or the state is closed.
napi_value runJob(Arguments& arguments, State::Work work);

napi_value undefined(napi_env env);
// Empty where it is no text.
std::string textOf(napi_env env, napi_value value);
napi_value textToJs(napi_env env, const std::string& text);
// LUA_NOREF where it is no number.
int wholeOf(napi_env env, napi_value value);

}  // namespace segue::lua
