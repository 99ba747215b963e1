// See strings.h.
#include "lua/strings.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "lua/budget.h"
#include "lua/charged.h"
#include "lua/pattern.h"

namespace segue::lua {

namespace {

constexpr std::int64_t kBytesPerUnit = 64;

std::string_view textAt(lua_State* L, int index) {
  std::size_t length = 0;
  const char* text = luaL_checklstring(L, index, &length);
  return {text, length};
}

// Where a search begins, from a position as scripts give it; past the end: size + 1.
std::size_t startOf(lua_State* L, int index, std::size_t size) {
  const lua_Integer at = luaL_optinteger(L, index, 1);
  if (at > 0) return static_cast<std::size_t>(std::min<lua_Integer>(at - 1, static_cast<lua_Integer>(size) + 1));
  if (at == 0 || at < -static_cast<lua_Integer>(size)) return 0;
  return size - static_cast<std::size_t>(-at);
}

struct Search {
  std::string_view subject;
  std::string_view pattern;
  bool isAnchored = false;
};

Search searchOf(std::string_view subject, std::string_view pattern, bool canAnchor) {
  const bool isAnchored = canAnchor && !pattern.empty() && pattern.front() == '^';
  return {subject, isAnchored ? pattern.substr(1) : pattern, isAnchored};
}

Matcher matcherFor(lua_State* L, const Search& search) {
  return {search.subject, search.pattern, Budget::of(L).remaining()};
}

// Charges what the matcher has taken since `before`, a step like an instruction, and raises what is wrong with the pattern.
bool settle(lua_State* L, const Matcher& matcher, Matcher::Status status, std::int64_t before) {
  Budget::of(L).charge(L, 1 + before - matcher.stepsLeft());
  if (status == Matcher::Status::malformed) luaL_error(L, "%s", matcher.problem());
  return status == Matcher::Status::matched;
}

bool matchAt(lua_State* L, Matcher& matcher, std::size_t from) {
  const std::int64_t before = matcher.stepsLeft();
  return settle(L, matcher, matcher.matchAt(from), before);
}

// The first match from `from` on; where it begins, or npos. Charged in pieces, so that time is looked at meanwhile.
std::size_t findFirst(lua_State* L, Matcher& matcher, const Search& search, std::size_t from) {
  constexpr std::int64_t kPiece = 4096;
  std::int64_t before = matcher.stepsLeft();
  for (std::size_t at = from; at <= search.subject.size(); ++at) {
    const Matcher::Status status = matcher.matchAt(at);
    if (status != Matcher::Status::none || before - matcher.stepsLeft() > kPiece) {
      const bool isMatch = settle(L, matcher, status, before);
      before = matcher.stepsLeft();
      if (isMatch) return at;
    }
    if (search.isAnchored) break;
  }
  settle(L, matcher, Matcher::Status::none, before);
  return std::string_view::npos;
}

void pushCapture(lua_State* L, const Matcher& matcher, const Search& search, int index) {
  const Matcher::Capture& capture = matcher.capture(index);
  if (capture.length == Matcher::kPosition) {
    lua_pushinteger(L, static_cast<lua_Integer>(capture.start) + 1);
  } else {
    lua_pushlstring(L, search.subject.data() + capture.start, static_cast<std::size_t>(capture.length));
  }
}

// All captures, or the whole match if there are none. Returns how many values.
int pushCaptures(lua_State* L, const Matcher& matcher, const Search& search, std::size_t start) {
  const int count = matcher.captureCount();
  luaL_checkstack(L, count + 1, "too many captures");
  if (count == 0) {
    lua_pushlstring(L, search.subject.data() + start, matcher.end() - start);
    return 1;
  }
  for (int i = 0; i < count; ++i) pushCapture(L, matcher, search, i);
  return count;
}

int findPlain(lua_State* L, std::string_view subject, std::string_view wanted, std::size_t from) {
  Budget::of(L).charge(L, 1 + static_cast<std::int64_t>(subject.size() + wanted.size()) / kBytesPerUnit);
  // memmem is linear also where prefixes repeat, which std::string_view::find is not.
  const void* found =
      wanted.empty() ? subject.data() + from
                     : memmem(subject.data() + from, subject.size() - from, wanted.data(), wanted.size());
  if (found == nullptr) {
    lua_pushnil(L);
    return 1;
  }
  const lua_Integer start = static_cast<const char*>(found) - subject.data();
  lua_pushinteger(L, start + 1);
  lua_pushinteger(L, start + static_cast<lua_Integer>(wanted.size()));
  return 2;
}

int find(lua_State* L) {
  const std::string_view subject = textAt(L, 1);
  const std::string_view pattern = textAt(L, 2);
  const std::size_t from = startOf(L, 3, subject.size());
  if (from > subject.size()) {
    lua_pushnil(L);
    return 1;
  }
  if (lua_toboolean(L, 4) != 0 || isPlain(pattern)) return findPlain(L, subject, pattern, from);
  const Search search = searchOf(subject, pattern, true);
  Matcher matcher = matcherFor(L, search);
  const std::size_t start = findFirst(L, matcher, search, from);
  if (start == std::string_view::npos) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, static_cast<lua_Integer>(start) + 1);
  lua_pushinteger(L, static_cast<lua_Integer>(matcher.end()));
  return matcher.captureCount() == 0 ? 2 : 2 + pushCaptures(L, matcher, search, start);
}

int match(lua_State* L) {
  const std::string_view subject = textAt(L, 1);
  const Search search = searchOf(subject, textAt(L, 2), true);
  const std::size_t from = startOf(L, 3, subject.size());
  Matcher matcher = matcherFor(L, search);
  const std::size_t start =
      from > subject.size() ? std::string_view::npos : findFirst(L, matcher, search, from);
  if (start != std::string_view::npos) return pushCaptures(L, matcher, search, start);
  lua_pushnil(L);
  return 1;
}

constexpr lua_Integer kNoLastEnd = -1;

// Upvalues: subject, pattern, where to go on, where the last match ended.
int nextMatch(lua_State* L) {
  const std::string_view subject = textAt(L, lua_upvalueindex(1));
  const Search search = searchOf(subject, textAt(L, lua_upvalueindex(2)), false);
  auto from = static_cast<std::size_t>(lua_tointeger(L, lua_upvalueindex(3)));
  const lua_Integer lastEnd = lua_tointeger(L, lua_upvalueindex(4));
  Matcher matcher = matcherFor(L, search);
  while (from <= subject.size()) {
    const std::size_t start = findFirst(L, matcher, search, from);
    if (start == std::string_view::npos) break;
    if (static_cast<lua_Integer>(matcher.end()) == lastEnd) {
      from = start + 1;
      continue;
    }
    lua_pushinteger(L, static_cast<lua_Integer>(matcher.end()));
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return pushCaptures(L, matcher, search, start);
  }
  return 0;
}

int gmatch(lua_State* L) {
  const std::string_view subject = textAt(L, 1);
  textAt(L, 2);
  const std::size_t from = startOf(L, 3, subject.size());
  lua_settop(L, 2);
  lua_pushinteger(L, static_cast<lua_Integer>(from));
  lua_pushinteger(L, kNoLastEnd);
  lua_pushcclosure(L, nextMatch, 4);
  return 1;
}

// What a match is replaced by, as text with %1 to %9 in it. Adds it to the buffer.
void addText(lua_State* L, luaL_Buffer& out, const Matcher& matcher, const Search& search, std::size_t start) {
  const std::string_view text = textAt(L, 3);
  Budget::of(L).charge(L, static_cast<std::int64_t>(text.size()) / kBytesPerUnit);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      luaL_addchar(&out, text[i]);
      continue;
    }
    ++i;
    const char c = i < text.size() ? text[i] : '\0';
    if (c == '%') {
      luaL_addchar(&out, c);
    } else if (c == '0' || (c == '1' && matcher.captureCount() == 0)) {
      luaL_addlstring(&out, search.subject.data() + start, matcher.end() - start);
    } else if (c >= '1' && c <= '9') {
      if (c - '1' >= matcher.captureCount()) luaL_error(L, "invalid capture index %%%c in replacement string", c);
      pushCapture(L, matcher, search, c - '1');
      luaL_addvalue(&out);
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
  }
}

