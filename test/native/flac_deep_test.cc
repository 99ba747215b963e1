// Our own FLAC decoder on bytes that nobody wrote: whatever they are, nothing is read or computed out of bounds. That it
// decodes what was written is proven in test/golden/flac-set.test.ts.
#include "decode/flac_deep.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "decode/flac_subframe.h"
#include "decode/open.h"

using namespace segue;

namespace {

constexpr int kRate = 48000;
constexpr int kBlock = 1024;

// The stream's header: 32 bits, two channels, blocks of kBlock.
std::vector<std::uint8_t> streamHead(std::uint16_t block) {
  std::vector<std::uint8_t> bytes = {'f', 'L', 'a', 'C', 0x80, 0, 0, 34};
  for (int i = 0; i < 2; ++i) bytes.insert(bytes.end(), {static_cast<std::uint8_t>(block >> 8), static_cast<std::uint8_t>(block)});
  bytes.insert(bytes.end(), 6, 0);
  // 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of length (unknown).
  const std::uint64_t packed = (std::uint64_t{kRate} << 44) | (std::uint64_t{1} << 41) | (std::uint64_t{31} << 36);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(packed >> shift));
  bytes.insert(bytes.end(), 16, 0);
  return bytes;
}

std::uint8_t crc8(const std::uint8_t* bytes, std::size_t count) {
  unsigned crc = 0;
  for (std::size_t i = 0; i < count; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80) ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return static_cast<std::uint8_t>(crc);
}

// A frame whose header is sound, of any kind of stereo, and whose content is chance.
void appendFrame(std::vector<std::uint8_t>& to, std::uint8_t number, std::minstd_rand& dice, std::size_t content) {
  const std::uint8_t assignment[] = {1, 8, 9, 10};
  std::vector<std::uint8_t> head = {0xff, 0xf8, 0x70, static_cast<std::uint8_t>((assignment[dice() % 4] << 4) | 0x0e), number,
                                    (kBlock - 1) >> 8, (kBlock - 1) & 0xff};
  head.push_back(crc8(head.data(), head.size()));
  to.insert(to.end(), head.begin(), head.end());
  // Kinds of subframes that exist, more often than chance would have them.
  const std::uint8_t kinds[] = {0x00, 0x02, 0x10, 0x16, 0x18, 0x40, 0x7e, 0x41, 0x03};
  to.push_back(kinds[dice() % sizeof kinds]);
  for (std::size_t i = 1; i < content; ++i) to.push_back(dice() % 3 ? static_cast<std::uint8_t>(dice()) : 0);
}

struct File {
  std::string path;
  explicit File(const std::vector<std::uint8_t>& bytes) {
    char name[] = "/tmp/segue-deep-XXXXXX.flac";
    const int file = mkstemps(name, 5);
    path = name;
    REQUIRE(write(file, bytes.data(), bytes.size()) == std::ssize(bytes));
    close(file);
  }
  ~File() { unlink(path.c_str()); }
};

}  // namespace

TEST_CASE("subframes of chance") {
  std::minstd_rand dice(5);
  int whole = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::uint8_t> bytes(dice() % 3000);
    for (std::uint8_t& byte : bytes) byte = dice() % 2 ? static_cast<std::uint8_t>(dice()) : static_cast<std::uint8_t>(dice() % 2 ? 0 : 255);
    if (!bytes.empty()) bytes[0] &= 0x7f;
    FlacBits bits(bytes.data(), bytes.size());
    std::vector<std::int64_t> out(1 + dice() % 600);
    if (readFlacSubframe(bits, static_cast<int>(25 + dice() % 9), out)) {
      ++whole;
      CHECK(bits.taken() <= bytes.size());
    }
  }
  CHECK(whole > 100);
}

TEST_CASE("frames with a sound header and content of chance are passed over") {
  std::minstd_rand dice(9);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint8_t> bytes = streamHead(round % 10 == 0 ? 65535 : kBlock);
    for (std::uint8_t n = 0; n < 20; ++n) appendFrame(bytes, n, dice, 20 + dice() % 4000);
    const File file(bytes);
    const std::atomic<bool> isInterrupted{false};
    const auto deep = FlacDeep::open(file.path.c_str(), isInterrupted);
    REQUIRE(deep);
    const libav::Frame frame(av_frame_alloc());
    CHECK_FALSE(deep->next(*frame));
    deep->seek(kBlock * 7);
    CHECK_FALSE(deep->next(*frame));
    CHECK(openWithLibav(file.path.c_str(), kRate).error == SourceError::notAudio);
  }
}

TEST_CASE("no FLAC, a shallow one, or one cut in its header is not its business") {
  const std::atomic<bool> isInterrupted{false};
  const std::vector<std::uint8_t> head = streamHead(kBlock);
  for (std::size_t length = 0; length < head.size(); length += 3)
    CHECK_FALSE(FlacDeep::open(File({head.begin(), head.begin() + static_cast<std::ptrdiff_t>(length)}).path.c_str(), isInterrupted));
  std::vector<std::uint8_t> shallow = head;
  shallow[20] = static_cast<std::uint8_t>(shallow[20] & 0xfe);  // the highest bit of the depth: 16
  CHECK_FALSE(FlacDeep::open(File(shallow).path.c_str(), isInterrupted));
  CHECK_FALSE(FlacDeep::open("/nowhere/at/all.flac", isInterrupted));
}
