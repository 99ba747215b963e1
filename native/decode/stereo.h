// A decoded frame of any sample format and channel layout to interleaved stereo float. Pure; any thread.
#pragma once
#include <vector>

#include "decode/libav.h"

namespace segue {

// Appends frame->nb_samples stereo frames to `out`. Integers are scaled by a power of two (s16 / 32768), so that mono and
// stereo PCM passes bit for bit. Mono goes to both sides. More channels: ITU-R BS.775 (centre and surrounds at -3 dB,
// no low-frequency channel, not normalised: the limiter takes what exceeds full scale). False: a sample format or
// channel count nobody has.
bool appendStereo(const AVFrame& frame, std::vector<float>& out);

}  // namespace segue
