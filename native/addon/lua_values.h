// Values between JavaScript and Lua: null, booleans, numbers, text, and shallow lists and objects of these. Whole
// numbers stay whole. Runs within a protected call of Lua: what cannot cross raises an error there.
#pragma once
#include <node_api.h>

#include "lua/lua_api.h"

namespace segue::lua {

// Pushes one value. null and undefined are nil; within a list, `null`, so that places stay.
void pushValue(napi_env env, lua_State* L, napi_value value);
// Text as UTF-8. `value` must be a string.
void pushText(napi_env env, lua_State* L, napi_value value);

// What a function becomes: an error, or {function: reference}.
enum class Functions : bool { refused, referred };

// The value at `index`. An empty table is an object, unless it is marked as a list.
napi_value toJs(napi_env env, lua_State* L, int index, Functions functions = Functions::refused);

}  // namespace segue::lua
