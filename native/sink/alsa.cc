// See alsa.h.
#include "sink/alsa.h"

#include <alsa/asoundlib.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "sink/ahead.h"
#include "sink/alsa_stream.h"
#include "sink/quiet.h"

namespace segue {

namespace {

bool namesScreen(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text.find("HDMI") != std::string::npos || text.find("DISPLAYPORT") != std::string::npos;
}

void listDevices(int card, std::vector<AlsaCard>& found) {
  snd_ctl_t* control = nullptr;
  const std::string cardPcm = "hw:" + std::to_string(card);
  if (snd_ctl_open(&control, cardPcm.c_str(), SND_CTL_NONBLOCK) < 0) return;
  snd_ctl_card_info_t* cardInfo = nullptr;
  snd_ctl_card_info_alloca(&cardInfo);
  snd_pcm_info_t* info = nullptr;
  snd_pcm_info_alloca(&info);
  if (snd_ctl_card_info(control, cardInfo) >= 0) {
    const std::string cardName = snd_ctl_card_info_get_name(cardInfo);
    for (int index = -1; snd_ctl_pcm_next_device(control, &index) >= 0 && index >= 0;) {
      snd_pcm_info_set_device(info, static_cast<unsigned>(index));
      snd_pcm_info_set_subdevice(info, 0);
      snd_pcm_info_set_stream(info, SND_PCM_STREAM_PLAYBACK);
      if (snd_ctl_pcm_info(control, info) < 0) continue;
      const std::string pcm = cardPcm + "," + std::to_string(index);
      std::string what = snd_pcm_info_get_name(info);
      if (what.starts_with(cardName + " ")) what.erase(0, cardName.size() + 1);
      what.insert(0, cardName + ": ");
      AlsaCard device{.name = "ALSA: ", .pcm = pcm, .isScreen = namesScreen(what)};
      device.name.append(what).append(" (").append(pcm).append(")");
      found.push_back(std::move(device));
    }
  }
  snd_ctl_close(control);
}

// Without the numbers.
std::string lasting(const std::string& name) { return name.substr(0, name.rfind(" (hw:")); }

bool isThere(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

bool isAlsaConfigured() {
  const char* home = std::getenv("HOME");
  const std::string own = home ? home : "";
  return std::getenv("ALSA_CONFIG_PATH") || isThere("/etc/asound.conf") || isThere(own + "/.asoundrc") ||
         isThere(own + "/.config/alsa/asoundrc");
}

// The kernel has it, and it cannot be asked: just plugged in, its files not yet given to the group of sound; or not for us.
bool isShut(int card) {
  snd_ctl_t* control = nullptr;
  const std::string pcm = "hw:" + std::to_string(card);
  if (snd_ctl_open(&control, pcm.c_str(), SND_CTL_NONBLOCK) < 0) return true;
  snd_ctl_close(control);
  return false;
}

const AlsaCard* defaultOf(const std::vector<AlsaCard>& cards) {
  if (cards.empty() || isAlsaConfigured()) return nullptr;
  const auto best = std::find_if(cards.begin(), cards.end(), [](const AlsaCard& card) { return !card.isScreen; });
  return best == cards.end() ? cards.data() : &*best;
}

// The card of that name, whatever its numbers are now; null: there is none.
const AlsaCard* cardNamed(const std::vector<AlsaCard>& cards, const std::string& name) {
  if (name.find(" (hw:") == std::string::npos) return nullptr;
  const AlsaCard* found = nullptr;
  for (const AlsaCard& card : cards) {
    if (card.name == name) return &card;
    if (!found && lasting(card.name) == lasting(name)) found = &card;
  }
  return found;
}

}  // namespace

std::vector<AlsaCard> listAlsaCards() {
  quietSoundLibraries();
  std::vector<AlsaCard> found;
  for (int card = -1; snd_card_next(&card) >= 0 && card >= 0;) listDevices(card, found);
  return found;
}

bool isDefaultCardShut() {
  if (isAlsaConfigured() || !listAlsaCards().empty()) return false;
  for (int card = -1; snd_card_next(&card) >= 0 && card >= 0;)
    if (isShut(card)) return true;
  return false;
}

std::unique_ptr<Sink> makeAlsaSink(const SinkChoice& choice, Engine& engine) {
  const std::vector<AlsaCard> cards = listAlsaCards();
  const AlsaCard* card = choice.device.empty() ? defaultOf(cards) : cardNamed(cards, choice.device);
  if (!card) return nullptr;
  return makeAheadSink(engine, std::make_unique<AlsaStream>(card->pcm), card->name, choice.latencyS);
}

std::string alsaPcm(const std::string& device) {
  const std::vector<AlsaCard> cards = listAlsaCards();
  const AlsaCard* card = device.empty() ? defaultOf(cards) : cardNamed(cards, device);
  return card ? card->pcm : "";
}

std::string defaultAlsaCard() {
  const std::vector<AlsaCard> cards = listAlsaCards();
  const AlsaCard* card = defaultOf(cards);
  return card ? card->name : "";
}

}  // namespace segue
