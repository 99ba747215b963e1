// A PulseAudio (or PipeWire) server, spoken to in its own protocol, as an AheadSink.
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
