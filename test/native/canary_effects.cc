// Planted, one at a time by a macro: what -Wfunction-effects must refuse to compile in a real-time function.
#include <mutex>
#include <vector>

#include "core/realtime.h"

namespace {
[[maybe_unused]] std::mutex gate;

float render(const float* in) noexcept SEGUE_NONBLOCKING {
#if defined(PLANT_MALLOC)
  const std::vector<float> copy(in, in + 2);
  return copy[0];
#elif defined(PLANT_LOCK)
  const std::lock_guard lock(gate);
  return in[0];
#else
  return in[0];
#endif
}
}  // namespace

int main() {
  const float in[2] = {1, 2};
  return render(in) == 1 ? 0 : 1;
}
