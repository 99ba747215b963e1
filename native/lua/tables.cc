// The table library of a script: written for plain tables (no metamethod is asked for an element or a length), each
// function charged for the elements it touches. See libraries.h.
#include <algorithm>
#include <cmath>

#include "lua/budget.h"
#include "lua/libraries.h"

namespace segue::lua {

namespace {

constexpr lua_Integer kMostUnpacked = 250;
constexpr std::int64_t kElementsPerUnit = 8;
constexpr std::int64_t kBytesPerUnit = 64;

lua_Integer lengthOf(lua_State* L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  return static_cast<lua_Integer>(lua_rawlen(L, index));
}

void chargeElements(lua_State* L, lua_Integer count) {
  Budget::of(L).charge(L, 1 + std::max<lua_Integer>(count, 0) / kElementsPerUnit);
}

int insert(lua_State* L) {
  const lua_Integer length = lengthOf(L, 1);
  lua_Integer at = length + 1;
  if (lua_gettop(L) == 3) {
    at = luaL_checkinteger(L, 2);
    luaL_argcheck(L, at >= 1 && at <= length + 1, 2, "position out of bounds");
    chargeElements(L, length - at);
    for (lua_Integer i = length; i >= at; --i) {
      lua_rawgeti(L, 1, i);
      lua_rawseti(L, 1, i + 1);
    }
  } else if (lua_gettop(L) != 2) {
    return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_rawseti(L, 1, at);
  return 0;
}

int removeAt(lua_State* L) {
  const lua_Integer length = lengthOf(L, 1);
  const lua_Integer at = luaL_optinteger(L, 2, length);
  const bool isEnd = at == length || at == length + 1;
  luaL_argcheck(L, isEnd || (at >= 1 && at <= length), 2, "position out of bounds");
  lua_rawgeti(L, 1, at);
  chargeElements(L, length - at);
  for (lua_Integer i = at; i < length; ++i) {
    lua_rawgeti(L, 1, i + 1);
    lua_rawseti(L, 1, i);
  }
  if (at <= length) {
    lua_pushnil(L);
    lua_rawseti(L, 1, std::max(at, length));
  }
  return 1;
}

int concat(lua_State* L) {
  const lua_Integer length = lengthOf(L, 1);
  std::size_t separatorLength = 0;
  const char* separator = luaL_optlstring(L, 2, "", &separatorLength);
  const lua_Integer first = luaL_optinteger(L, 3, 1);
  const lua_Integer last = luaL_optinteger(L, 4, length);
  lua_settop(L, 4);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (lua_Integer i = first; i <= last; ++i) {
    lua_rawgeti(L, 1, i);
    if (lua_isstring(L, -1) == 0)
      return luaL_error(L, "invalid value (a %s) at index %I in table for 'concat'", luaL_typename(L, -1), i);
    const auto bytes = static_cast<std::int64_t>(lua_rawlen(L, -1) + separatorLength);
    Budget::of(L).charge(L, 1 + bytes / kBytesPerUnit);
    luaL_addvalue(&out);
    if (i < last) luaL_addlstring(&out, separator, separatorLength);
    if (i == LUA_MAXINTEGER) break;
  }
  luaL_pushresult(&out);
  return 1;
}

int pack(lua_State* L) {
  const int count = lua_gettop(L);
  chargeElements(L, count);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; --i) lua_rawseti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

int unpack(lua_State* L) {
  const lua_Integer length = lengthOf(L, 1);
  const lua_Integer first = luaL_optinteger(L, 2, 1);
  const lua_Integer last = luaL_optinteger(L, 3, length);
  if (first > last) return 0;
  // Unsigned: the distance of two integers may not fit into one.
  const auto distance = static_cast<lua_Unsigned>(last) - static_cast<lua_Unsigned>(first);
  if (distance >= static_cast<lua_Unsigned>(kMostUnpacked))
    return luaL_error(L, "too many results to unpack (at most %I)", kMostUnpacked);
  const int count = static_cast<int>(distance) + 1;
  luaL_checkstack(L, count, "too many results to unpack");
  chargeElements(L, count);
  for (int i = 0; i < count; ++i) lua_rawgeti(L, 1, first + i);
  return count;
}

int move(lua_State* L) {
  lengthOf(L, 1);
  const lua_Integer first = luaL_checkinteger(L, 2);
  const lua_Integer last = luaL_checkinteger(L, 3);
  const lua_Integer to = luaL_checkinteger(L, 4);
  const int target = lua_isnoneornil(L, 5) ? 1 : 5;
  luaL_checktype(L, target, LUA_TTABLE);
  if (last >= first) {
    const auto distance = static_cast<lua_Unsigned>(last) - static_cast<lua_Unsigned>(first);
    const lua_Integer most = static_cast<lua_Integer>(Budget::of(L).limits().memoryBytes / sizeof(void*));
    luaL_argcheck(L, distance < static_cast<lua_Unsigned>(most), 3, "too many elements to move");
    const auto count = static_cast<lua_Integer>(distance) + 1;
    luaL_argcheck(L, to <= LUA_MAXINTEGER - count, 4, "destination wrap around");
    chargeElements(L, count);
    const bool isUpwards = to > first && to <= last && target == 1;
    for (lua_Integer i = 0; i < count; ++i) {
      const lua_Integer step = isUpwards ? count - 1 - i : i;
      lua_rawgeti(L, 1, first + step);
      lua_rawseti(L, target, to + step);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

// How Lua compares without a function; long strings cost what they are long.
int lessThan(lua_State* L) {
  std::int64_t units = 1;
  if (lua_type(L, 1) == LUA_TSTRING && lua_type(L, 2) == LUA_TSTRING)
    units += static_cast<std::int64_t>(std::min(lua_rawlen(L, 1), lua_rawlen(L, 2))) / kElementsPerUnit;
  Budget::of(L).charge(L, units);
  lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
  return 1;
}

// Lua's own sort over a plain table. Upvalue: that sort. A function of ours that compares would not be counted.
int sort(lua_State* L) {
  const lua_Integer length = lengthOf(L, 1);
  if (lua_getmetatable(L, 1) != 0) return luaL_error(L, "only a table without a metatable can be sorted");
  if (lua_isnoneornil(L, 2)) {
    lua_settop(L, 1);
    lua_pushcfunction(L, lessThan);
  } else {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    luaL_argcheck(L, lua_iscfunction(L, 2) == 0, 2, "a function of the script is needed");
    lua_settop(L, 2);
  }
  const double elements = static_cast<double>(std::max<lua_Integer>(length, 2));
  chargeElements(L, static_cast<lua_Integer>(elements * std::log2(elements)));
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

}  // namespace

void openTables(lua_State* L) {
  static const luaL_Reg own[] = {{"insert", insert}, {"remove", removeAt}, {"concat", concat}, {"pack", pack},
                                 {"unpack", unpack}, {"move", move},       {nullptr, nullptr}};
  luaL_requiref(L, "table", luaopen_table, 1);
  lua_getfield(L, -1, "sort");
  lua_pushcclosure(L, sort, 1);
  lua_setfield(L, -2, "sort");
  luaL_setfuncs(L, own, 0);
  lua_pop(L, 1);
}

}  // namespace segue::lua
