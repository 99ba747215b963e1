// What sounds and where, as it is mirrored for the next start: a record is whole whenever the process is killed, the thread reads
// what a real audio thread publishes, and it writes only while something plays.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "addon/position_mirror.h"
#include "addon/synthetic.h"
#include "sink/host.h"
#include "sink/null.h"

using namespace segue;

namespace {

constexpr int kRate = 48000;

double* shared() {
  void* memory = mmap(nullptr, PositionRecords::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  return static_cast<double*>(memory);
}

// The fields of a record, made of its number: torn ones do not fit together.
Position numbered(std::int64_t n) { return {.entry = n, .positionMs = 3 * n, .savedAtMs = 7 * n}; }
bool fitsTogether(const Position& p) { return p.positionMs == 3 * p.entry && p.savedAtMs == 7 * p.entry; }

struct TemporaryFile {
  TemporaryFile() {
    char name[] = "/tmp/segue-position-XXXXXX";
    close(mkstemp(name));
    path = name;
  }
  ~TemporaryFile() { unlink(path.c_str()); }
  std::string path;
};

std::optional<Position> inFile(const std::string& path) {
  double cells[PositionRecords::kRecords * PositionRecords::kFields] = {};
  std::ifstream(path, std::ios::binary).read(reinterpret_cast<char*>(cells), sizeof cells);
  return PositionRecords::read(cells);
}

bool waitFor(const std::function<bool()>& condition) {
  for (int i = 0; i < 10000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::unique_ptr<Sink> makeNull(const SinkChoice&, Engine& engine, std::string&) {
  return std::make_unique<NullSink>(engine);
}

std::string music(int code) { return "synthetic:frames=480000,code=" + std::to_string(code); }

}  // namespace

TEST_CASE("the newest whole record counts, and what was there is counted on from") {
  double cells[PositionRecords::kRecords * PositionRecords::kFields] = {};
  CHECK_FALSE(PositionRecords::read(cells));
  PositionRecords(cells).write(numbered(1));
  CHECK(PositionRecords::read(cells)->entry == 1);
  PositionRecords again(cells);
  again.write(numbered(2));
  again.write(numbered(3));
  CHECK(PositionRecords::read(cells)->entry == 3);
  CHECK(cells[PositionRecords::kFields] == 3);
  // Killed before the last store of the newest.
  cells[PositionRecords::kFields + 4] = 1;
  CHECK(PositionRecords::read(cells)->entry == 2);
}

TEST_CASE("what is no record is written over") {
  double cells[PositionRecords::kRecords * PositionRecords::kFields];
  for (double& each : cells) each = 1e300;
  PositionRecords records(cells);
  records.write(numbered(5));
  records.write(numbered(6));
  CHECK(PositionRecords::read(cells)->entry == 6);
}

TEST_CASE("killed at any moment it leaves one whole record") {
  double* memory = shared();
  std::int64_t last = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      PositionRecords records(memory);
      for (std::int64_t n = last + 1;; ++n) records.write(numbered(n));
    }
    REQUIRE(child > 0);
    std::this_thread::sleep_for(std::chrono::microseconds(2000 + 137 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::optional<Position> left = PositionRecords::read(memory);
    if (!left) continue;  // it had not begun
    CHECK(fitsTogether(*left));
    CHECK(left->entry >= last);
    last = left->entry;
  }
  CHECK(last > 0);
  munmap(memory, PositionRecords::kBytes);
}

TEST_CASE("who reads while it is written finds a whole record") {
  double* memory = shared();
  std::atomic<bool> isOver{false};
  std::thread writer([&] {
    PositionRecords records(memory);
    for (std::int64_t n = 1; !isOver; ++n) records.write(numbered(n));
  });
  std::int64_t before = 0;
  int found = 0;
  // Both may be in writing while it looks, if the writer is that fast: then there is none just now.
  CHECK(waitFor([&] {
    for (int i = 0; i < 100; ++i) {
      const std::optional<Position> seen = PositionRecords::read(memory);
      if (!seen) continue;
      CHECK(fitsTogether(*seen));
      // It looks at one record after the other: the second may be in writing when the first is older by now.
      CHECK(seen->entry >= before - 1);
      before = seen->entry;
      ++found;
    }
    return found > 20000;
  }));
  isOver = true;
  writer.join();
  munmap(memory, PositionRecords::kBytes);
}

TEST_CASE("of what is published: the passage that comes, counted from its start, while it plays") {
  PublishedState state;
  CHECK_FALSE(positionIn(state, kRate));
  state.playing = 1;
  CHECK_FALSE(positionIn(state, kRate));
  state.voices[0] = {.entry = 4, .isCurrent = 0, .at = 400000, .start = 0, .end = 480000};
  CHECK_FALSE(positionIn(state, kRate));
  state.voices[1] = {.entry = 5, .isCurrent = 1, .at = 96000 + 480, .start = 96000, .end = 480000};
  CHECK(positionIn(state, kRate)->entry == 5);
  CHECK(positionIn(state, kRate)->positionMs == 10);
  state.playing = 0;
  CHECK_FALSE(positionIn(state, kRate));
}

TEST_CASE("it follows a playing engine: on, through a crossfade, after a seek, and not in a pause") {
  TemporaryFile file;
  Engine engine({.rate = kRate, .playing = true, .limiter = false}, openSynthetic, [] {});
  SinkHost host(engine, makeNull);
  host.switchTo({.kind = SinkChoice::null}, [](bool, const std::string&) {});
  std::string error;
  constexpr std::int64_t kFloorMs = 4'000'000'000'000;
  auto mirror = PositionMirror::open(file.path, kFloorMs, kRate, [&engine] { return engine.published(); }, error);
  REQUIRE(mirror);
  const auto at = [&] { return inFile(file.path).value_or(Position{}); };
  CHECK(at().entry == 0);

  engine.offer({.plan = 1, .entry = 7, .start = 0, .end = 96000}, music(1));
  CHECK(waitFor([&] { return at().entry == 7 && at().positionMs > 200; }));
  // No earlier than it was told, though the clock says so.
  CHECK(at().savedAtMs == kFloorMs);
  // Overlapping for half a second: the one that comes counts as soon as it sounds.
  engine.offer({.plan = 2, .entry = 8, .after = 7, .start = 0, .end = 480000, .overlap = 24000}, music(2));
  CHECK(waitFor([&] { return at().entry == 8; }));
  CHECK(at().positionMs < 2000);
  engine.seek(8, 300000);
  CHECK(waitFor([&] { return at().positionMs >= 6250; }));
  CHECK(at().entry == 8);

  engine.pause();
  CHECK(waitFor([&] { return engine.published().playing == 0; }));
  // One that was under way.
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const Position paused = at();
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  CHECK(at().positionMs == paused.positionMs);
  engine.play(0);
  CHECK(waitFor([&] { return at().positionMs > paused.positionMs; }));
  mirror.reset();
  const Position last = at();
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  CHECK(at().positionMs == last.positionMs);
}

TEST_CASE("a file that cannot be made is refused with the system's word") {
  std::string error;
  CHECK_FALSE(PositionMirror::open("/nowhere/at/all", 0, kRate, [] { return PublishedState{}; }, error));
  CHECK(error == "/nowhere/at/all: No such file or directory");
}
