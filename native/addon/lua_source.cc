// See lua_source.h.
#include "addon/lua_source.h"

#include <string_view>

#include "addon/lua_values.h"

namespace segue::lua {

namespace {

class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { napi_open_handle_scope(env_, &scope_); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

}  // namespace

void JsSource::push(lua_State* L, Field field) {
  const HandleScope scope(env_);
  napi_value which = nullptr;
  napi_value value = nullptr;
  napi_value self = nullptr;
  napi_get_undefined(env_, &self);
  napi_create_int32(env_, static_cast<std::int32_t>(field), &which);
  int status = 0;
  const bool isGiven = napi_call_function(env_, self, provide_, 1, &which, &value) == napi_ok;
  std::array<char, 256> message{};
  if (!isGiven) {
    napi_value ignored = nullptr;
    napi_get_and_clear_last_exception(env_, &ignored);
  } else if (field == Field::body) {
    status = refusalOf(value, message);
  }
  if (!isGiven) luaL_error(L, "this part of the request cannot be read");
  if (status != 0) refuse(L, status, message.data());
  pushValue(env_, L, value);
}

// 0, and `value` is the body itself; or the status to refuse with, and why.
int JsSource::refusalOf(napi_value& value, std::array<char, 256>& message) const {
  napi_value status = nullptr;
  napi_value text = nullptr;
  std::int32_t number = 0;
  std::size_t length = 0;
  napi_get_named_property(env_, value, "refuse", &status);
  if (napi_get_value_int32(env_, status, &number) == napi_ok) {
    napi_get_named_property(env_, value, "message", &text);
    napi_get_value_string_utf8(env_, text, message.data(), message.size(), &length);
    return number;
  }
  napi_valuetype type = napi_undefined;
  napi_get_named_property(env_, value, "value", &value);
  napi_typeof(env_, value, &type);
  if (type == napi_object) return 0;
  constexpr std::string_view kSentence = "The body must be an object.";
  kSentence.copy(message.data(), kSentence.size());
  return 400;
}

}  // namespace segue::lua
