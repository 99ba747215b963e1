// A sink that renders half a second ahead, so that it wakes six times a second and rides out a busy machine, and takes back
// what is not heard yet when a command comes, so that it is heard at once (ADR 017). Its thread is the audio thread.
#pragma once
#include <memory>
#include <string>

#include "core/engine.h"
#include "sink/ahead_stream.h"

namespace segue {

// `latencyS`: as the settings ask it; five times as much is rendered ahead, within what the rings keep. Opens nothing yet.
std::unique_ptr<Sink> makeAheadSink(Engine& engine, std::unique_ptr<AheadStream> stream, std::string name,
                                    double latencyS);

}  // namespace segue
