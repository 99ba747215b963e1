// Node-API face of the playing core.
#include <napi.h>

namespace segue {
void initEngine(Napi::Env, Napi::Object) {}
}  // namespace segue
