// The one place where a sink that a device hears renders. A canary build is wrong there by one frame, once: the capture tests
// must notice. Audio thread.
#pragma once
#include <algorithm>

#include "core/engine.h"

namespace segue {

#if defined(SEGUE_CANARY_DROP) || defined(SEGUE_CANARY_DOUBLE)
// 2.5 s into the stream.
inline void renderFor(Engine& engine, float* out, int frames) noexcept {
  static std::int64_t rendered = 0;
  const std::int64_t faultAt = std::int64_t{5} * engine.rate() / 2;
  const bool isNow = rendered < faultAt && rendered + frames >= faultAt;
  rendered += frames;
#if defined(SEGUE_CANARY_DROP)
  float lost[2];
  if (isNow) engine.renderer().render(lost, 1);
  engine.renderer().render(out, frames);
#else
  engine.renderer().render(out, isNow ? frames - 1 : frames);
  if (isNow) std::copy_n(out + 2 * (frames - 2), 2, out + 2 * (frames - 1));
#endif
}
#else
inline void renderFor(Engine& engine, float* out, int frames) noexcept { engine.renderer().render(out, frames); }
#endif

}  // namespace segue
