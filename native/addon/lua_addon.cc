// The addon for scripts, apart from the audio one: loaded when there is a script. One class, Script: one file's state.
// Runs on the JavaScript thread. Its methods answer undefined when it failed; then failure() says why.
#include <node_api.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "addon/lua_call.h"
#include "addon/lua_source.h"
#include "addon/lua_values.h"
#include "lua/context.h"
#include "lua/prelude.h"
#include "lua/state.h"

namespace segue::lua {

namespace {

double limitOf(napi_env env, napi_value limits, const char* name, double otherwise) {
  napi_value value = nullptr;
  double number = otherwise;
  if (napi_get_named_property(env, limits, name, &value) == napi_ok) napi_get_value_double(env, value, &number);
  return number;
}

// new Script({memoryBytes?, stringBytes?, instructions?, cpuMs?})
napi_value construct(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value given = nullptr;
  napi_value self = nullptr;
  napi_get_cb_info(env, info, &count, &given, &self, nullptr);
  Limits limits;
  napi_valuetype type = napi_undefined;
  if (count > 0) napi_typeof(env, given, &type);
  if (type == napi_object) {
    limits.memoryBytes = static_cast<std::size_t>(
        limitOf(env, given, "memoryBytes", static_cast<double>(limits.memoryBytes)));
    limits.stringBytes = static_cast<std::size_t>(
        limitOf(env, given, "stringBytes", static_cast<double>(limits.stringBytes)));
    limits.instructions = static_cast<std::int64_t>(
        limitOf(env, given, "instructions", static_cast<double>(limits.instructions)));
    limits.cpuMs = static_cast<std::int64_t>(limitOf(env, given, "cpuMs", static_cast<double>(limits.cpuMs)));
  }
  auto script = std::make_unique<Script>();
  script->state = State::open(limits);
  if (script->state == nullptr) {
    napi_throw_error(env, nullptr, "There is no memory for a script.");
    return nullptr;
  }
  const auto release = [](napi_env, void* data, void*) {
    scriptNumbers().remove(static_cast<Script*>(data));
    delete static_cast<Script*>(data);
  };
  if (!script->tape.attach(env, self)) {
    napi_throw_error(env, nullptr, "There is no memory for a script.");
    return nullptr;
  }
  // From here on the object owns it.
  Script* const owned = script.release();
  if (napi_wrap(env, self, owned, release, nullptr, nullptr) != napi_ok) {
    delete owned;
    return self;
  }
  napi_value number = nullptr;
  napi_create_int32(env, scriptNumbers().add(owned), &number);
  napi_set_named_property(env, self, "number", number);
  return self;
}

// load(name, source): true
napi_value load(napi_env env, napi_callback_info info) {
  const Arguments arguments = argumentsOf(env, info);
  if (arguments.script == nullptr || arguments.script->state == nullptr) return undefined(env);
  const std::string name = textOf(env, arguments.values[0]);
  const std::string source = textOf(env, arguments.values[1]);
  arguments.script->outcome = arguments.script->state->load(name, source);
  if (arguments.script->outcome != Outcome::ok) return undefined(env);
  napi_value result = nullptr;
  napi_get_boolean(env, true, &result);
  return result;
}

// definitions(): {api, rules, chains, may}, each function as {function: reference}
napi_value definitions(napi_env env, napi_callback_info info) {
  Arguments arguments = argumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    auto& job = *static_cast<Job*>(data);
    State::pushDefinitions(L);
    job.result = toJs(job.arguments->env, L, -1, Functions::referred);
  });
}

// shape(names): a number that stands for the names of a row's values
napi_value shape(napi_env env, napi_callback_info info) {
  Arguments arguments = argumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    auto& job = *static_cast<Job*>(data);
    pushValue(job.arguments->env, L, job.arguments->values[0]);
    luaL_checktype(L, -1, LUA_TTABLE);
    napi_create_int32(job.arguments->env, luaL_ref(L, LUA_REGISTRYINDEX), &job.result);
  });
}

// What a function returned: by the tape where that is possible.
napi_value resultOf(const Arguments& given, lua_State* L) {
  napi_value onTape = given.script->tape.write(L, -1);
  return onTape != nullptr ? onTape : toJs(given.env, L, -1);
}

void pushFunction(lua_State* L, int reference) {
  if (lua_rawgeti(L, LUA_REGISTRYINDEX, reference) != LUA_TFUNCTION) luaL_error(L, "there is no such function");
}

