// The sinks there are. Kept apart from the host, so that tests of the host need no sound library.
#pragma once
#include "sink/host.h"

namespace segue {

std::unique_ptr<Sink> makeSink(const SinkChoice& choice, Engine& engine, std::string& error);

}  // namespace segue
