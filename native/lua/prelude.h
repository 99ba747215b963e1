// What every script finds besides the libraries, written in Lua itself, so that it counts as the script's own work:
// api, rule, chain, route, may, reply, fail, list, and the validation of bodies. Data only.
#pragma once
#include <string_view>

namespace segue::lua {

// A chunk: given the table of marks (metatables that tell values apart), it returns the function "definitions".
extern const std::string_view kPrelude;

// Where the marks are in the registry, and their names.
inline constexpr const char* kMarks = "segue.marks";
inline constexpr const char* kMarkList = "list";
inline constexpr const char* kMarkReply = "reply";
inline constexpr const char* kMarkRefusal = "refusal";
inline constexpr const char* kMarkBody = "body";

}  // namespace segue::lua
