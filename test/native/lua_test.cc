// What scripts find: the bounded string and table functions do what Lua's manual says, nothing reaches outside, errors
// name script and line, and a request is answered.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "lua/context.h"
#include "lua_rig.h"

using namespace segue::lua;

TEST_CASE("find, match, gmatch and gsub are those of the manual") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"('hello world'):find('o w')", "5 7"},
      {"('hello'):find('l', 4)", "4 4"},
      {"('hello'):find('l', -2)", "4 4"},
      {"('hello'):find('xyz')", "nil"},
      {"('hello'):find('', 6)", "6 5"},
      {"('hello'):find('', 7)", "nil"},
      {"('a.b'):find('.', 1, true)", "2 2"},
      {"('a+b'):find('+', 1, true)", "2 2"},
      {"('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key value"},
      {"('key = value'):find('(%w+)%s*=')", "1 5 key"},
      {"('2026-11-21'):match('(%d+)-(%d+)-(%d+)')", "2026 11 21"},
      {"('abc'):match('()b()')", "2 3"},
      {"('aaa'):match('a-b')", "nil"},
      {"('aaab'):match('a-b')", "aaab"},
      {"('THE (quick) fox'):find('%((%a+)%)')", "5 11 quick"},
      {"('f(a(b)c)d'):match('%b()')", "(a(b)c)"},
      {"('THE (quick) fox'):gsub('%f[%a]%a+', string.lower)", "the (quick) fox 3"},
      {"('\"it\" \\'s\\''):match('([\"\\'])(.-)%1')", "\" it"},
      {"('abc'):gsub('', '-')", "-a-b-c- 4"},
      {"('abc'):gsub('%w', '%0%0')", "aabbcc 3"},
      {"('abc'):gsub('%w', '%1')", "abc 3"},
      {"('hello world'):gsub('o', '0', 1)", "hell0 world 1"},
      {"('hello'):gsub('l*', 'x')", "xhxexox 4"},
      {"('abc'):gsub('b', '%%')", "a%c 1"},
      {"('$name is $age'):gsub('%$(%w+)', { name = 'Ann', age = 7 })", "Ann is 7 2"},
      {"('abc'):gsub('%w', function(c) return c ~= 'b' and c:upper() or nil end)", "AbC 3"},
      {"('abc'):gsub('^a', 'x')", "xbc 1"},
      {"('[x]'):find('[]]')", "3 3"},
      {"('a-z'):find('[a%-]', 2)", "2 2"},
      {"('x^y'):find('[%^]')", "2 2"},
      {"('x5'):match('[^%a]')", "5"},
      {"('abc123'):match('[a-c]+')", "abc"},
      {"('ab'):match('a?b?c?')", "ab"},
      {"('price: 10$'):match('%d+$')", "nil"},
      {"('a$'):match('a$')", "nil"},
      {"('a$'):match('a%$')", "a$"},
      {"('x'):rep(3, ',')", "x,x,x"},
      {"('x'):rep(0)", ""},
      {"(''):rep(1e9)", ""},
      {"('\\0a\\0'):find('\\0a')", "1 2"},
      {"select('#', ('k=v, a=b'):gsub('(%w)=(%w)', '%2=%1'))", "2"},
  };
  for (const auto& [expression, expected] : cases) {
    CAPTURE(expression);
    CHECK(valueOf(expression) == expected);
  }
  CHECK(runText("for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do log(k .. v) end").said == "a1\nb2\n");
  CHECK(runText("for w in ('one two'):gmatch('%a*') do log('<' .. w .. '>') end").said == "<one>\n<two>\n");
  CHECK(runText("for at in ('abc'):gmatch('()') do log(tostring(at)) end").said == "1\n2\n3\n4\n");
}

TEST_CASE("a pattern that is wrong is said, not read past its end") {
  for (const char* pattern : {"%", "[a", "[%", "[^", "[]", "(a", ".)", "%1", "(%1)", "%b", "%bx", "%f", "%fa", "[a-"}) {
    CAPTURE(pattern);
    const Ran ran = runText(std::string("('aaa'):find('") + pattern + "')");
    CHECK(ran.outcome == Outcome::failed);
    CHECK(ran.said.rfind("test.lua:1: ", 0) == 0);
  }
  CHECK(runText("('a'):gsub('a', '%2')").outcome == Outcome::failed);
  CHECK(runText("('a'):gsub('a', '%')").outcome == Outcome::failed);
  CHECK(runText("('a'):gsub('a', function() return {} end)").outcome == Outcome::failed);
}

