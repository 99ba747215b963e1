// The fields of a request as JavaScript provides them, one at a time, when a script asks. Main thread.
#pragma once
#include <node_api.h>

#include <array>

#include "lua/context.h"

namespace segue::lua {

// Calls provide(field), which gives the value; of a body {value}, or {refuse: status, message}.
class JsSource : public RequestSource {
 public:
  JsSource(napi_env env, napi_value provide) : env_(env), provide_(provide) {}
  void push(lua_State* L, Field field) override;

 private:
  int refusalOf(napi_value& value, std::array<char, 256>& message) const;

  napi_env env_;
  napi_value provide_;
};

}  // namespace segue::lua
