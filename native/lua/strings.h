// The string library of a script: Lua's own where that is bounded, ours where it is not (find, match, gmatch, gsub, rep).
// Everything takes instructions in proportion to the bytes it looks at. Main thread.
#pragma once
#include "lua/lua_api.h"

namespace segue::lua {

// Leaves the library's table as the global `string`, and as what a string's methods are.
void openStrings(lua_State* L);
// Lua's own utf8 library, charged.
void openUtf8(lua_State* L);

}  // namespace segue::lua