// call(function, ...values): what the function returns first; `texts`, if it is on the tape
napi_value call(napi_env env, napi_callback_info info) {
  Arguments arguments = argumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    auto& job = *static_cast<Job*>(data);
    const Arguments& given = *job.arguments;
    luaL_checkstack(L, static_cast<int>(kMostArguments) + 4, nullptr);
    pushFunction(L, wholeOf(given.env, given.values[0]));
    for (std::size_t i = 1; i < given.count; ++i) pushValue(given.env, L, given.values[i]);
    lua_call(L, static_cast<int>(given.count) - 1, 1);
    job.result = resultOf(given, L);
  });
}

// callRow(number, function, shape, ...values): the same, the values as one table
napi_value callRow(napi_env env, napi_callback_info info) {
  Arguments arguments = numberedArgumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    auto& job = *static_cast<Job*>(data);
    const Arguments& given = *job.arguments;
    if (lua_rawgeti(L, LUA_REGISTRYINDEX, wholeOf(given.env, given.values[2])) != LUA_TTABLE)
      luaL_error(L, "there is no such shape");
    pushFunction(L, wholeOf(given.env, given.values[1]));
    lua_createtable(L, 0, static_cast<int>(given.count) - 3);
    for (std::size_t i = 3; i < given.count; ++i) {
      lua_rawgeti(L, 1, static_cast<lua_Integer>(i) - 2);
      pushValue(given.env, L, given.values[i]);
      lua_rawset(L, -3);
    }
    lua_call(L, 1, 1);
    job.result = resultOf(given, L);
  });
}

// hold(value): a number that stands for this table, or an empty one; it stays in the script until it is released
napi_value hold(napi_env env, napi_callback_info info) {
  Arguments arguments = argumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    auto& job = *static_cast<Job*>(data);
    const Arguments& given = *job.arguments;
    pushValue(given.env, L, given.values[0]);
    if (lua_type(L, -1) != LUA_TTABLE) lua_newtable(L);
    napi_create_int32(given.env, luaL_ref(L, LUA_REGISTRYINDEX), &job.result);
  });
}

// callHeld(number, function, held): calls it with what is held, and answers as call does
napi_value callHeld(napi_env env, napi_callback_info info) {
  Arguments arguments = numberedArgumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    auto& job = *static_cast<Job*>(data);
    const Arguments& given = *job.arguments;
    pushFunction(L, wholeOf(given.env, given.values[1]));
    if (lua_rawgeti(L, LUA_REGISTRYINDEX, wholeOf(given.env, given.values[2])) != LUA_TTABLE)
      luaL_error(L, "this context is over");
    lua_call(L, 1, 1);
    job.result = resultOf(given, L);
  });
}

// release(held)
napi_value release(napi_env env, napi_callback_info info) {
  Arguments arguments = argumentsOf(env, info);
  return runJob(arguments, [](lua_State* L, void* data) {
    const Arguments& given = *static_cast<Job*>(data)->arguments;
    luaL_unref(L, LUA_REGISTRYINDEX, wholeOf(given.env, given.values[0]));
    napi_get_undefined(given.env, &static_cast<Job*>(data)->result);
  });
}

// In the order of answerKinds in daemon/adapters/script/lua.ts.
enum class Answer : std::int32_t { value, reply, refusal };

struct ServeJob {
  napi_env env;
  const Request* request;
  Tape* tape;
  Answer kind = Answer::value;
  bool isOnTape = false;
  napi_value result = nullptr;
};

void runServe(lua_State* L, void* data) {
  auto& job = *static_cast<ServeJob*>(data);
  serve(L, *job.request);
  if (hasMark(L, -1, kMarkReply)) job.kind = Answer::reply;
  if (hasMark(L, -1, kMarkRefusal)) job.kind = Answer::refusal;
  job.isOnTape = job.tape->write(L, -1) != nullptr;
  if (!job.isOnTape) job.result = toJs(job.env, L, -1);
}

std::vector<int> referencesOf(napi_env env, napi_value list) {
  std::uint32_t length = 0;
  napi_get_array_length(env, list, &length);
  std::vector<int> references(length);
  for (std::uint32_t i = 0; i < length; ++i) {
    napi_value each = nullptr;
    napi_get_element(env, list, i, &each);
    references[i] = wholeOf(env, each);
  }
  return references;
}

