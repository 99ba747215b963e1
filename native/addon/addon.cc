// Node-API glue: registers the parts of the addon. Runs on the JavaScript thread. No policy, no signal processing.
#include <napi.h>

namespace segue {
void initAllocator(Napi::Env env, Napi::Object exports);
void initEngine(Napi::Env env, Napi::Object exports);
void initInotify(Napi::Env env, Napi::Object exports);
void initMedia(Napi::Env env, Napi::Object exports);
void initService(Napi::Env env, Napi::Object exports);
}  // namespace segue

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  segue::initAllocator(env, exports);
  segue::initEngine(env, exports);
  segue::initInotify(env, exports);
  segue::initMedia(env, exports);
  segue::initService(env, exports);
  return exports;
}

NODE_API_MODULE(segue, init)
