// At which rates a device plays without anybody converting. Asks the sound server or the card; waits for up to a second.
#pragma once
#include <string>
#include <vector>

namespace segue {

// `device` as in a SinkChoice; empty: the default one. Of the rates that music has, those that the device takes as they are; none
// where that cannot be known: a device of PortAudio's, one that is gone, or that another program uses.
std::vector<int> deviceRates(const std::string& device);

// Of one PulseAudio sink, by its name, or the server's default where that is empty: at which rate it runs. 0: not known.
int pulseRate(const std::string& sink);

}  // namespace segue
