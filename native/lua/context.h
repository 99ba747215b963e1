// The request as a route sees it: `ctx`. One userdata a state, used again for each request; its methods are registered
// once, on one metatable, and compute only what is asked for. Main thread, no Node.
#pragma once
#include <cstdint>
#include <string_view>

#include "lua/lua_api.h"

namespace segue::lua {

enum class Field : std::uint8_t { headers = 0, query, params, body };
inline constexpr int kFields = 4;

// Where the fields of a request come from.
class RequestSource {
 public:
  virtual ~RequestSource() = default;
  // Pushes one value; may raise an error in Lua, or refuse (see refuse).
  virtual void push(lua_State* L, Field field) = 0;
};

struct Request {
  std::string_view method;
  std::string_view path;
  RequestSource* source = nullptr;
  // Functions in the registry: before (outermost first), the handler, after (innermost first).
  const int* before = nullptr;
  int beforeCount = 0;
  int handler = 0;
  const int* after = nullptr;
  int afterCount = 0;
};

// Creates the context and its metatable. Once a state.
void openContext(lua_State* L);

// Runs a request: leaves one value on the stack, the answer. What a function refuses (fail, expect) is an answer too;
// any other error goes on. A before function that returns something answers; an after function that returns something
// replaces the answer. Within State::run.
void serve(lua_State* L, const Request& request);

// Ends the request with a status and a sentence.
void refuse(lua_State* L, int status, const char* message);

// Whether the value at `index` has the metatable of this name among the marks.
bool hasMark(lua_State* L, int index, const char* mark);

}  // namespace segue::lua
