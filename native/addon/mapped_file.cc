// A small file mapped into memory, as an ArrayBuffer: what is written there is in the file without a system call, and outlives
// the process. JavaScript thread.
#include <fcntl.h>
#include <napi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace segue {

namespace {

// mapFile(path, bytes): makes the file if it is not there; throws the system's word when it cannot be mapped.
Napi::Value mapFile(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const auto bytes = static_cast<std::size_t>(info[1].As<Napi::Number>().Int64Value());
  const auto fail = [&](int code) {
    Napi::Error::New(env, path + ": " + std::strerror(code)).ThrowAsJavaScriptException();
    return env.Undefined();
  };
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return fail(errno);
  // Room on the disk is taken now: a store into a page for which there is none would end the process.
  const int refused = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  void* memory = refused == 0 ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  const int why = refused != 0 ? refused : errno;
  close(file);
  if (memory == MAP_FAILED) return fail(why);
  return Napi::ArrayBuffer::New(env, memory, bytes, [bytes](Napi::Env, void* data) { munmap(data, bytes); });
}

}  // namespace

void initMappedFile(Napi::Env env, Napi::Object exports) { exports.Set("mapFile", Napi::Function::New(env, mapFile)); }

}  // namespace segue