// serve(before, handler, after, method, path, provide): which kind of Answer, if it is on the tape; else [kind, value]
napi_value serveRequest(napi_env env, napi_callback_info info) {
  const Arguments arguments = argumentsOf(env, info);
  if (arguments.script == nullptr || arguments.script->state == nullptr) return undefined(env);
  const std::vector<int> before = referencesOf(env, arguments.values[0]);
  const std::vector<int> after = referencesOf(env, arguments.values[2]);
  const std::string method = textOf(env, arguments.values[3]);
  const std::string path = textOf(env, arguments.values[4]);
  JsSource source(env, arguments.values[5]);
  const Request request{.method = method,
                        .path = path,
                        .source = &source,
                        .before = before.data(),
                        .beforeCount = static_cast<int>(before.size()),
                        .handler = wholeOf(env, arguments.values[1]),
                        .after = after.data(),
                        .afterCount = static_cast<int>(after.size())};
  ServeJob job{.env = env, .request = &request, .tape = &arguments.script->tape};
  arguments.script->outcome = arguments.script->state->run(runServe, &job);
  if (arguments.script->outcome != Outcome::ok) return undefined(env);
  napi_value kind = nullptr;
  napi_create_int32(env, static_cast<std::int32_t>(job.kind), &kind);
  if (job.isOnTape) return kind;
  napi_value answer = nullptr;
  napi_create_array_with_length(env, 2, &answer);
  napi_set_element(env, answer, 0, kind);
  napi_set_element(env, answer, 1, job.result);
  return answer;
}

// failure(): {error: 'FAILED' | 'LIMIT' | 'CLOSED', message}
napi_value failure(napi_env env, napi_callback_info info) {
  const Arguments arguments = argumentsOf(env, info);
  const bool isClosed = arguments.script == nullptr || arguments.script->state == nullptr;
  const bool isLimit = !isClosed && arguments.script->outcome == Outcome::limit;
  napi_value result = nullptr;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "error", textToJs(env, isClosed ? "CLOSED" : isLimit ? "LIMIT" : "FAILED"));
  napi_set_named_property(env, result, "message",
                          textToJs(env, isClosed ? "this script is closed" : arguments.script->state->message()));
  return result;
}

// takeLog(): what was logged since the last look
napi_value takeLog(napi_env env, napi_callback_info info) {
  const Arguments arguments = argumentsOf(env, info);
  const bool isOpen = arguments.script != nullptr && arguments.script->state != nullptr;
  return textToJs(env, isOpen ? arguments.script->state->takeLog() : "");
}

// usedBytes(): of Lua's memory
napi_value usedBytes(napi_env env, napi_callback_info info) {
  const Arguments arguments = argumentsOf(env, info);
  const bool isOpen = arguments.script != nullptr && arguments.script->state != nullptr;
  napi_value result = nullptr;
  napi_create_double(env, isOpen ? static_cast<double>(arguments.script->state->usedBytes()) : 0, &result);
  return result;
}

// close(): gives the state's memory back. Not from within a call of the same script.
napi_value close(napi_env env, napi_callback_info info) {
  const Arguments arguments = argumentsOf(env, info);
  if (arguments.script != nullptr && arguments.script->state != nullptr && !arguments.script->state->isRunning())
    arguments.script->state.reset();
  return undefined(env);
}

napi_value init(napi_env env, napi_value exports) {
  const auto method = [](const char* name, napi_callback run) {
    return napi_property_descriptor{.utf8name = name, .method = run, .attributes = napi_default_method};
  };
  const std::array methods{method("load", load),          method("definitions", definitions), method("shape", shape),
                           method("call", call),          method("serve", serveRequest),
                           method("hold", hold),          method("release", release),
                           method("failure", failure),    method("takeLog", takeLog),
                           method("usedBytes", usedBytes), method("close", close)};
  napi_value script = nullptr;
  napi_define_class(env, "Script", NAPI_AUTO_LENGTH, construct, nullptr, methods.size(), methods.data(), &script);
  napi_set_named_property(env, exports, "Script", script);
  const std::array functions{method("callRow", callRow), method("callHeld", callHeld)};
  napi_define_properties(env, exports, functions.size(), functions.data());
  return exports;
}

}  // namespace

}  // namespace segue::lua

NAPI_MODULE_INIT() { return segue::lua::init(env, exports); }
