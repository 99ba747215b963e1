// Scripts broken at random: whatever comes of them, the host stands. Every script is some good one with tokens swapped,
// doubled, dropped or replaced, so that much of it still runs. Deterministic; SEGUE_SCRIPT_MUTATIONS says how many.
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "lua_rig.h"

using namespace segue::lua;

namespace {

const std::vector<std::string>& scripts() {
  static const std::vector<std::string> all = {
      "local t = { } for i = 1 , 20 do t [ i ] = ( 'x' ) : rep ( i ) end table . sort ( t , function ( a , b ) return # a "
      "> # b end ) log ( table . concat ( t , ',' ) )",
      "local s = 'key = value; other = (a(b)c)' for k , v in s : gmatch ( '(%w+)%s*=%s*([^;]*)' ) do log ( k .. v ) end "
      "log ( ( s : gsub ( '%b()' , function ( x ) return x : upper ( ) end ) ) ) return s : find ( '%f[%a]o.-r' , 1 )",
      "local co = coroutine . wrap ( function ( a ) local b = coroutine . yield ( a + 1 ) error ( b ) end ) log ( co ( 1 ) "
      ") log ( tostring ( pcall ( co , { } ) ) )",
      "local m = setmetatable ( { } , { __index = function ( t , k ) return k .. '!' end , __close = function ( ) log ( "
      "'closed' ) end } ) do local x < close > = m end log ( m . a ) xpcall ( function ( ) error ( { } ) end , tostring )",
      "local t = table . pack ( table . unpack ( { 1 , 2 , 3 } , 1 , 3 ) ) table . insert ( t , 2 , 9 ) table . remove ( t , "
      "1 ) table . move ( t , 1 , # t , 2 ) log ( string . format ( '%5.2f %s %q' , t [ 1 ] , t [ 2 ] , 'a\\nb' ) )",
      "function api . things . p_id . get ( ctx ) return { id = ctx : params ( ) . id } end rule { name = 'R' , act = "
      "function ( row ) return { { 'A.b' , { x = row . x } } } end } log ( utf8 . char ( 228 , 8364 ) ) log ( "
      "tostring ( utf8 . codepoint ( 'x' , 1 ) ) )",
  };
  return all;
}

std::vector<std::string> tokensOf(const std::string& text) {
  std::vector<std::string> tokens(1);
  for (const char c : text) {
    if (c == ' ') {
      tokens.emplace_back();
    } else {
      tokens.back().push_back(c);
    }
  }
  return tokens;
}

std::string mutated(std::mt19937& random) {
  static const std::vector<std::string> values = {
      "0", "-1", "1e9", "math.huge", "math.mininteger", "nil", "{}", "''", "'%'", "'[%'", "'.-.-.-x'", "'\\0'", "_G", "pcall",
      "coroutine.running()", "function() end", "function() while true do end end", "('x'):rep(1e5)", "setmetatable({}, {})"};
  static const std::vector<std::string> more = {
      "0",     "-1",    "1e9",   "math.huge", "math.mininteger", "nil", "{}",  "''",    "'%'",   "'[%'",  "'%b'", "'.-.-.-x'",
      "(",     ")",     "end",   "while true do", "do",   "..",  "#",   "s",     "t",     "_G",    "log",  "pcall",
      "error", "setmetatable",   "coroutine.close",      "coroutine.running()", "string.rep", "goto x", "::x::", "'\\0'"};
  const auto pick = [&random](std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random); };
  std::vector<std::string> tokens = tokensOf(scripts()[pick(scripts().size())]);
  // A value in place of a value leaves most of a script in order.
  for (int tries = 0; tries < 8; ++tries) {
    std::string& token = tokens[pick(tokens.size())];
    if (token.empty() || std::string("0123456789'stab").find(token[0]) == std::string::npos) continue;
    token = values[pick(values.size())];
    break;
  }
  const std::size_t changes = pick(3);
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t at = pick(tokens.size());
    switch (pick(5)) {
      case 0:
        tokens[at] = more[pick(more.size())];
        break;
      case 1:
        std::swap(tokens[at], tokens[pick(tokens.size())]);
        break;
      case 2:
        tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(at), more[pick(more.size())]);
        break;
      case 3:
        tokens[at] = tokens[pick(tokens.size())];
        break;
      default:
        if (!tokens[at].empty()) tokens[at][pick(tokens[at].size())] = static_cast<char>(pick(256));
        break;
    }
  }
  std::string text;
  for (const std::string& token : tokens) text += token + ' ';
  return text;
}

void readDefinitions(lua_State* L, void* /*job*/) { State::pushDefinitions(L); }

}  // namespace

TEST_CASE("unbroken they run") {
  for (const std::string& text : scripts()) {
    const Ran ran = runText(text);
    CAPTURE(ran.said);
    CHECK(ran.outcome == Outcome::ok);
  }
}

TEST_CASE("broken scripts end, and the host stands") {
  const char* given = std::getenv("SEGUE_SCRIPT_MUTATIONS");
  const int count = given == nullptr ? 1000 : std::atoi(given);
  std::mt19937 random(20261121);
  int ok = 0;
  int failed = 0;
  int limited = 0;
  for (int i = 0; i < count; ++i) {
    const std::string text = mutated(random);
    const auto state = State::open({.memoryBytes = std::size_t{1} << 20, .instructions = 50'000});
    REQUIRE(state != nullptr);
    const Outcome outcome = state->load("fuzz.lua", text);
    ok += outcome == Outcome::ok ? 1 : 0;
    failed += outcome == Outcome::failed ? 1 : 0;
    limited += outcome == Outcome::limit ? 1 : 0;
    if (outcome == Outcome::failed) CHECK(!state->message().empty());
    if (outcome != Outcome::limit) state->run(readDefinitions, nullptr);
    CHECK(state->usedBytes() <= std::size_t{1} << 20);
  }
  MESSAGE(ok, " ran, ", failed, " failed, ", limited, " were stopped by a limit");
  // Otherwise the mutations would prove nothing.
  CHECK(ok > count / 20);
  CHECK(failed > count / 20);
  CHECK(limited > 0);
}
