// What a script finds among its globals. Main thread. Nothing here reaches outside the state: no files, no processes,
// no loading of code, no collecting on demand, no finalizers (Lua runs those without the hook that counts).
#pragma once
#include "lua/lua_api.h"

namespace segue::lua {

// Everything. To be called once, in a protected call.
void openLibraries(lua_State* L);

// Its parts.
void openBase(lua_State* L);
void openCoroutines(lua_State* L);
void openTables(lua_State* L);
// `math` and what is harmless of `os`: time, date, difftime, clock.
void openPlain(lua_State* L);

}  // namespace segue::lua
