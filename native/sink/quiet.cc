// See quiet.h.
#include "sink/quiet.h"

#include <alsa/asoundlib.h>
#include <dlfcn.h>

#include <initializer_list>

namespace segue {

namespace {

void ignoreAlsa(const char*, int, const char*, int, const char*, ...) {}
void ignoreJack(const char*) {}

}  // namespace

void quietSoundLibraries() {
  snd_lib_error_set_handler(ignoreAlsa);
  // JACK is there only where PortAudio was built with it; we do not link it ourselves.
  using SetHandler = void (*)(void (*)(const char*));
  for (const char* name : {"jack_set_error_function", "jack_set_info_function"}) {
    if (void* found = dlsym(RTLD_DEFAULT, name)) reinterpret_cast<SetHandler>(found)(ignoreJack);
  }
}

}  // namespace segue
