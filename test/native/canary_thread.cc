// Planted: two threads write one plain variable. ThreadSanitizer must stop it.
#include <thread>

int main() {
  int shared = 0;
  std::thread other([&shared] {
    for (int i = 0; i < 1000; ++i) ++shared;
  });
  for (int i = 0; i < 1000; ++i) ++shared;
  other.join();
  return shared < 0 ? 1 : 0;
}
