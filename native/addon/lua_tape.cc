// See lua_tape.h. A value is a kind and what belongs to it: 0 null, 1 false, 2 true, 3 and a number, 4 and the place of a
// text, 5 and a count and that many values, 6 and a count and that many pairs of the place of a text and a value.
#include "addon/lua_tape.h"

#include "lua/context.h"
#include "lua/prelude.h"

namespace segue::lua {

namespace {

constexpr std::size_t kCells = 2048;
constexpr int kMostKnown = 512;
constexpr std::size_t kLongestKnown = 40;
constexpr int kMostDepth = 8;
constexpr lua_Integer kLargestWhole = lua_Integer{1} << 53;
// Where the known texts and their places are in the registry: under this address.
constexpr char kTexts = 0;

enum Kind : int { kNull = 0, kFalse, kTrue, kNumber, kText, kList, kObject };

void pushTexts(lua_State* L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kTexts) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kTexts);
}

}  // namespace

Tape::~Tape() {
  if (tape_ != nullptr) napi_delete_reference(env_, tape_);
  if (texts_ != nullptr) napi_delete_reference(env_, texts_);
}

bool Tape::attach(napi_env env, napi_value script) {
  env_ = env;
  napi_value buffer = nullptr;
  napi_value tape = nullptr;
  napi_value texts = nullptr;
  void* data = nullptr;
  const bool isMade = napi_create_arraybuffer(env, kCells * sizeof(double), &data, &buffer) == napi_ok &&
                      napi_create_typedarray(env, napi_float64_array, kCells, buffer, 0, &tape) == napi_ok &&
                      napi_create_array(env, &texts) == napi_ok &&
                      napi_set_named_property(env, script, "tape", tape) == napi_ok &&
                      napi_set_named_property(env, script, "texts", texts) == napi_ok &&
                      napi_create_reference(env, tape, 1, &tape_) == napi_ok &&
                      napi_create_reference(env, texts, 1, &texts_) == napi_ok;
  cells_ = static_cast<double*>(data);
  return isMade;
}

napi_value Tape::write(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) return nullptr;
  used_ = 0;
  fresh_ = 0;
  napi_get_reference_value(env_, texts_, &textsNow_);
  const int top = lua_gettop(L);
  const int table = lua_absindex(L, index);
  pushTexts(L);
  textsAt_ = lua_gettop(L);
  const bool fits = putTable(L, table, 0);
  lua_settop(L, top);
  return fits ? textsNow_ : nullptr;
}

bool Tape::put(double number) {
  if (used_ >= kCells) return false;
  cells_[used_++] = number;
  return true;
}

bool Tape::putValue(lua_State* L, int index, int depth) {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
      return put(lua_toboolean(L, index) != 0 ? kTrue : kFalse);
    case LUA_TNUMBER: {
      if (lua_isinteger(L, index) != 0) {
        const lua_Integer whole = lua_tointeger(L, index);
        if (whole > kLargestWhole || whole < -kLargestWhole) return false;
      }
      return put(kNumber) && put(lua_tonumber(L, index));
    }
    case LUA_TSTRING:
      return put(kText) && putText(L, index, false);
    case LUA_TTABLE:
      return putTable(L, lua_absindex(L, index), depth);
    default:
      return false;
  }
}

bool Tape::putTable(lua_State* L, int table, int depth) {
  if (depth >= kMostDepth || lua_checkstack(L, 6) == 0) return false;
  const auto length = static_cast<lua_Integer>(lua_rawlen(L, table));
  const std::size_t head = used_;
  if (!put(length > 0 ? kList : kObject) || !put(0)) return false;
  if (length == 0 && hasMark(L, table, kMarkList)) cells_[head] = kList;
  lua_Integer count = 0;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    ++count;
    if (length > 0) {
      // In order, as lua_next goes through a plain list; anything else is left to the other way.
      if (lua_isinteger(L, -2) == 0 || lua_tointeger(L, -2) != count) return false;
    } else if (lua_type(L, -2) != LUA_TSTRING || !putText(L, -2, true)) {
      return false;
    }
    if (!putValue(L, -1, depth + 1)) return false;
    lua_pop(L, 1);
  }
  if (length > 0 && count != length) return false;
  cells_[head + 1] = static_cast<double>(count);
  return true;
}

// Names, and what looks like one, are said to JavaScript once.
bool Tape::putText(lua_State* L, int index, bool isName) {
  const int at = lua_absindex(L, index);
  std::size_t length = 0;
  const char* text = lua_tolstring(L, at, &length);
  const bool mayStay = length <= kLongestKnown && (isName || (length > 0 && text[0] >= 'A' && text[0] <= 'z'));
  if (mayStay) {
    lua_pushvalue(L, at);
    const bool isKnown = lua_rawget(L, textsAt_) == LUA_TNUMBER;
    const auto place = static_cast<double>(lua_tointeger(L, -1));
    lua_pop(L, 1);
    if (isKnown) return put(place);
  }
  const bool stays = mayStay && known_ < kMostKnown;
  const int place = stays ? known_ : kMostKnown + fresh_;
  napi_value js = nullptr;
  if (napi_create_string_utf8(env_, text, length, &js) != napi_ok ||
      napi_set_element(env_, textsNow_, static_cast<std::uint32_t>(place), js) != napi_ok)
    return false;
  if (stays) {
    lua_pushvalue(L, at);
    lua_pushinteger(L, place);
    lua_rawset(L, textsAt_);
    ++known_;
  } else {
    ++fresh_;
  }
  return put(place);
}

}  // namespace segue::lua
