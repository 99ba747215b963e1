// See make.h.
#include "sink/make.h"

#include "sink/null.h"
#include "sink/portaudio.h"

namespace segue {

std::unique_ptr<Sink> makeSink(const SinkChoice& choice, Engine& engine, std::string& error) {
  if (choice.kind == SinkChoice::portaudio) return makePortAudioSink(choice, engine, error);
  return std::make_unique<NullSink>(engine);
}

}  // namespace segue
