// The rings with two real threads: nothing lost, nothing twice, in order. Under TSan this also proves the
// orders.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/channel.h"
#include "core/spsc_ring.h"
#include "core/voice_ring.h"

using namespace segue;

TEST_CASE("a record ring passes everything in order between two threads") {
  SpscRing<Record, 64> ring;
  constexpr Frame kCount = 200000;
  std::thread producer([&ring] {
    for (Frame i = 0; i < kCount;) {
      if (ring.push({.frame = i, .heard = -i})) ++i;
    }
  });
  Record record;
  Frame expected = 0;
  bool isRight = true;
  while (expected < kCount) {
    if (!ring.pop(record)) continue;
    isRight = isRight && record.frame == expected && record.heard == -expected;
    ++expected;
  }
  producer.join();
  CHECK(isRight);
  CHECK_FALSE(ring.pop(record));
}

TEST_CASE("a full ring refuses and loses nothing") {
  SpscRing<int, 4> ring;
  for (int i = 0; i < 4; ++i) CHECK(ring.push(i));
  CHECK_FALSE(ring.push(4));
  int item = -1;
  for (int i = 0; i < 4; ++i) {
    CHECK(ring.pop(item));
    CHECK(item == i);
  }
  CHECK_FALSE(ring.pop(item));
}

TEST_CASE("a voice ring passes frames between two threads, across many wraps, odd sizes and steps back") {
  constexpr Frame kCapacity = 1000;
  constexpr Frame kKept = 200;
  constexpr Frame kFirst = 12345;
  constexpr Frame kEnd = kFirst + 300000;
  std::vector<float> memory(2 * kCapacity);
  VoiceRing ring;
  ring.bind(memory.data(), kCapacity, kKept);
  ring.reset(kFirst);
  std::thread decoder([&ring] {
    std::vector<float> chunk(2 * 137);
    for (Frame at = kFirst; at < kEnd;) {
      const Frame count = std::min<Frame>(137, kEnd - at);
      for (Frame i = 0; i < 2 * count; ++i)
        chunk[static_cast<std::size_t>(i)] = static_cast<float>(2 * (at - kFirst) + i);
      Frame done = 0;
      while (done < count) done += ring.write(chunk.data() + 2 * done, count - done);
      at += count;
    }
    ring.finish(false);
  });
  Frame at = kFirst;
  bool isRight = true;
  Frame furthest = kFirst;
  for (int turn = 0; at < kEnd; ++turn) {
    const Frame count = std::min<Frame>({61, ring.written() - at, kEnd - at});
    for (Frame i = 0; i < count; ++i) {
      const float* frame = ring.frame(at + i);
      isRight = isRight && frame[0] == static_cast<float>(2 * (at + i - kFirst)) &&
                frame[1] == static_cast<float>(2 * (at + i - kFirst) + 1);
    }
    at += count;
    furthest = std::max(furthest, at);
    if (turn % 7 == 3) at = std::max(kFirst, furthest - kKept + turn % 190);
    ring.consume(at);
  }
  decoder.join();
  CHECK(isRight);
  CHECK(ring.finished());
  CHECK(ring.buffered() == 0);
}

TEST_CASE("who reads a state until it has stayed sees no record of a later one, and all of those before") {
  constexpr std::int64_t kCount = 100000;
  Channel channel;
  PublishedState first;
  first.voices[0].entry = 1;
  channel.state.begin();
  channel.state.write(first);
  std::atomic<std::int64_t> seen{0};
  std::thread audio([&channel, &seen] {
    for (std::int64_t entry = 1; entry <= kCount; ++entry) {
      // The ring is never full.
      while (entry - seen.load() > 500) std::this_thread::yield();
      channel.state.begin();
      channel.records.push({.type = RecordType::voiceEnded, .entry = entry});
      PublishedState state;
      state.voices[0].entry = entry + 1;
      channel.state.write(state);
    }
  });
  bool isRight = true;
  PublishedState state;
  while (isRight && seen < kCount) {
    for (;;) {
      const std::uint64_t sequence = channel.state.read(state);
      for (Record record; channel.records.pop(record);) seen = record.entry;
      if (channel.state.sequence() == sequence) break;
    }
    isRight = state.voices[0].entry == seen + 1;
  }
  seen = kCount;
  audio.join();
  CHECK(isRight);
}

TEST_CASE("the published state is never torn") {
  Published published;
  std::thread audio([&published] {
    PublishedState state;
    for (Frame i = 0; i < 100000; ++i) {
      state.streamFrame = i;
      state.nextPlan = i;
      for (auto& voice : state.voices) voice.entry = voice.buffered = i;
      published.begin();
      published.write(state);
    }
  });
  bool isRight = true;
  PublishedState state;
  do {
    published.read(state);
    isRight = isRight && state.nextPlan == state.streamFrame;
    for (const auto& voice : state.voices) {
      isRight = isRight && voice.entry == state.streamFrame && voice.buffered == state.streamFrame;
    }
  } while (state.streamFrame < 99999);
  audio.join();
  CHECK(isRight);
}
