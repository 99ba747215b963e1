// segue-cover LONGER_SIDE KEEP_BYTES: the picture on its input, sized, to its output; then it ends. Started by the daemon for
// one picture at a time, which may be hostile: a crash, or a bound that is reached, costs that picture alone. It reads and
// writes nothing else. Ends with 0 (sized), 3 (fits as it is), 4 (cannot be sized), 2 (wrongly called).
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "cover/bounds.h"
#include "cover/size_cover.h"

namespace {

constexpr int kSized = 0;
constexpr int kWronglyCalled = 2;
constexpr int kFits = 3;
constexpr int kRefused = 4;

// The import keeps no picture above 8 MiB.
constexpr std::size_t kMostFileBytes = std::size_t{32} << 20;
// 64 megapixels of a common JPEG take 96 MB, of RGB 192 MB.
constexpr unsigned long kMostBytes = 256UL << 20;
constexpr unsigned long kMostCpuSeconds = 30;
constexpr int kMostSide = 8192;

// Empty: too large, or not to be read.
std::vector<std::uint8_t> readAll(int descriptor) {
  std::vector<std::uint8_t> bytes;
  std::size_t have = 0;
  for (;;) {
    if (bytes.size() - have < 65536) bytes.resize(bytes.empty() ? std::size_t{1} << 20 : bytes.size() * 2);
    const ssize_t got = read(descriptor, bytes.data() + have, bytes.size() - have);
    if (got < 0 || have > kMostFileBytes) return {};
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

bool writeAll(int descriptor, const std::vector<std::uint8_t>& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t put = write(descriptor, bytes.data() + at, bytes.size() - at);
    if (put <= 0) return false;
    at += static_cast<std::size_t>(put);
  }
  return true;
}

int run(int longerSide, std::size_t keepBytes) {
  using segue::cover::Outcome;
  const std::vector<std::uint8_t> file = readAll(STDIN_FILENO);
  const segue::cover::Sized sized = segue::cover::sizeCover(file, longerSide, keepBytes);
  if (sized.outcome == Outcome::fits) return kFits;
  return sized.outcome == Outcome::sized && writeAll(STDOUT_FILENO, sized.jpeg) ? kSized : kRefused;
}

}  // namespace

int main(int count, char** words) {
  const long side = count == 3 ? std::strtol(words[1], nullptr, 10) : 0;
  if (side < 1 || side > kMostSide) return kWronglyCalled;
  if (!segue::cover::bound(kMostBytes, kMostCpuSeconds)) return kRefused;
  try {
    return run(static_cast<int>(side), std::strtoul(words[2], nullptr, 10));
  } catch (const std::bad_alloc&) {
    return kRefused;
  }
}
