// See charged.h.
#include "lua/charged.h"

#include <cstring>

#include "lua/budget.h"

namespace segue::lua {

namespace {

constexpr std::int64_t kBytesPerUnit = 32;

int chargedCall(lua_State* L) {
  const int count = lua_gettop(L);
  std::int64_t bytes = 0;
  for (int i = 1; i <= count; ++i) {
    if (lua_type(L, i) == LUA_TSTRING) bytes += static_cast<std::int64_t>(lua_rawlen(L, i));
  }
  Budget::of(L).charge(L, 1 + count / 8 + bytes / kBytesPerUnit);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

bool isOneOf(const char* name, const char* const* names) {
  for (; *names != nullptr; ++names) {
    if (std::strcmp(name, *names) == 0) return true;
  }
  return false;
}

}  // namespace

void chargeFunctions(lua_State* L, const char* const* names) {
  for (; *names != nullptr; ++names) {
    lua_getfield(L, -1, *names);
    lua_pushcclosure(L, chargedCall, 1);
    lua_setfield(L, -2, *names);
  }
}

void keepOnly(lua_State* L, const char* const* names) {
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING && isOneOf(lua_tostring(L, -1), names)) continue;
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, -4);
  }
}

}  // namespace segue::lua