TEST_CASE("tables") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"table.concat({ 1, 2, 3 }, '-')", "1-2-3"},
      {"table.concat({ 1, 2, 3 }, '-', 2)", "2-3"},
      {"table.concat({})", ""},
      {"table.unpack({ 1, 2, 3 }, 2)", "2 3"},
      {"table.remove({ 1, 2, 3 }, 1)", "1"},
      {"table.remove({ 1, 2, 3 })", "3"},
      {"table.remove({})", "nil"},
      {"table.pack(1, nil, 3).n", "3"},
      {"table.unpack(table.move({ 1, 2, 3 }, 1, 3, 2))", "1 1 2 3"},
      {"table.unpack(table.move({ 1, 2, 3 }, 2, 3, 1))", "2 3 3"},
      {"#table.move({ 1, 2, 3 }, 1, 3, 1, {})", "3"},
  };
  for (const auto& [expression, expected] : cases) {
    CAPTURE(expression);
    CHECK(valueOf(expression) == expected);
  }
  CHECK(runText("local t = { 3, 1, 2 } table.sort(t) log(table.concat(t))").said == "123\n");
  CHECK(runText("local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) log(table.concat(t))").said ==
        "321\n");
  CHECK(runText("local t = { 1, 3 } table.insert(t, 2, 2) table.insert(t, 4) log(table.concat(t))").said == "1234\n");
  CHECK(runText("table.insert({}, 5, 1)").outcome == Outcome::failed);
  CHECK(runText("table.sort({ 1, 2, 'x' })").outcome == Outcome::failed);
}

TEST_CASE("nothing reaches outside") {
  for (const char* name : {"io", "load", "loadfile", "loadstring", "dofile", "require", "package", "debug",
                           "collectgarbage", "print", "string.dump", "string.pack", "os.execute", "os.getenv",
                           "os.remove", "os.rename", "os.exit", "os.tmpname", "os.setlocale"}) {
    CAPTURE(name);
    CHECK(valueOf(name) == "nil");
  }
  CHECK(valueOf("type(os.time())") == "number");
  CHECK(valueOf("getmetatable('')") == "false");
  CHECK(runText("setmetatable({}, { __gc = function() end })").outcome == Outcome::failed);
  // What is compiled is text, never bytecode.
  CHECK(runText("\x1bLua").outcome == Outcome::failed);
}

TEST_CASE("errors name the script and the line") {
  CHECK(runText("local a = 1\nlocal b = a.b.c").said.rfind("test.lua:2: ", 0) == 0);
  CHECK(runText("local a = = 1").said.rfind("test.lua:1: ", 0) == 0);
  CHECK(runText("error({})").said == "an error that is no text: table");
  CHECK(runText("log(tostring(pcall(error, 'x')))").said == "false\n");
  CHECK(runText("log(tostring(select(2, xpcall(error, function(m) return m .. '!' end, 'x'))))").said == "x!\n");
  CHECK(runText("log(tostring(select('#', pcall(function(...) return ... end, 1, nil))))").said == "3\n");
}

TEST_CASE("a coroutine may yield across pcall") {
  CHECK(runText("local co = coroutine.wrap(function() log(select(2, pcall(function() return coroutine.yield('a') end)))"
                " return 'c' end) log(co()) log(co('b'))")
            .said == "a\nb\nc\n");
}

namespace {

class FixedSource : public RequestSource {
 public:
  void push(lua_State* L, Field field) override {
    ++asked[static_cast<int>(field)];
    lua_newtable(L);
    lua_pushinteger(L, 7);
    lua_setfield(L, -2, field == Field::body ? "volume" : "id");
  }
  int asked[kFields] = {0, 0, 0, 0};
};

struct Call {
  Request request;
  std::string answer;
};

// Runs the global functions `before`, `handler` and `after`; the answer as the global `show` writes it.
void runCall(lua_State* L, void* job) {
  auto& call = *static_cast<Call*>(job);
  int before = LUA_NOREF;
  int after = LUA_NOREF;
  const auto referTo = [L](const char* name) {
    return lua_getglobal(L, name) == LUA_TFUNCTION ? luaL_ref(L, LUA_REGISTRYINDEX) : (lua_pop(L, 1), LUA_NOREF);
  };
  before = referTo("before");
  after = referTo("after");
  call.request.handler = referTo("handler");
  call.request.before = &before;
  call.request.beforeCount = before == LUA_NOREF ? 0 : 1;
  call.request.after = &after;
  call.request.afterCount = after == LUA_NOREF ? 0 : 1;
  lua_getglobal(L, "show");
  serve(L, call.request);
  lua_call(L, 1, 1);
  call.answer = lua_tostring(L, -1);
}

constexpr const char* kShow =
    "function show(v) if type(v) ~= 'table' then return tostring(v) end local names = {} "
    "for k in pairs(v) do table.insert(names, tostring(k)) end table.sort(names) "
    "for i, k in ipairs(names) do names[i] = k .. '=' .. show(v[k] == nil and v[tonumber(k)] or v[k]) end "
    "return '{' .. table.concat(names, ' ') .. '}' end\n";

struct Answered {
  Outcome outcome;
  std::string text;
};

Answered answer(State& state, FixedSource& source) {
  Call call{.request = {.method = "GET", .path = "/x/things/7", .source = &source}, .answer = ""};
  const Outcome outcome = state.run(runCall, &call);
  return {outcome, outcome == Outcome::ok ? call.answer : state.message()};
}

}  // namespace

