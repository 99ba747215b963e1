// What a script returns, as a row of numbers in memory that JavaScript sees, and texts it knows: making objects through
// Node-API costs several times what JavaScript needs to make them from this (daemon/adapters/script/tape.ts).
#pragma once
#include <node_api.h>

#include <cstddef>

#include "lua/lua_api.h"

namespace segue::lua {

class Tape {
 public:
  Tape() = default;
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  // Gives `script` its properties tape and texts. False: JavaScript has no memory.
  bool attach(napi_env env, napi_value script);
  // The value at `index`: itself if it is no table; else it is on the tape, and the answer is `texts`. Null: it does
  // not fit, or is one of the rarer things. Within a protected call.
  napi_value write(lua_State* L, int index);

 private:
  bool put(double number);
  bool putValue(lua_State* L, int index, int depth);
  bool putTable(lua_State* L, int table, int depth);
  bool putText(lua_State* L, int index, bool isName);

  napi_env env_ = nullptr;
  double* cells_ = nullptr;
  std::size_t used_ = 0;
  napi_ref tape_ = nullptr;
  napi_ref texts_ = nullptr;
  napi_value textsNow_ = nullptr;
  // Where Lua's table of them is on the stack, while a value is written.
  int textsAt_ = 0;
  // Texts that stay, and those of this value alone, which come after them.
  int known_ = 0;
  int fresh_ = 0;
};

}  // namespace segue::lua
