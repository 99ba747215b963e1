// A PulseAudio (or PipeWire) server, spoken to in its own protocol: 0.5 s rendered ahead, so that it wakes six times a
// second and rides out a busy machine, and taken back when a command comes, so that it is heard at once.
#pragma once
#include <memory>
#include <string>

#include "core/engine.h"
#include "sink/host.h"

namespace segue {

inline constexpr const char* kPulsePrefix = "PulseAudio: ";

// Whether a server seems to be there: its socket, or an address in the environment. Asks nobody.
bool isPulseThere();

// `choice.device`: "PulseAudio: <sink>"; "PulseAudio: default" or empty: the server's default. Opens nothing yet.
std::unique_ptr<Sink> makePulseSink(const SinkChoice& choice, Engine& engine);

}  // namespace segue
