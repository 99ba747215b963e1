// Bench: how a script's route gets at its request, in one Lua state. Four ways, for 0, 1, 3 and 4 of the fields used; the
// fields themselves cost the same. Prints a line a way and count: name, count, median and best of all rounds, ns a request.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "lua/context.h"
#include "lua/state.h"

namespace {

using segue::lua::Field;
using segue::lua::kFields;
using segue::lua::Request;

constexpr std::array<const char*, kFields> kNames = {"headers", "query", "params", "body"};
constexpr std::array kUsed = {0, 1, 3, 4};
constexpr const char* kOnce = "bench.once";
constexpr const char* kHandlers = R"lua(
rule { name = 'H0', act = function(ctx) return 1 end }
rule { name = 'H1', act = function(ctx) return ctx:headers().name end }
rule { name = 'H3', act = function(ctx) return ctx:headers().name, ctx:query().name, ctx:params().name end }
rule { name = 'H4', act = function(ctx) return ctx:headers().name, ctx:query().name, ctx:params().name, ctx:body().name end }
)lua";

class Source : public segue::lua::RequestSource {
 public:
  void push(lua_State* L, Field) override {
    lua_createtable(L, 0, 2);
    lua_pushliteral(L, "Ann");
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, 12);
    lua_setfield(L, -2, "count");
  }
};

// Upvalues: the request, which field.
int compute(lua_State* L) {
  const auto* request = static_cast<const Request*>(lua_touserdata(L, lua_upvalueindex(1)));
  request->source->push(L, static_cast<Field>(lua_tointeger(L, lua_upvalueindex(2))));
  return 1;
}

void pushMethod(lua_State* L, const Request* request, int field) {
  lua_pushlightuserdata(L, const_cast<Request*>(request));
  lua_pushinteger(L, field);
  lua_pushcclosure(L, compute, 2);
}

void pushTexts(lua_State* L, const Request& request) {
  lua_pushlstring(L, request.method.data(), request.method.size());
  lua_setfield(L, -2, "method");
  lua_pushlstring(L, request.path.data(), request.path.size());
  lua_setfield(L, -2, "path");
}

// A table with four closures, made for each request.
void pushEager(lua_State* L, const Request& request) {
  lua_createtable(L, 0, kFields + 2);
  pushTexts(L, request);
  for (int field = 0; field < kFields; ++field) {
    pushMethod(L, &request, field);
    lua_setfield(L, -2, kNames[static_cast<std::size_t>(field)]);
  }
}

// Upvalue: the request. Makes the closure that is asked for.
int makeMethod(lua_State* L) {
  const auto* request = static_cast<const Request*>(lua_touserdata(L, lua_upvalueindex(1)));
  const std::string_view name(luaL_checkstring(L, 2));
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return 0;
  pushMethod(L, request, static_cast<int>(found - kNames.begin()));
  return 1;
}

// A table and a metatable for each request; closures are made when they are asked for.
void pushLazy(lua_State* L, const Request& request) {
  lua_createtable(L, 0, 2);
  pushTexts(L, request);
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, const_cast<Request*>(&request));
  lua_pushcclosure(L, makeMethod, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}

// Upvalue: which field.
int once(lua_State* L) {
  const auto* request = *static_cast<const Request* const*>(luaL_checkudata(L, 1, kOnce));
  request->source->push(L, static_cast<Field>(lua_tointeger(L, lua_upvalueindex(1))));
  return 1;
}

void registerOnce(lua_State* L) {
  luaL_newmetatable(L, kOnce);
  lua_createtable(L, 0, kFields);
  for (int field = 0; field < kFields; ++field) {
    lua_pushinteger(L, field);
    lua_pushcclosure(L, once, 1);
    lua_setfield(L, -2, kNames[static_cast<std::size_t>(field)]);
  }
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

// A userdata for each request, its methods on one metatable.
void pushOnce(lua_State* L, const Request& request) {
  *static_cast<const Request**>(lua_newuserdatauv(L, sizeof(const Request*), 0)) = &request;
  luaL_setmetatable(L, kOnce);
}

using Push = void (*)(lua_State* L, const Request& request);
template <Push push>
void call(lua_State* L, const Request& request) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, request.handler);
  push(L, request);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) lua_error(L);
}

struct Way {
  const char* name;
  void (*serve)(lua_State* L, const Request& request);
};
// The last is what scripts have: one userdata a state, used again, methods registered once, each field computed once.
constexpr std::array kWays = {Way{"eager closures", call<pushEager>}, Way{"lazy, a metatable a request", call<pushLazy>},
                              Way{"registered once, a userdata a request", call<pushOnce>},
                              Way{"registered once, one userdata", segue::lua::serve}};

struct Plan {
  int rounds;
  int requests;
};

int handlerOf(lua_State* L, int place) {
  segue::lua::State::pushDefinitions(L);
  lua_getfield(L, -1, "rules");
  lua_rawgeti(L, -1, place);
  lua_getfield(L, -1, "act");
  const int reference = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_settop(L, 0);
  return reference;
}

double roundNs(lua_State* L, const Way& way, const Request& request, int requests) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < requests; ++i) {
    way.serve(L, request);
    lua_settop(L, 0);
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / requests;
}

// All ways take turns, round by round, so that whatever else the machine does meets each of them alike.
void measure(lua_State* L, void* job) {
  const Plan& plan = *static_cast<const Plan*>(job);
  registerOnce(L);
  Source source;
  for (std::size_t at = 0; at < kUsed.size(); ++at) {
    Request request{.method = "GET", .path = "/x/things/1", .source = &source};
    request.handler = handlerOf(L, static_cast<int>(at) + 1);
    std::array<std::vector<double>, kWays.size()> samples;
    for (int round = -3; round < plan.rounds; ++round) {
      for (std::size_t way = 0; way < kWays.size(); ++way) {
        const double ns = roundNs(L, kWays[way], request, plan.requests);
        if (round >= 0) samples[way].push_back(ns);
      }
    }
    for (std::size_t way = 0; way < kWays.size(); ++way) {
      std::sort(samples[way].begin(), samples[way].end());
      std::printf("%s\t%d\t%.1f\t%.1f\n", kWays[way].name, kUsed[at], samples[way][samples[way].size() / 2],
                  samples[way].front());
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  Plan plan{.rounds = count > 1 ? std::atoi(arguments[1]) : 31, .requests = count > 2 ? std::atoi(arguments[2]) : 20'000};
  const auto state = segue::lua::State::open({.instructions = std::int64_t{1} << 60, .cpuMs = 1 << 30});
  if (state == nullptr || state->load("bench.lua", kHandlers) != segue::lua::Outcome::ok) return 1;
  if (state->run(measure, &plan) == segue::lua::Outcome::ok) return 0;
  std::fprintf(stderr, "%s\n", state->message().c_str());
  return 1;
}