TEST_CASE("ctx computes what is asked for, once, and is over after the request") {
  const auto state = State::open({});
  FixedSource source;
  REQUIRE(runIn(*state, std::string(kShow) +
                            "function before(ctx) ctx.who = 'me' end\n"
                            "function handler(ctx) kept = ctx return { ctx.method, ctx.path, ctx:params().id, "
                            "ctx:params().id, ctx.who, ctx.nothing } end")
              .outcome == Outcome::ok);
  CHECK(answer(*state, source).text == "{1=GET 2=/x/things/7 3=7 4=7 5=me}");
  CHECK(source.asked[static_cast<int>(Field::params)] == 1);
  CHECK(source.asked[static_cast<int>(Field::headers)] == 0);
  CHECK(source.asked[static_cast<int>(Field::body)] == 0);
  CHECK(runIn(*state, "log(kept.method)").said.find("over") != std::string::npos);
  // The next request finds nothing of this one.
  CHECK(answer(*state, source).text == "{1=GET 2=/x/things/7 3=7 4=7 5=me}");
  CHECK(source.asked[static_cast<int>(Field::params)] == 2);
  CHECK(runIn(*state, "getmetatable(kept).__index = 1").outcome == Outcome::failed);
}

TEST_CASE("before answers instead, after replaces, and a refusal is an answer") {
  FixedSource source;
  const auto shown = [&](const std::string& script) {
    const auto state = State::open({});
    REQUIRE(runIn(*state, kShow + script).outcome == Outcome::ok);
    return answer(*state, source).text;
  };
  CHECK(shown("function before() return 'early' end function handler() return 'late' end") == "early");
  CHECK(shown("function handler() return 'a' end function after(ctx, answer) return answer .. 'b' end") == "ab");
  CHECK(shown("function handler() return 'a' end function after() end") == "a");
  CHECK(shown("function handler() fail(403, 'not you') end") == "{body={error=REFUSED message=not you} status=403}");
  CHECK(shown("function handler() log(nil) end").find("test.lua:2: bad argument") == 0);
}

TEST_CASE("expect checks everything and collects every problem") {
  FixedSource source;
  const auto shown = [&](const std::string& body, const std::string& schema) {
    const auto state = State::open({});
    const std::string script = "function handler(ctx) local body = ctx:body() body.volume = nil for k, v in pairs(" +
                               body + ") do body[k] = v end return body:expect(" + schema + ") end";
    REQUIRE(runIn(*state, kShow + script).outcome == Outcome::ok);
    return answer(*state, source).text;
  };
  CHECK(shown("{ name = 'x', more = 1 }", "{ name = 'text' }") == "{name=x}");
  CHECK(shown("{}", "{ volume = { type = 'number', default = 0.5 } }") == "{volume=0.5}");
  CHECK(shown("{ n = 3.0 }", "{ n = 'number' }") == "{n=3.0}");
  CHECK(shown("{ tags = { 'a', 'b' } }", "{ tags = { items = 'text' } }") == "{tags={1=a 2=b}}");
  const std::string all = shown(
      "{ volume = 2, mood = 'grey', code = 'x', tags = { 1, 'b' }, guest = { age = '7' } }",
      "{ volume = { type = 'number', min = 0, max = 1 }, mood = { enum = { 'calm', 'bright' } }, name = { required = true },"
      "  code = { type = 'text', pattern = '^%d+$' }, tags = { items = 'text' }, "
      "  guest = { fields = { age = 'integer', name = { required = true } } } }");
  for (const char* problem :
       {"status=400", "7 of the fields", "field=volume problem=must be at most 1", "must be one of calm, bright",
        "field=name problem=is missing", "field=code problem=does not have the form", "field=tags[1] problem=must be text",
        "field=guest.age problem=must be a whole number", "field=guest.name problem=is missing"}) {
    CAPTURE(problem);
    CAPTURE(all);
    CHECK(all.find(problem) != std::string::npos);
  }
}
