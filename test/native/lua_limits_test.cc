// Whatever a script does, it ends: endless loops, patterns that explode, gigabytes, recursion, and whatever tries to
// swallow the limit. No time is asserted: each ends by a limit, or the test program does not end.
#include <doctest/doctest.h>

#include <string>

#include "lua_rig.h"

using namespace segue::lua;

namespace {

void checkStops(const char* source) {
  CAPTURE(source);
  const Ran ran = runText(source);
  CAPTURE(ran.said);
  CHECK(ran.outcome == Outcome::limit);
}

// Ends with an ordinary error, or by a limit.
void checkEnds(const char* source) {
  CAPTURE(source);
  CHECK(runText(source).outcome != Outcome::ok);
}

}  // namespace

TEST_CASE("loops without end") {
  checkStops("while true do end");
  checkStops("::again:: goto again");
  checkStops("local function f() return f() end f()");
  checkStops("repeat local a = ('x'):upper() until false");
  checkStops("for i = 1, math.huge do end");
  checkStops("local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) while true do pcall(function() return t[1] end) end");
}

TEST_CASE("a limit cannot be swallowed") {
  checkStops("while true do pcall(function() while true do end end) end");
  checkStops("while true do xpcall(function() while true do end end, function() while true do end end) end");
  checkStops("while true do local co = coroutine.create(function() while true do end end) coroutine.resume(co) end");
  checkStops("while true do pcall(coroutine.wrap(function() while true do end end)) end");
  checkStops("coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function() while true do end "
             "end }) while true do end end)()");
  checkStops("local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() while "
             "true do end end }) while true do end end) pcall(coroutine.resume, co) coroutine.close(co)");
  checkStops("local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end");
  checkStops("while true do pcall(error) end");
  checkStops("pcall(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) "
             "while true do end end) while true do end");
  checkStops("local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() "
             "while true do end end }) coroutine.yield() end) coroutine.resume(co) coroutine.close(co) while true do end");
  checkStops("while true do pcall(string.rep, 'x', 100000) pcall(function() local t = {} while true do t[#t + 1] = "
             "{} end end) end");
  checkStops("local all = {} pcall(function() while true do all[#all + 1] = {} end end) while true do end");
}

TEST_CASE("patterns that explode") {
  for (const char* call : {"s:find(p)", "s:match(p)", "s:gsub(p, '')", "s:gmatch(p)()"}) {
    const std::string text(call);
    checkStops(("local s, p = ('a'):rep(40) .. 'b', ('a?'):rep(40) .. ('a'):rep(41) " + std::string("return ") + text).c_str());
    checkStops(("local s, p = ('x'):rep(2000), ('.-'):rep(8) .. 'y' return " + text).c_str());
    checkStops(("local s, p = ('a'):rep(20000), ('a*'):rep(6) .. 'b' return " + text).c_str());
    checkStops(("local s, p = ('a'):rep(100000), '(.-)b' return " + text).c_str());
    checkStops(("local s, p = ('('):rep(100000), '%b()' return " + text).c_str());
    checkStops(("local s, p = ('a'):rep(60000), '(a*)(a*)%1%2b' return " + text).c_str());
    checkEnds(("local s, p = 'a', ('('):rep(1000) .. 'a' return " + text).c_str());
    checkEnds(("local s, p = ('a'):rep(5000), ('a?'):rep(5000) .. 'b' return " + text).c_str());
  }
  checkStops("local s, p = ('a'):rep(60000) .. 'b', ('a'):rep(60000) .. 'c' while true do s:find(p, 1, true) end");
  checkStops("local body = ('a'):rep(100000) while true do body:gsub('a', '%0%0') end");
}

TEST_CASE("a gigabyte") {
  checkEnds("return ('x'):rep(1e9)");
  checkEnds("return ('x'):rep(1e9, ',')");
  checkEnds("return ('x'):rep(-1 >> 1)");
  checkStops("local s = 'x' while true do s = s .. s end");
  checkStops("local t = {} for i = 1, 1e9 do t[i] = i end");
  checkStops("local t = {} for i = 1, 1e9 do t[i .. ''] = {} end");
  checkEnds("local t = {} for i = 1, 1e5 do t[i] = ('x'):rep(1000) end return table.concat(t)");
  checkEnds("return ('%99d'):rep(10000):format(table.unpack({}, 1, 10000))");
  checkEnds("return string.char(table.unpack({}, 1, 1e7))");
  checkEnds("return table.unpack({}, 1, 1e8)");
  checkEnds("return table.unpack({}, -1 >> 1, math.mininteger)[1]");
  checkEnds("return table.concat({}, 'x', 1, 1e9)");
  checkEnds("return ('x'):rep(1000):gsub('x', ('y'):rep(1000))");
  checkStops("while true do local a = ('x'):rep(60000) .. ('y'):rep(60000) end");
}

