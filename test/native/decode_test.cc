// The decoder as the core uses it, without Node: seeks, damage and interruption, for the sanitizers to watch.
// What is exact about it is proven in test/golden; here nothing may be read, written or computed out of bounds.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "analyse/measure.h"
#include "decode/encode.h"
#include "decode/open.h"
#include "decode/trim.h"

using namespace segue;

namespace {

constexpr int kRate = 48000;
constexpr std::int64_t kFrames = 2 * kRate + 321;

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/segue-decode-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() {
    const std::string command = "rm -rf '" + path + "'";
    (void)!system(command.c_str());
  }
};
const Folder folder;

const std::vector<float>& music() {
  static const std::vector<float> samples = [] {
    std::vector<float> s(2 * kFrames);
    std::minstd_rand dice(7);
    for (std::size_t i = 0; i < s.size() / 2; ++i) {
      const double t = static_cast<double>(i) / kRate;
      const double noise = (static_cast<double>(dice()) / dice.max() - 0.5) * 0.05;
      s[2 * i] = std::round(32768 * static_cast<float>(0.4 * std::sin(6.28 * (200 + 90 * t) * t) + noise)) / 32768;
      s[2 * i + 1] = std::round(32768 * static_cast<float>(0.3 * std::sin(6.28 * 440 * t) + noise)) / 32768;
    }
    return s;
  }();
  return samples;
}

struct Kind {
  const char* codec;
  const char* extension;
};
constexpr Kind kKinds[] = {{"flac", "flac"},     {"mp3", "mp3"},    {"opus", "opus"},   {"vorbis", "ogg"}, {"aac", "m4a"},
                           {"alac", "m4a"},      {"wavpack", "wv"}, {"aiff", "aiff"},   {"wav16", "wav"},  {"wav24", "wav"},
                           {"wav32f", "wav"}};

std::string encoded(const Kind& kind) {
  EncodeJob job;
  job.path = folder.path + "/good-" + kind.codec + "." + kind.extension;
  job.codec = kind.codec;
  job.rateHz = kRate;
  job.interleaved = music().data();
  job.frames = kFrames;
  job.tags = {{"title", "A title"}, {"artist", "Somebody"}};
  const EncodeResult result = encodeFile(job);
  REQUIRE_MESSAGE(result.failure.error == SourceError::none, result.failure.message);
  return job.path;
}

std::vector<char> bytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void writeBytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Reads to the end (or a bound far beyond it); every sample must be finite.
std::int64_t drain(Source& source) {
  std::vector<float> block(2 * 3001);
  std::int64_t total = 0, strange = 0;
  for (std::int64_t got; total < 20 * kFrames && (got = source.read(block.data(), 3001)) > 0; total += got)
    for (std::int64_t i = 0; i < 2 * got; ++i) strange += std::isfinite(block[static_cast<std::size_t>(i)]) ? 0 : 1;
  CHECK(strange == 0);
  return total;
}

}  // namespace

TEST_CASE("every codec: whole, sought, and at another rate") {
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.codec);
    const std::string path = encoded(kind);
    for (const int rate : {kRate, 44100}) {
      const OpenResult opened = openWithLibav(path.c_str(), rate);
      REQUIRE_MESSAGE(opened.source, opened.message);
      const std::int64_t length = opened.source->info().lengthFrames;
      CHECK(opened.source->info().exactLength);
      CHECK(drain(*opened.source) == length);
      CHECK(drain(*opened.source) == 0);
      for (const std::int64_t at : {length - 1, std::int64_t{0}, length / 2, length / 3, length, length + 5}) {
        REQUIRE(opened.source->seek(at));
        CHECK(drain(*opened.source) == std::max<std::int64_t>(0, length - at));
      }
      CHECK_FALSE(opened.source->seek(-1));
      CHECK(opened.source->concealed() == 0);
    }
  }
}

TEST_CASE("flipped bits, holes and cuts anywhere: finite samples or a sentence") {
  std::minstd_rand dice(11);
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.codec);
    const std::vector<char> good = bytesOf(encoded(kind));
    const std::string path = folder.path + "/damaged." + kind.extension;
    for (int round = 0; round < 16; ++round) {
      std::vector<char> bytes = good;
      // The head of a file is where parsers live: half of the flips go there.
      for (int i = 0; i < 1 + 4 * round; ++i) {
        const std::size_t reach = i % 2 ? bytes.size() : std::min<std::size_t>(bytes.size(), 600);
        bytes[dice() % reach] ^= static_cast<char>(1 << (dice() % 8));
      }
      if (round % 3 == 2) bytes.resize(dice() % bytes.size());
      writeBytes(path, bytes);
      const OpenResult opened = openWithLibav(path.c_str(), round % 2 ? kRate : 44100);
      if (!opened.source) {
        CHECK(opened.error != SourceError::none);
        CHECK(!opened.message.empty());
        continue;
      }
      drain(*opened.source);
      if (opened.source->seek(kRate / 2)) drain(*opened.source);
      measureFile(path.c_str());
    }
  }
}

