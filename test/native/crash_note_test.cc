// The note of what is being opened, as it lies in its file while the process lives. What a real crash leaves in it, and
// what follows from that, is tested with the daemon (test/system/crash.test.ts).
#include "core/crash_note.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "addon/synthetic.h"

using namespace segue;

namespace {

constexpr std::size_t kPage = 4096;

const std::string& noteFile() {
  static const std::string path = [] {
    char name[] = "/tmp/segue-note-XXXXXX";
    close(mkstemp(name));
    std::ofstream(name) << "left over from another run";
    REQUIRE(installCrashNote(name));
    std::atexit([] { unlink(noteFile().c_str()); });
    return std::string(name);
  }();
  return path;
}

// "opening /path" or "open /path" for each page that is in use.
std::vector<std::string> noted() {
  std::ifstream in(noteFile(), std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  REQUIRE(bytes.size() == kPage * (1 + kCrashNoteSlots));
  CHECK(std::memcmp(bytes.data(), kCrashNoteMagic, 8) == 0);
  CHECK(bytes[8] == 0);
  std::vector<std::string> found;
  for (std::size_t at = kPage; at < bytes.size(); at += kPage) {
    if (bytes[at] == 0) continue;
    std::uint32_t length = 0;
    std::memcpy(&length, &bytes[at + 4], sizeof length);
    found.push_back((bytes[at] == 1 ? "opening " : "open ") + std::string(&bytes[at + 8], length));
  }
  return found;
}

std::vector<std::string> seenWhileOpening;
OpenResult lookingOpen(const char* path, int rateHz) {
  seenWhileOpening = noted();
  return openSynthetic(path, rateHz);
}

}  // namespace

TEST_CASE("a file stands in the note from before it is opened until its source is gone") {
  CHECK(noted().empty());
  const char* path = "synthetic:frames=100,code=3";
  {
    OpenResult opened = openNoted(lookingOpen, path, 48000);
    REQUIRE(opened.source);
    CHECK(seenWhileOpening == std::vector<std::string>{std::string("opening ") + path});
    CHECK(noted() == std::vector<std::string>{std::string("open ") + path});
    float block[2 * 64];
    CHECK(opened.source->read(block, 64) == 64);
    CHECK(opened.source->seek(90));
    CHECK(opened.source->read(block, 64) == 10);
    CHECK(opened.source->info().lengthFrames == 100);
  }
  CHECK(noted().empty());
  CHECK_FALSE(openNoted(openSynthetic, "synthetic:open=broken", 48000).source);
  CHECK(noted().empty());
}

TEST_CASE("more files than places, and names too long: they play, unnoted") {
  std::vector<OpenResult> all;
  for (int i = 0; i < kCrashNoteSlots + 4; ++i) all.push_back(openNoted(openSynthetic, "synthetic:frames=1", 48000));
  CHECK(noted().size() == kCrashNoteSlots);
  for (const OpenResult& each : all) CHECK(each.source);
  all.clear();
  const std::string name = "synthetic:frames=1,code=" + std::string(5000, '1');
  CHECK(openNoted(openSynthetic, name.c_str(), 48000).source);
  CHECK(noted().empty());
}

TEST_CASE("many threads open, read and close") {
  CHECK(noted().empty());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      float block[2 * 16];
      for (int i = 0; i < 500; ++i) {
        const OpenResult opened = openNoted(openSynthetic, "synthetic:frames=32", 48000);
        opened.source->read(block, 16);
      }
    });
  for (std::thread& each : threads) each.join();
  CHECK(noted().empty());
}
