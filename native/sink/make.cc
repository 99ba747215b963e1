// See make.h.
#include "sink/make.h"

#include "sink/null.h"
#include "sink/portaudio.h"
#include "sink/pulse.h"

namespace segue {

std::unique_ptr<Sink> makeSink(const SinkChoice& choice, Engine& engine, std::string& error) {
  if (choice.kind != SinkChoice::portaudio) return std::make_unique<NullSink>(engine);
  const bool isPulse = choice.device.empty() ? isPulseThere() : choice.device.starts_with(kPulsePrefix);
  return isPulse ? makePulseSink(choice, engine, error) : makePortAudioSink(choice, engine, error);
}

}  // namespace segue
