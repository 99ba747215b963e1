// Keeps the sound libraries from writing to stderr. Called before PortAudio is initialised; safe to call again.
#pragma once

namespace segue {

// ALSA and JACK print a line for every device of their configuration that is not there. What matters is in the
// error that opening a device returns.
void quietSoundLibraries();

}  // namespace segue
