// See state.h.
#include "lua/state.h"

#include "lua/context.h"
#include "lua/libraries.h"
#include "lua/prelude.h"

namespace segue::lua {

namespace {

constexpr std::size_t kLogBytes = 4096;
constexpr const char* kDefinitions = "segue.definitions";

struct Entry {
  State::Work work;
  void* job;
};

struct Chunk {
  const std::string* name;
  std::string_view source;
};

void loadChunk(lua_State* L, void* job) {
  const auto& chunk = *static_cast<const Chunk*>(job);
  const std::string name = "=" + *chunk.name;
  if (luaL_loadbufferx(L, chunk.source.data(), chunk.source.size(), name.c_str(), "t") != LUA_OK) lua_error(L);
  lua_call(L, 0, 0);
}

}  // namespace

std::unique_ptr<State> State::open(const Limits& limits) {
  std::unique_ptr<State> state(new State(limits));
  state->L_ = lua_newstate(Budget::allocate, &state->budget_);
  if (state->L_ == nullptr) return nullptr;
  state->budget_.watch(state->L_);
  return state->run(setUp, state.get()) == Outcome::ok ? std::move(state) : nullptr;
}

State::~State() {
  if (L_ != nullptr) lua_close(L_);
}

void State::setUp(lua_State* L, void* job) {
  openLibraries(L);
  openContext(L);
  lua_pushlightuserdata(L, job);
  lua_pushcclosure(L, log, 1);
  lua_setglobal(L, "log");
  // What null is in a list: a place that holds nothing.
  lua_pushlightuserdata(L, nullptr);
  lua_setglobal(L, "null");
  if (luaL_loadbufferx(L, kPrelude.data(), kPrelude.size(), "=segue", "t") != LUA_OK) lua_error(L);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, kMarks);
  lua_call(L, 1, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, kDefinitions);
}

Outcome State::run(Work work, void* job) {
  message_.clear();
  if (budget_.spent() != Spent::nothing) {
    message_ = "this script was stopped by a limit";
    return Outcome::limit;
  }
  if (isRunning_) {
    message_ = "this script is already running";
    return Outcome::failed;
  }
  isRunning_ = true;
  budget_.begin();
  Entry entry{work, job};
  lua_pushcfunction(L_, enter);
  lua_pushlightuserdata(L_, &entry);
  const int status = lua_pcall(L_, 1, 0, 0);
  isRunning_ = false;
  if (status == LUA_OK) return Outcome::ok;
  message_ = lua_type(L_, -1) == LUA_TSTRING ? lua_tostring(L_, -1)
                                            : std::string("an error that is no text: ") + luaL_typename(L_, -1);
  lua_settop(L_, 0);
  if (status == LUA_ERRMEM && budget_.spent() == Spent::nothing) message_ = "too much memory";
  return status == LUA_ERRMEM || budget_.spent() != Spent::nothing ? Outcome::limit : Outcome::failed;
}

int State::enter(lua_State* L) {
  const Entry entry = *static_cast<const Entry*>(lua_touserdata(L, 1));
  lua_settop(L, 0);
  entry.work(L, entry.job);
  return 0;
}

Outcome State::load(const std::string& name, std::string_view source) {
  Chunk chunk{.name = &name, .source = source};
  return run(loadChunk, &chunk);
}

void State::pushDefinitions(lua_State* L) {
  lua_getfield(L, LUA_REGISTRYINDEX, kDefinitions);
  lua_call(L, 0, 1);
}

int State::log(lua_State* L) {
  auto* self = static_cast<State*>(lua_touserdata(L, lua_upvalueindex(1)));
  std::size_t length = 0;
  const char* text = luaL_checklstring(L, 1, &length);
  self->budget_.charge(L, 10);
  if (self->log_.size() + length + 1 <= kLogBytes) {
    self->log_.append(text, length);
    self->log_.push_back('\n');
  }
  return 0;
}

}  // namespace segue::lua
