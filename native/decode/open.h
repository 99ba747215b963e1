// The way in: an audio file as a Source at the working rate. Blocks; called by a decoder thread or a tool.
#pragma once
#include "core/source.h"

namespace segue {

// Every format of libav's that holds music, mono to 7.1, any rate, gapless-trimmed. Frame n of the source is the file at
// time n / rateHz whatever was sought; at the file's own rate PCM and FLAC pass bit for bit.
OpenResult openWithLibav(const char* path, int rateHz);

}  // namespace segue
