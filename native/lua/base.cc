// The basic functions and coroutines. What catches errors (pcall, xpcall, resume, close) does not catch that a limit
// was reached: otherwise a script could go on for ever in a loop around pcall. See libraries.h.
#include "lua/budget.h"
#include "lua/charged.h"
#include "lua/libraries.h"
#include "lua/strings.h"

namespace segue::lua {

namespace {

// `skipped` values lie below the results.
int finishProtected(lua_State* L, int status, lua_KContext skipped) {
  if (status != LUA_OK && status != LUA_YIELD) {
    Budget::of(L).rethrow(L, status);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  return lua_gettop(L) - static_cast<int>(skipped);
}

int protectedCall(lua_State* L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  const int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finishProtected);
  return finishProtected(L, status, 0);
}

// On the stack: handler, true, results; or handler, true, message.
int finishWithHandler(lua_State* L, int status, lua_KContext /*unused*/) {
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - 1;
  Budget::of(L).rethrow(L, status);
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  lua_call(L, 1, 1);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

// The handler is called after the error, not within it: Lua runs what is called from within a hook without hooks.
int protectedCallWithHandler(lua_State* L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  const int arguments = lua_gettop(L) - 2;
  // function, handler, arguments -> handler, true, function, arguments
  lua_pushvalue(L, 2);
  lua_insert(L, 1);
  lua_pushvalue(L, 2);
  lua_replace(L, 3);
  lua_pushboolean(L, 1);
  lua_replace(L, 2);
  const int status = lua_pcallk(L, arguments, LUA_MULTRET, 0, 0, finishWithHandler);
  return finishWithHandler(L, status, 0);
}

// Lua's own function, unless something is used up, or it has caught what must not be caught.
int checkedCall(lua_State* L) {
  Budget::of(L).rethrow(L, LUA_OK);
  lua_State* const other = lua_tothread(L, 1);
  const int results = lua_tocfunction(L, lua_upvalueindex(1))(L);
  Budget::of(L).rethrow(L, other == nullptr ? LUA_OK : lua_status(other));
  return results;
}

// What coroutine.wrap gives. Upvalue: the coroutine. One that a limit has ended is left as it is: closing it would run
// code of the script without the hook.
int resumeWrapped(lua_State* L) {
  lua_State* const wrapped = lua_tothread(L, lua_upvalueindex(1));
  const int arguments = lua_gettop(L);
  const bool isOver = lua_status(wrapped) == LUA_OK && lua_gettop(wrapped) == 0;
  if (isOver || (lua_status(wrapped) != LUA_OK && lua_status(wrapped) != LUA_YIELD))
    return luaL_error(L, "cannot resume dead coroutine");
  if (lua_checkstack(wrapped, arguments) == 0) return luaL_error(L, "too many arguments to resume");
  lua_xmove(L, wrapped, arguments);
  int results = 0;
  const int status = lua_resume(wrapped, L, arguments, &results);
  if (status != LUA_OK && status != LUA_YIELD) {
    Budget::of(L).rethrow(L, status);
    lua_xmove(wrapped, L, 1);
    return lua_error(L);
  }
  luaL_checkstack(L, results, "too many results to resume");
  lua_xmove(wrapped, L, results);
  return results;
}

int wrap(lua_State* L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State* const wrapped = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, wrapped, 1);
  lua_pushcclosure(L, resumeWrapped, 1);
  return 1;
}

int setMetatable(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const int kind = lua_type(L, 2);
  luaL_argexpected(L, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  if (kind == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a script has no finalizers (__gc)");
    lua_pop(L, 1);
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

}  // namespace

void openBase(lua_State* L) {
  static const char* const kept[] = {"_G",     "_VERSION", "assert",   "error",    "getmetatable", "ipairs",
                                     "next",   "pairs",    "rawequal", "rawget",   "rawlen",       "rawset",
                                     "select", "tonumber", "tostring", "type",     nullptr};
  static const char* const charged[] = {"tonumber", nullptr};
  static const luaL_Reg own[] = {{"pcall", protectedCall},
                                 {"xpcall", protectedCallWithHandler},
                                 {"setmetatable", setMetatable},
                                 {nullptr, nullptr}};
  luaL_requiref(L, "_G", luaopen_base, 1);
  keepOnly(L, kept);
  chargeFunctions(L, charged);
  luaL_setfuncs(L, own, 0);
  lua_pop(L, 1);
}

void openCoroutines(lua_State* L) {
  static const char* const checked[] = {"resume", "close"};
  luaL_requiref(L, "coroutine", luaopen_coroutine, 1);
  for (const char* name : checked) {
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, checkedCall, 1);
    lua_setfield(L, -2, name);
  }
  lua_pushcfunction(L, wrap);
  lua_setfield(L, -2, "wrap");
  lua_pop(L, 1);
}

void openPlain(lua_State* L) {
  static const char* const kept[] = {"time", "date", "difftime", "clock", nullptr};
  static const char* const charged[] = {"date", nullptr};
  luaL_requiref(L, "math", luaopen_math, 1);
  luaL_requiref(L, "os", luaopen_os, 1);
  keepOnly(L, kept);
  chargeFunctions(L, charged);
  lua_pop(L, 2);
}

void openLibraries(lua_State* L) {
  openBase(L);
  openCoroutines(L);
  openStrings(L);
  openUtf8(L);
  openTables(L);
  openPlain(L);
  // Where requiref has noted the libraries as they were before they were cut down.
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

}  // namespace segue::lua
