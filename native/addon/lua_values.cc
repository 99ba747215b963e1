// See lua_values.h.
#include "addon/lua_values.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "lua/budget.h"
#include "lua/context.h"
#include "lua/prelude.h"

namespace segue::lua {

namespace {

constexpr int kMostDepth = 12;
constexpr int kMostValues = 20'000;
constexpr lua_Integer kLargestWhole = lua_Integer{1} << 53;

// Everything of one crossing.
struct Crossing {
  napi_env env;
  lua_State* L;
  Functions functions = Functions::refused;
  int left = kMostValues;
};

void check(lua_State* L, napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool isPending = false;
  napi_is_exception_pending(env, &isPending);
  napi_value ignored = nullptr;
  if (isPending) napi_get_and_clear_last_exception(env, &ignored);
  luaL_error(L, "a value from outside could not be read");
}

void enter(Crossing& crossing, int depth) {
  if (depth > kMostDepth) luaL_error(crossing.L, "a value is nested too deeply (at most %d levels)", kMostDepth);
  if (--crossing.left < 0) luaL_error(crossing.L, "too many values at once (at most %d)", kMostValues);
}

void pushNumber(lua_State* L, double number) {
  const bool isWhole = number >= -9007199254740991.0 && number <= 9007199254740991.0 && number == std::floor(number) &&
                       !(number == 0 && std::signbit(number));
  if (isWhole) {
    lua_pushinteger(L, static_cast<lua_Integer>(number));
  } else {
    lua_pushnumber(L, number);
  }
}

void push(Crossing& crossing, napi_value value, int depth, bool isInList);

void pushList(Crossing& crossing, napi_value list, int depth) {
  const auto [env, L, functions, left] = crossing;
  std::uint32_t length = 0;
  check(L, env, napi_get_array_length(env, list, &length));
  if (length > static_cast<std::uint32_t>(left)) luaL_error(L, "too many values at once (at most %d)", kMostValues);
  lua_createtable(L, static_cast<int>(length), 0);
  for (std::uint32_t i = 0; i < length; ++i) {
    napi_value each = nullptr;
    check(L, env, napi_get_element(env, list, i, &each));
    push(crossing, each, depth + 1, true);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
}

void pushObject(Crossing& crossing, napi_value object, int depth) {
  const auto [env, L, functions, left] = crossing;
  napi_value names = nullptr;
  check(L, env,
        napi_get_all_property_names(env, object, napi_key_own_only, napi_key_enumerable, napi_key_numbers_to_strings,
                                    &names));
  std::uint32_t count = 0;
  check(L, env, napi_get_array_length(env, names, &count));
  lua_createtable(L, 0, static_cast<int>(count < 64 ? count : 64));
  for (std::uint32_t i = 0; i < count; ++i) {
    napi_value name = nullptr;
    napi_value each = nullptr;
    check(L, env, napi_get_element(env, names, i, &name));
    check(L, env, napi_get_property(env, object, name, &each));
    pushText(env, L, name);
    push(crossing, each, depth + 1, false);
    lua_rawset(L, -3);
  }
}

void push(Crossing& crossing, napi_value value, int depth, bool isInList) {
  const auto [env, L, functions, left] = crossing;
  enter(crossing, depth);
  luaL_checkstack(L, 4, nullptr);
  napi_valuetype type = napi_undefined;
  check(L, env, napi_typeof(env, value, &type));
  switch (type) {
    case napi_undefined:
    case napi_null:
      if (isInList) {
        lua_pushlightuserdata(L, nullptr);
      } else {
        lua_pushnil(L);
      }
      return;
    case napi_boolean: {
      bool is = false;
      napi_get_value_bool(env, value, &is);
      lua_pushboolean(L, is ? 1 : 0);
      return;
    }
    case napi_number: {
      double number = 0;
      napi_get_value_double(env, value, &number);
      pushNumber(L, number);
      return;
    }
    case napi_string:
      pushText(env, L, value);
      return;
    case napi_object: {
      bool isList = false;
      check(L, env, napi_is_array(env, value, &isList));
      if (isList) {
        pushList(crossing, value, depth);
      } else {
        pushObject(crossing, value, depth);
      }
      return;
    }
    default:
      luaL_error(L, "a value of this kind cannot go into a script");
  }
}

napi_value textToJs(const Crossing& crossing, int index) {
  std::size_t length = 0;
  const char* text = lua_tolstring(crossing.L, index, &length);
  napi_value result = nullptr;
  check(crossing.L, crossing.env, napi_create_string_utf8(crossing.env, text, length, &result));
  return result;
}

napi_value numberToJs(const Crossing& crossing, int index) {
  napi_value result = nullptr;
  if (lua_isinteger(crossing.L, index) != 0) {
    const lua_Integer whole = lua_tointeger(crossing.L, index);
    if (whole > kLargestWhole || whole < -kLargestWhole)
      luaL_error(crossing.L, "the number %I is too large to leave a script", whole);
    napi_create_double(crossing.env, static_cast<double>(whole), &result);
  } else {
    napi_create_double(crossing.env, lua_tonumber(crossing.L, index), &result);
  }
  return result;
}

napi_value convert(Crossing& crossing, int index, int depth);

napi_value listToJs(Crossing& crossing, int table, lua_Integer length, int depth) {
  const auto [env, L, functions, left] = crossing;
  if (length > left) luaL_error(L, "too many values at once (at most %d)", kMostValues);
  napi_value result = nullptr;
  check(L, env, napi_create_array_with_length(env, static_cast<std::size_t>(length), &result));
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(L, table, i);
    check(L, env, napi_set_element(env, result, static_cast<std::uint32_t>(i - 1), convert(crossing, -1, depth + 1)));
    lua_pop(L, 1);
  }
  return result;
}

napi_value objectToJs(Crossing& crossing, int table, int depth) {
  const auto [env, L, functions, left] = crossing;
  napi_value result = nullptr;
  check(L, env, napi_create_object(env, &result));
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    napi_value value = convert(crossing, -1, depth + 1);
    lua_pop(L, 1);
    const int kind = lua_type(L, -1);
    if (kind != LUA_TSTRING && kind != LUA_TNUMBER) luaL_error(L, "the name of a field must be text");
    // A copy: converting a number in place would confuse lua_next.
    lua_pushvalue(L, -1);
    napi_value name = textToJs(crossing, -1);
    lua_pop(L, 1);
    check(L, env, napi_set_property(env, result, name, value));
  }
  return result;
}

// Whether every key is a place from 1 to the length.
bool isList(lua_State* L, int table, lua_Integer length) {
  if (length == 0) return false;
  lua_Integer count = 0;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    ++count;
    if (lua_isinteger(L, -1) == 0 || count > length) {
      lua_pop(L, 1);
      return false;
    }
  }
  return count == length;
}

