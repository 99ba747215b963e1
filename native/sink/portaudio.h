// The device: our callback on the system's PortAudio. PortAudio is initialised when this is made, terminated
// when it is destroyed, so that a new list of devices is read each time.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/engine.h"
#include "sink/host.h"

namespace segue {

struct DeviceInfo {
  std::string name;  // stable: "<host API>: <device>"
  std::string hostApi;
  std::string device;
  int maxChannels = 0;
  double defaultRateHz = 0;
  bool isDefault = false;
};

// Output devices. Slow (every device is probed): call it in a process of its own while a device sounds.
std::vector<DeviceInfo> listOutputDevices(std::string& error);

// Null: `error` says what to do.
std::unique_ptr<Sink> makePortAudioSink(const SinkChoice& choice, Engine& engine, std::string& error);

}  // namespace segue
