// Node-API face of the file tools: probe, measure, decode, encode. Blocking calls for worker processes.
#include <napi.h>

namespace segue {
void initMedia(Napi::Env, Napi::Object) {}
}  // namespace segue
