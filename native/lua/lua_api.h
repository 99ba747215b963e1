// Lua's headers, for the library as it is named: Debian 12 gives the functions of the C++ build the names of C, Debian 13 those of
// C++. CMakeLists.txt finds out by linking with it.
#pragma once
#ifdef SEGUE_LUA_HAS_C_NAMES
#include <lua.hpp>
#else
#include <lua.h>
// They need lua.h before them.
#include <lauxlib.h>
#include <lualib.h>
#endif
