// Functions of Lua's own libraries that cost what their arguments are long: charged first, then run. Main thread.
#pragma once
#include "lua/lua_api.h"

namespace segue::lua {

// In the table on top of the stack, replaces each of `names` (ends with nullptr) by itself, charged.
void chargeFunctions(lua_State* L, const char* const* names);
// In the table on top of the stack, takes away whatever is not in `names`.
void keepOnly(lua_State* L, const char* const* names);

}  // namespace segue::lua
