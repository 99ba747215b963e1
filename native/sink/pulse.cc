// See pulse.h.
#include "sink/pulse.h"

#include <unistd.h>

#include <cstdlib>

#include "sink/ahead.h"
#include "sink/pulse_stream.h"

namespace segue {

bool isPulseThere() {
  if (const char* server = std::getenv("PULSE_SERVER"); server && *server) return true;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string folder = runtime && *runtime ? runtime : "/run/user/" + std::to_string(getuid());
  return access((folder + "/pulse/native").c_str(), W_OK) == 0;
}

std::unique_ptr<Sink> makePulseSink(const SinkChoice& choice, Engine& engine) {
  const std::string prefix = kPulsePrefix;
  const std::string device = choice.device.starts_with(prefix) ? choice.device.substr(prefix.size()) : "default";
  return makeAheadSink(engine, std::make_unique<PulseStream>(device == "default" ? "" : device), prefix + device,
                       choice.latencyS);
}

}  // namespace segue
