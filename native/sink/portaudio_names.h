// How a device is called across restarts and hot-plugs, where its index is not the same. Between
// Pa_Initialize and Pa_Terminate only.
#pragma once
#include <portaudio.h>

#include <string>

namespace segue {

inline std::string hostApiName(const PaDeviceInfo& info) {
  const PaHostApiInfo* api = Pa_GetHostApiInfo(info.hostApi);
  return api ? api->name : "";
}

inline std::string stableName(const PaDeviceInfo& info) { return hostApiName(info) + ": " + info.name; }

}  // namespace segue