napi_value tableToJs(Crossing& crossing, int index, int depth) {
  lua_State* L = crossing.L;
  const int table = lua_absindex(L, index);
  const auto length = static_cast<lua_Integer>(lua_rawlen(L, table));
  if (isList(L, table, length) || hasMark(L, table, kMarkList)) return listToJs(crossing, table, length, depth);
  return objectToJs(crossing, table, depth);
}

napi_value functionToJs(const Crossing& crossing, int index) {
  if (crossing.functions == Functions::refused) luaL_error(crossing.L, "a function cannot leave a script");
  lua_pushvalue(crossing.L, index);
  napi_value result = nullptr;
  napi_value reference = nullptr;
  napi_create_object(crossing.env, &result);
  napi_create_int32(crossing.env, luaL_ref(crossing.L, LUA_REGISTRYINDEX), &reference);
  napi_set_named_property(crossing.env, result, "function", reference);
  return result;
}

napi_value convert(Crossing& crossing, int index, int depth) {
  enter(crossing, depth);
  luaL_checkstack(crossing.L, 6, nullptr);
  napi_value result = nullptr;
  switch (lua_type(crossing.L, index)) {
    case LUA_TNIL:
      napi_get_null(crossing.env, &result);
      return result;
    case LUA_TBOOLEAN:
      napi_get_boolean(crossing.env, lua_toboolean(crossing.L, index) != 0, &result);
      return result;
    case LUA_TNUMBER:
      return numberToJs(crossing, index);
    case LUA_TSTRING:
      return textToJs(crossing, index);
    case LUA_TTABLE:
      return tableToJs(crossing, index, depth);
    case LUA_TFUNCTION:
      return functionToJs(crossing, index);
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata(crossing.L, index) == nullptr) {
        napi_get_null(crossing.env, &result);
        return result;
      }
      break;
    default:
      break;
  }
  luaL_error(crossing.L, "a %s cannot leave a script", luaL_typename(crossing.L, index));
  return result;
}

}  // namespace

void pushText(napi_env env, lua_State* L, napi_value value) {
  std::array<char, 512> small;
  std::size_t length = 0;
  check(L, env, napi_get_value_string_utf8(env, value, small.data(), small.size(), &length));
  // It stops before a character that does not fit: less than three bytes free means that there may be more.
  if (length < small.size() - 4) {
    lua_pushlstring(L, small.data(), length);
    return;
  }
  check(L, env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  if (length > Budget::of(L).limits().stringBytes) luaL_error(L, "a text is too long for a script");
  std::string large(length + 1, '\0');
  check(L, env, napi_get_value_string_utf8(env, value, large.data(), large.size(), &length));
  lua_pushlstring(L, large.data(), length);
}

void pushValue(napi_env env, lua_State* L, napi_value value) {
  Crossing crossing{.env = env, .L = L};
  push(crossing, value, 0, false);
}

napi_value toJs(napi_env env, lua_State* L, int index, Functions functions) {
  Crossing crossing{.env = env, .L = L, .functions = functions};
  return convert(crossing, index, 0);
}

}  // namespace segue::lua
