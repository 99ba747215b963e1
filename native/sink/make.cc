// See make.h.
#include "sink/make.h"

#include "sink/alsa.h"
#include "sink/fed.h"
#include "sink/null.h"
#include "sink/portaudio.h"
#include "sink/pulse.h"

namespace segue {

std::unique_ptr<Sink> makeSink(const SinkChoice& choice, Engine& engine, std::string& error) {
  if (choice.kind == SinkChoice::fed) {
    error = choice.error;
    return error.empty() ? std::make_unique<FedSink>(engine, choice.feed, choice.device, choice.wake) : nullptr;
  }
  if (choice.kind != SinkChoice::portaudio) return std::make_unique<NullSink>(engine);
  if (choice.device.starts_with(kPulsePrefix)) return makePulseSink(choice, engine);
  if (choice.device.empty() && isPulseThere()) {
    // A server that is not well must not keep a card from playing.
    std::unique_ptr<Sink> server = makePulseSink(choice, engine);
    if (std::string ignored; server->open(ignored)) return server;
  }
  if (std::unique_ptr<Sink> card = makeAlsaSink(choice, engine)) return card;
  // What PortAudio takes for the default then would be kept, though it is not the card itself.
  if (choice.device.empty() && isDefaultCardShut()) {
    error = "There is a sound card, but it cannot be opened. If it stays so, check that this user is in the group \"audio\".";
    return nullptr;
  }
  return makePortAudioSink(choice, engine, error);
}

}  // namespace segue