// By a table or a function: nil and false leave the match as it is.
void addLookedUp(lua_State* L, luaL_Buffer& out, const Matcher& matcher, const Search& search, std::size_t start) {
  if (lua_type(L, 3) == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, pushCaptures(L, matcher, search, start), 1);
  } else {
    // The first capture is the key.
    lua_pop(L, pushCaptures(L, matcher, search, start) - 1);
    lua_gettable(L, 3);
  }
  if (lua_toboolean(L, -1) == 0) {
    lua_pop(L, 1);
    luaL_addlstring(&out, search.subject.data() + start, matcher.end() - start);
  } else if (lua_isstring(L, -1) != 0) {
    luaL_addvalue(&out);
  } else {
    luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  }
}

int gsub(lua_State* L) {
  const std::string_view subject = textAt(L, 1);
  const Search search = searchOf(subject, textAt(L, 2), true);
  const int kind = lua_type(L, 3);
  luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                   "string/function/table");
  const lua_Integer most = luaL_optinteger(L, 4, static_cast<lua_Integer>(subject.size()) + 1);
  lua_settop(L, 4);
  Matcher matcher = matcherFor(L, search);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  lua_Integer count = 0;
  std::size_t at = 0;
  lua_Integer lastEnd = kNoLastEnd;
  while (count < most) {
    const bool isMatch = matchAt(L, matcher, at) && static_cast<lua_Integer>(matcher.end()) != lastEnd;
    if (isMatch) {
      ++count;
      if (kind == LUA_TFUNCTION || kind == LUA_TTABLE) {
        addLookedUp(L, out, matcher, search, at);
      } else {
        addText(L, out, matcher, search, at);
      }
      at = matcher.end();
      lastEnd = static_cast<lua_Integer>(at);
    } else if (at < subject.size()) {
      luaL_addchar(&out, subject[at]);
      ++at;
    } else {
      break;
    }
    if (search.isAnchored) break;
  }
  luaL_addlstring(&out, subject.data() + at, subject.size() - at);
  luaL_pushresult(&out);
  lua_pushinteger(L, count);
  return 2;
}

