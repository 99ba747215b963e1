// Planted: an allocation hidden from the compiler in a real-time function. RealtimeSanitizer must stop it,
// exit 43.
#include <cstdlib>

#include "core/realtime.h"

namespace {
void* hidden(std::size_t bytes) { return std::malloc(bytes); }
void* (*volatile allocate)(std::size_t) = hidden;

// The cast drops what the compiler knows; only the run-time check is left.
void render(float* out) noexcept SEGUE_NONBLOCKING {
  using Blind = void* (*)(std::size_t) noexcept SEGUE_NONBLOCKING;
  const Blind blind = reinterpret_cast<Blind>(allocate);
  float* scratch = static_cast<float*>(blind(64));
  scratch[0] = 1;
  out[0] = scratch[0];
}
}  // namespace

int main() {
  float out[1];
  render(out);
  return out[0] == 1 ? 0 : 1;
}
