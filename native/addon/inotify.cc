// What the kernel notices in directories: a descriptor, directories it is to watch, and whether anything happened since it was
// asked last. JavaScript thread; nothing here waits.
#include <napi.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace segue {

namespace {

// A file that was written is told when it is closed, not at each write.
constexpr std::uint32_t kChanges = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF |
                                   IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;
constexpr std::size_t kBufferBytes = 16384;
// A million files copied at once are many events; what is left is taken the next time.
constexpr int kMostReads = 64;

// openNotices(): the descriptor, which is closed as any other; throws the system's word.
Napi::Value openNotices(const Napi::CallbackInfo& info) {
  const int notices = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (notices >= 0) return Napi::Number::New(info.Env(), notices);
  Napi::Error::New(info.Env(), std::strerror(errno)).ThrowAsJavaScriptException();
  return info.Env().Undefined();
}

// addNotice(descriptor, directory): 0, or the number of the error. One that is watched already stays so.
Napi::Value addNotice(const Napi::CallbackInfo& info) {
  const int notices = info[0].As<Napi::Number>().Int32Value();
  const std::string path = info[1].As<Napi::String>().Utf8Value();
  const bool isWatched = inotify_add_watch(notices, path.c_str(), kChanges) >= 0;
  return Napi::Number::New(info.Env(), isWatched ? 0 : errno);
}

// takeNotices(descriptor): whether anything has happened.
Napi::Value takeNotices(const Napi::CallbackInfo& info) {
  const int notices = info[0].As<Napi::Number>().Int32Value();
  alignas(inotify_event) std::array<char, kBufferBytes> buffer;
  bool happened = false;
  for (int reads = 0; reads < kMostReads; ++reads) {
    if (read(notices, buffer.data(), buffer.size()) <= 0) break;
    happened = true;
  }
  return Napi::Boolean::New(info.Env(), happened);
}

}  // namespace

void initInotify(Napi::Env env, Napi::Object exports) {
  exports.Set("openNotices", Napi::Function::New(env, openNotices));
  exports.Set("addNotice", Napi::Function::New(env, addNotice));
  exports.Set("takeNotices", Napi::Function::New(env, takeNotices));
}

}  // namespace segue
