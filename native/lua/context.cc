// See context.h. The userdata's user values: what has been computed, by field, then the table for the script's own.
#include "lua/context.h"

#include <cstdint>
#include <cstdlib>

#include "lua/prelude.h"

namespace segue::lua {

namespace {

constexpr const char* kContext = "segue.context";
constexpr int kOwnTable = kFields + 1;

// What lies in the userdata; `request` is null between requests.
struct Context {
  const Request* request;
  // By user value, from the first: what has been computed or noted for this request.
  std::uint8_t filled;
};

constexpr std::uint8_t bitOf(int userValue) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(userValue - 1)); }

// There is one context in a state, and each of its functions has it as its first upvalue.
Context& contextOf(lua_State* L) {
  auto* context = static_cast<Context*>(lua_touserdata(L, lua_upvalueindex(1)));
  if (context->request == nullptr) {
    luaL_error(L, "this ctx is over: it is good for one request");
    std::abort();
  }
  return *context;
}

void fill(lua_State* L, Context& context, int at, int userValue) {
  lua_setiuservalue(L, at, userValue);
  context.filled |= bitOf(userValue);
}

void setMark(lua_State* L, const char* mark) {
  lua_getfield(L, LUA_REGISTRYINDEX, kMarks);
  lua_getfield(L, -1, mark);
  lua_remove(L, -2);
  lua_setmetatable(L, -2);
}

// headers, query, params, body. Upvalues: the context, which.
int field(lua_State* L) {
  if (lua_touserdata(L, 1) != lua_touserdata(L, lua_upvalueindex(1)))
    luaL_error(L, "it is written as ctx:headers(), with a colon");
  Context& context = contextOf(L);
  const auto which = static_cast<int>(lua_tointeger(L, lua_upvalueindex(2)));
  if ((context.filled & bitOf(which + 1)) != 0) {
    lua_getiuservalue(L, 1, which + 1);
    return 1;
  }
  context.request->source->push(L, static_cast<Field>(which));
  if (static_cast<Field>(which) == Field::body && lua_type(L, -1) == LUA_TTABLE) setMark(L, kMarkBody);
  lua_pushvalue(L, -1);
  fill(L, context, 1, which + 1);
  return 1;
}

// What is no method: the methods' own __index, so that a method is found without it. Upvalue: the context.
int index(lua_State* L) {
  const Context& context = contextOf(L);
  const char* key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  const std::string_view name(key);
  if (name == "method" || name == "path") {
    const std::string_view text = name == "method" ? context.request->method : context.request->path;
    lua_pushlstring(L, text.data(), text.size());
    return 1;
  }
  if ((context.filled & bitOf(kOwnTable)) == 0) return 0;
  lua_getiuservalue(L, lua_upvalueindex(1), kOwnTable);
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

// What a before function notes for those after it. Upvalue: the context.
int newIndex(lua_State* L) {
  Context& context = contextOf(L);
  luaL_checktype(L, 2, LUA_TSTRING);
  if ((context.filled & bitOf(kOwnTable)) == 0) {
    lua_newtable(L);
    lua_pushvalue(L, -1);
    fill(L, context, 1, kOwnTable);
  } else {
    lua_getiuservalue(L, 1, kOwnTable);
  }
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 3);
  lua_rawset(L, -3);
  return 0;
}

void clear(lua_State* L, Context& context, int at) {
  for (int i = 1; i <= kOwnTable; ++i) {
    if ((context.filled & bitOf(i)) == 0) continue;
    lua_pushnil(L);
    lua_setiuservalue(L, at, i);
  }
  context.filled = 0;
}

// Calls one function with the context (and the answer so far). Leaves what it returns.
void call(lua_State* L, int function, int context, int answer) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, function);
  lua_pushvalue(L, context);
  if (answer != 0) lua_pushvalue(L, answer);
  lua_call(L, answer != 0 ? 2 : 1, 1);
}

// The whole of a request. Arguments: context, request as light userdata.
int runRequest(lua_State* L) {
  const Request& request = *static_cast<const Request*>(lua_touserdata(L, 2));
  lua_settop(L, 1);
  for (int i = 0; i < request.beforeCount; ++i) {
    call(L, request.before[i], 1, 0);
    if (!lua_isnil(L, -1)) return 1;
    lua_pop(L, 1);
  }
  call(L, request.handler, 1, 0);
  for (int i = 0; i < request.afterCount; ++i) {
    call(L, request.after[i], 1, 2);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
    } else {
      lua_replace(L, 2);
    }
  }
  return 1;
}

}  // namespace

void openContext(lua_State* L) {
  static const char* const names[kFields] = {"headers", "query", "params", "body"};
  // Kept under a key of its own: the one context of this state.
  auto* context = static_cast<Context*>(lua_newuserdatauv(L, sizeof(Context), kOwnTable));
  *context = {.request = nullptr, .filled = 0};
  const int at = lua_gettop(L);
  lua_createtable(L, 0, 3);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_createtable(L, 0, kFields);
  for (int i = 0; i < kFields; ++i) {
    lua_pushvalue(L, at);
    lua_pushinteger(L, i);
    lua_pushcclosure(L, field, 2);
    lua_setfield(L, -2, names[i]);
  }
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, at);
  lua_pushcclosure(L, index, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "__index");
  lua_pushvalue(L, at);
  lua_pushcclosure(L, newIndex, 1);
  lua_setfield(L, -2, "__newindex");
  lua_setmetatable(L, at);
  lua_rawsetp(L, LUA_REGISTRYINDEX, kContext);
}

void serve(lua_State* L, const Request& request) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, kContext);
  const int at = lua_gettop(L);
  auto* context = static_cast<Context*>(lua_touserdata(L, at));
  context->request = &request;
  lua_pushcfunction(L, runRequest);
  lua_pushvalue(L, at);
  lua_pushlightuserdata(L, const_cast<Request*>(&request));
  const int status = lua_pcall(L, 2, 1, 0);
  context->request = nullptr;
  clear(L, *context, at);
  if (status != LUA_OK && !hasMark(L, -1, kMarkRefusal)) lua_error(L);
  lua_remove(L, at);
}

void refuse(lua_State* L, int status, const char* message) {
  lua_createtable(L, 0, 2);
  lua_pushinteger(L, status);
  lua_setfield(L, -2, "status");
  lua_createtable(L, 0, 2);
  lua_pushliteral(L, "REFUSED");
  lua_setfield(L, -2, "error");
  lua_pushstring(L, message);
  lua_setfield(L, -2, "message");
  lua_setfield(L, -2, "body");
  setMark(L, kMarkRefusal);
  lua_error(L);
}

bool hasMark(lua_State* L, int index, const char* mark) {
  if (lua_getmetatable(L, index) == 0) return false;
  lua_getfield(L, LUA_REGISTRYINDEX, kMarks);
  lua_getfield(L, -1, mark);
  const bool is = lua_rawequal(L, -1, -3) != 0;
  lua_pop(L, 3);
  return is;
}

}  // namespace segue::lua
