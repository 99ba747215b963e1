// See portaudio.h. Here: the list of devices.
#include <portaudio.h>

#include "sink/portaudio.h"
#include "sink/portaudio_names.h"
#include "sink/quiet.h"

namespace segue {

std::vector<DeviceInfo> listOutputDevices(std::string& error) {
  std::vector<DeviceInfo> devices;
  quietSoundLibraries();
  const PaError status = Pa_Initialize();
  if (status != paNoError) {
    error = std::string("The sound library does not start: ") + Pa_GetErrorText(status) + ".";
    return devices;
  }
  for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); ++i) {
    const PaDeviceInfo* info = Pa_GetDeviceInfo(i);
    if (!info || info->maxOutputChannels < 1) continue;
    devices.push_back({.name = stableName(*info),
                       .hostApi = hostApiName(*info),
                       .device = info->name,
                       .maxChannels = info->maxOutputChannels,
                       .defaultRateHz = info->defaultSampleRate,
                       .isDefault = i == Pa_GetDefaultOutputDevice()});
  }
  Pa_Terminate();
  return devices;
}

}  // namespace segue