TEST_CASE("work in C that no hook sees") {
  checkStops("local t = {} for i = 1, 20000 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end");
  checkEnds("table.move({}, 1, 1e15, 2)");
  checkStops("while true do table.move({}, 1, 1e5, 2) end");
  checkEnds("table.sort({ 3, 1, 2 }, rawequal)");
  checkEnds("table.sort(setmetatable({}, { __len = function() return 1e9 end }))");
  checkStops("local t = {} for i = 1, 5000 do t[i] = i % 7 end while true do table.sort(t) end");
  checkStops("local t = {} for i = 1, 500 do t[i] = ('\\0'):rep(100000) end table.sort(t) while true do table.sort(t) end");
  checkEnds("local t = {} for i = 1, 300 do t[i] = i end table.sort(t, function(a, b) return true end) error('x')");
  checkStops("while true do tonumber((' '):rep(100000)) end");
  checkStops("while true do utf8.len(('x'):rep(100000)) end");
  checkStops("while true do os.date(('%c'):rep(100)) end");
  checkStops("local a, b = ('\\0'):rep(100000), ('\\0'):rep(100000) .. 'x' while true do local c = a < b end");
  checkStops("local t = {} for i = 1, 50000 do t[i] = i end while true do local k = next(t) t[k] = nil t[k] = 1 end");
}

TEST_CASE("deep recursion") {
  checkEnds("local function f(n) return 1 + f(n + 1) end f(1)");
  checkEnds("local function f() return pcall(f) end while true do f() end");
  checkEnds("local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x.y");
  checkEnds("local s = 'x' local function f() return (s:gsub('x', f)) end error(f())");
  checkEnds("local function f() coroutine.wrap(f)() end f()");
  checkEnds("local t = table.pack(('return '):rep(1)) error(('('):rep(100000))");
  checkEnds(("return " + std::string(100000, '(') + "1" + std::string(100000, ')')).c_str());
  checkEnds(("return " + std::string(100000, '{')).c_str());
}

TEST_CASE("after a limit nothing of that state runs") {
  const auto state = State::open({});
  CHECK(runIn(*state, "x = 1 while true do end").outcome == Outcome::limit);
  CHECK(runIn(*state, "log('alive')").outcome == Outcome::limit);
  CHECK(state->message() == "this script was stopped by a limit");
}

TEST_CASE("what a limit says, and that it is counted for each call anew") {
  const auto state = State::open({.instructions = 10'000});
  for (int i = 0; i < 50; ++i) REQUIRE(runIn(*state, "for i = 1, 1000 do end").outcome == Outcome::ok);
  CHECK(runIn(*state, "\nfor i = 1, 100000 do end").said == "test.lua:2: too many instructions in one call");
  CHECK(runText("local s = 'x' while true do s = s .. s end").said.find("memory") != std::string::npos);
}

TEST_CASE("states do not see one another") {
  const auto one = State::open({});
  const auto two = State::open({});
  REQUIRE(runIn(*one, "shared = 1 string.find = nil").outcome == Outcome::ok);
  CHECK(runIn(*two, "log(tostring(shared), 1) log(tostring(string.find ~= nil))").said == "nil\ntrue\n");
}

TEST_CASE("memory is given back") {
  const auto state = State::open({});
  const std::size_t before = state->usedBytes();
  MESSAGE("an empty state takes ", before, " bytes");
  CHECK(before < 128 * 1024);
  for (int i = 0; i < 200; ++i)
    REQUIRE(runIn(*state, "local t = {} for i = 1, 1000 do t[i] = { i } end").outcome == Outcome::ok);
  CHECK(state->usedBytes() < before + 512 * 1024);
}

TEST_CASE("too little memory for the libraries is no state") {
  CHECK(State::open({.memoryBytes = 4096}) == nullptr);
  for (std::size_t bytes = 1024; bytes < 64 * 1024; bytes += 512) State::open({.memoryBytes = bytes});
}
