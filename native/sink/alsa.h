// Sound cards played without a sound server (alsa_stream.h), by the names that PortAudio's list has for them.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/engine.h"
#include "sink/host.h"

namespace segue {

struct AlsaCard {
  // "ALSA: <card>: <device> (hw:0,0)"; the numbers in brackets change with the order in which cards are found.
  std::string name;
  // What ALSA calls it just now.
  std::string pcm;
  // It is part of a screen's plug: seldom what somebody wants to hear music from.
  bool isScreen = false;
};

// Every playback device of every card, opening none of them.
std::vector<AlsaCard> listAlsaCards();

// The card that `choice.device` names. Empty: what plays where nothing was chosen and no sound server runs, the first card that is
// no screen, or else the first. Null: there is no such card, or somebody has configured ALSA so that its own default is to be
// respected.
std::unique_ptr<Sink> makeAlsaSink(const SinkChoice& choice, Engine& engine);
// What ALSA calls the card that makeAlsaSink() would play; empty if it is null.
std::string alsaPcm(const std::string& device);
// There is a card that should play by default, and it cannot be opened: in a moment it can, or never by this user.
bool isDefaultCardShut();

// The name of the card that plays by default; empty if there is none.
std::string defaultAlsaCard();

}  // namespace segue
