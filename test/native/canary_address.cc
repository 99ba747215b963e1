// Planted: a write behind the end of a ring. AddressSanitizer must stop it.
#include <vector>

int main(int argc, char**) {
  std::vector<float> ring(64);
  float* volatile memory = ring.data();
  memory[63 + argc] = 1;
  return 0;
}
