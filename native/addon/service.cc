// A datagram to the service manager (sd_notify(3)), without a process for each. JavaScript thread; it never waits.
#include <napi.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

namespace segue {

namespace {

// tellService(socket, message): 0, or the number of the error. A socket that begins with "@" is an abstract one.
Napi::Value tellService(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const std::string message = info[1].As<Napi::String>().Utf8Value();
  const auto answer = [&info](int code) { return Napi::Number::New(info.Env(), code); };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return answer(EINVAL);
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = 0;
  const int out = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (out < 0) return answer(errno);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const ssize_t sent =
      sendto(out, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), length);
  const int code = sent < 0 ? errno : 0;
  close(out);
  return answer(code);
}

}  // namespace

void initService(Napi::Env env, Napi::Object exports) { exports.Set("tellService", Napi::Function::New(env, tellService)); }

}  // namespace segue
