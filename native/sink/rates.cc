// See rates.h. Here: which device it is, and cards.
#include "sink/rates.h"

#include <alsa/asoundlib.h>

#include "sink/alsa.h"
#include "sink/pulse.h"

namespace segue {

namespace {

constexpr unsigned kRates[] = {44100, 48000, 88200, 96000, 176400, 192000, 32000, 22050, 16000, 8000};

std::vector<int> cardRates(const std::string& pcm) {
  std::vector<int> rates;
  snd_pcm_t* card = nullptr;
  if (pcm.empty() || snd_pcm_open(&card, pcm.c_str(), SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK) < 0) return rates;
  snd_pcm_hw_params_t* parameters = nullptr;
  snd_pcm_hw_params_alloca(&parameters);
  if (snd_pcm_hw_params_any(card, parameters) >= 0) {
    for (const unsigned rate : kRates) {
      if (snd_pcm_hw_params_test_rate(card, parameters, rate, 0) == 0) rates.push_back(static_cast<int>(rate));
    }
  }
  snd_pcm_close(card);
  return rates;
}

}  // namespace

std::vector<int> deviceRates(const std::string& device) {
  const std::string prefix = kPulsePrefix;
  const bool isServer = device.starts_with(prefix);
  if (isServer || (device.empty() && isPulseThere())) {
    const std::string sink = isServer ? device.substr(prefix.size()) : "default";
    const int rate = pulseRate(sink == "default" ? "" : sink);
    return rate > 0 ? std::vector<int>{rate} : std::vector<int>{};
  }
  return cardRates(alsaPcm(device));
}

}  // namespace segue
