// See lua_call.h.
#include "addon/lua_call.h"

#include "lua/lua_api.h"

namespace segue::lua {

int ScriptNumbers::add(Script* script) {
  for (std::size_t at = 0; at < scripts_.size(); ++at) {
    if (scripts_[at] != nullptr) continue;
    scripts_[at] = script;
    return static_cast<int>(at);
  }
  scripts_.push_back(script);
  return static_cast<int>(scripts_.size()) - 1;
}

void ScriptNumbers::remove(const Script* script) {
  for (Script*& each : scripts_) {
    if (each == script) each = nullptr;
  }
}

Script* ScriptNumbers::at(int number) const {
  if (number < 0 || static_cast<std::size_t>(number) >= scripts_.size()) return nullptr;
  return scripts_[static_cast<std::size_t>(number)];
}

ScriptNumbers& scriptNumbers() {
  thread_local ScriptNumbers numbers;
  return numbers;
}

Arguments argumentsOf(napi_env env, napi_callback_info info) {
  Arguments arguments{.env = env};
  napi_value self = nullptr;
  napi_get_cb_info(env, info, &arguments.count, arguments.values.data(), &self, nullptr);
  if (arguments.count > kMostArguments) arguments.count = kMostArguments;
  void* script = nullptr;
  if (napi_unwrap(env, self, &script) == napi_ok) arguments.script = static_cast<Script*>(script);
  return arguments;
}

Arguments numberedArgumentsOf(napi_env env, napi_callback_info info) {
  Arguments arguments{.env = env};
  napi_get_cb_info(env, info, &arguments.count, arguments.values.data(), nullptr, nullptr);
  if (arguments.count > kMostArguments) arguments.count = kMostArguments;
  std::int32_t number = -1;
  napi_get_value_int32(env, arguments.values[0], &number);
  arguments.script = scriptNumbers().at(number);
  return arguments;
}

napi_value runJob(Arguments& arguments, State::Work work) {
  if (arguments.script == nullptr || arguments.script->state == nullptr) return undefined(arguments.env);
  Job job{.arguments = &arguments};
  arguments.script->outcome = arguments.script->state->run(work, &job);
  return arguments.script->outcome == Outcome::ok ? job.result : undefined(arguments.env);
}

napi_value undefined(napi_env env) {
  napi_value result = nullptr;
  napi_get_undefined(env, &result);
  return result;
}

std::string textOf(napi_env env, napi_value value) {
  std::size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return {};
  std::string text(length + 1, '\0');
  napi_get_value_string_utf8(env, value, text.data(), text.size(), &length);
  text.resize(length);
  return text;
}

napi_value textToJs(napi_env env, const std::string& text) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

int wholeOf(napi_env env, napi_value value) {
  std::int32_t whole = LUA_NOREF;
  return napi_get_value_int32(env, value, &whole) == napi_ok ? whole : LUA_NOREF;
}

}  // namespace segue::lua