int rep(lua_State* L) {
  const std::string_view text = textAt(L, 1);
  const lua_Integer count = luaL_checkinteger(L, 2);
  std::size_t separatorLength = 0;
  const char* separator = luaL_optlstring(L, 3, "", &separatorLength);
  const std::size_t each = text.size() + separatorLength;
  if (count <= 0 || each == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  const std::size_t most = Budget::of(L).limits().stringBytes;
  if (static_cast<std::size_t>(count) > most / each + 1) return luaL_error(L, "resulting string too large");
  Budget::of(L).charge(L, 1 + count / 8 + static_cast<std::int64_t>(each) * count / kBytesPerUnit);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (lua_Integer i = 0; i < count; ++i) {
    luaL_addlstring(&out, text.data(), text.size());
    if (i + 1 < count) luaL_addlstring(&out, separator, separatorLength);
  }
  luaL_pushresult(&out);
  return 1;
}

}  // namespace

void openStrings(lua_State* L) {
  static const char* const kept[] = {"byte", "char", "format", "len",    "lower", "reverse", "sub",
                                     "upper", nullptr};
  static const char* const charged[] = {"byte", "char", "format", "lower", "reverse", "sub", "upper", nullptr};
  static const luaL_Reg own[] = {{"find", find}, {"match", match}, {"gmatch", gmatch},
                                 {"gsub", gsub}, {"rep", rep},     {nullptr, nullptr}};
  luaL_requiref(L, "string", luaopen_string, 1);
  keepOnly(L, kept);
  chargeFunctions(L, charged);
  luaL_setfuncs(L, own, 0);
  // No script may change what the methods of strings are looked up in.
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 3);
}

void openUtf8(lua_State* L) {
  static const char* const charged[] = {"char", "codepoint", "len", "offset", nullptr};
  luaL_requiref(L, "utf8", luaopen_utf8, 1);
  chargeFunctions(L, charged);
  lua_pop(L, 1);
}

}  // namespace segue::lua