TEST_CASE("heads of other files, zeroed spans and repeated pieces: finite samples or a sentence") {
  std::minstd_rand dice(23);
  std::vector<std::vector<char>> goods;
  for (const Kind& kind : kKinds) goods.push_back(bytesOf(encoded(kind)));
  for (std::size_t k = 0; k < goods.size(); ++k) {
    CAPTURE(kKinds[k].codec);
    const std::vector<char>& good = goods[k];
    const std::string path = folder.path + "/spliced." + kKinds[k].extension;
    for (int round = 0; round < 6; ++round) {
      const std::vector<char>& other = goods[dice() % goods.size()];
      const auto reach = static_cast<std::ptrdiff_t>(1 + dice() % 4096);
      const auto at = static_cast<std::ptrdiff_t>(dice() % (round % 2 ? good.size() : 1024));
      std::vector<char> bytes = good;
      if (round < 2) {
        std::copy_n(other.begin(), reach, bytes.begin());
      } else if (round < 4) {
        bytes.insert(bytes.begin() + at, other.begin(), other.begin() + reach);
      } else {
        std::fill(bytes.begin() + at, bytes.begin() + std::min<std::ptrdiff_t>(at + 8 * reach, std::ssize(bytes)), '\0');
      }
      writeBytes(path, bytes);
      const OpenResult opened = openWithLibav(path.c_str(), round % 2 ? kRate : 44100);
      if (!opened.source) {
        CHECK(!opened.message.empty());
        continue;
      }
      drain(*opened.source);
      if (opened.source->seek(kRate / 2)) drain(*opened.source);
    }
  }
}

TEST_CASE("trim readers take any bytes") {
  std::minstd_rand dice(3);
  const std::string path = folder.path + "/bytes";
  std::vector<std::vector<char>> seeds = {{}};
  for (const Kind& kind : {Kind{"mp3", "mp3"}, Kind{"aac", "m4a"}, Kind{"opus", "opus"}}) seeds.push_back(bytesOf(encoded(kind)));
  for (const std::vector<char>& seed : seeds) {
    for (int round = 0; round < 60; ++round) {
      std::vector<char> bytes = seed;
      bytes.resize(seed.empty() ? dice() % 5000 : std::min<std::size_t>(seed.size(), 1 + dice() % 70000));
      for (char& b : bytes)
        if (seed.empty() || dice() % 200 == 0) b = static_cast<char>(dice());
      writeBytes(path, bytes);
      readLameTag(path.c_str());
      readMp4Edit(path.c_str());
      readLastGranule(path.c_str());
    }
  }
}

TEST_CASE("iTunes' gapless comment") {
  const auto good = parseItunSmpb(" 00000000 00000840 000001C0 0000000000A3B2C0 00000000 00000000");
  REQUIRE(good);
  CHECK(good->priming == 0x840);
  CHECK(good->samples == 0xA3B2C0);
  for (const char* bad : {"", "hello", " 00000000 00000840", " 0 840 1C0 0", " 0 FFFFFFFF 0 1000", " 0 0 0 FFFFFFFFFFFFFFFF"})
    CHECK_FALSE(parseItunSmpb(bad));
}

TEST_CASE("an interrupted source gives up, from another thread, and says so") {
  const OpenResult opened = openWithLibav(encoded({"flac", "flac"}).c_str(), kRate);
  REQUIRE(opened.source);
  Source& source = *opened.source;
  std::thread other([&] { source.interrupt(); });
  std::vector<float> block(2 * 4096);
  std::int64_t last = 1;
  for (int i = 0; i < 1000 && last > 0; ++i) {
    last = source.read(block.data(), 4096);
    if (last == 0) last = source.seek(0) ? 1 : -1;
  }
  other.join();
  while (last > 0) last = source.read(block.data(), 4096) > 0 ? 1 : -1;
  CHECK(last < 0);
  CHECK_FALSE(source.seek(kRate));
}
