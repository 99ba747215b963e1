// Planted: a frame count that overflows. UndefinedBehaviorSanitizer must stop it.
#include <limits>

int main(int argc, char**) {
  volatile int frames = std::numeric_limits<int>::max();
  frames = frames + argc;
  return frames == 0 ? 1 : 0;
}
