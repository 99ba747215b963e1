// Where frames go: what a sink is to the engine, and the meter every sink keeps around render().
// A sink calls Renderer::render from one thread of its own between start() and stop().
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "core/realtime.h"

namespace segue {

// What a sink counts about its callbacks. Written by the sink's thread, read by anyone.
class CallbackMeter {
 public:
  static constexpr int kBuckets = 24;

  void count(std::int64_t elapsedNs, std::int64_t frames, int rate) noexcept SEGUE_NONBLOCKING {
    const auto us = static_cast<std::uint64_t>(elapsedNs > 0 ? elapsedNs / 1000 : 0);
    int bucket = 0;
    while (bucket < kBuckets - 1 && us >= (1ULL << bucket)) ++bucket;
    buckets[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    if (us > worstUs.load(std::memory_order_relaxed)) worstUs.store(us, std::memory_order_relaxed);
    periods.fetch_add(1, std::memory_order_relaxed);
    totalNs.fetch_add(static_cast<std::uint64_t>(elapsedNs > 0 ? elapsedNs : 0), std::memory_order_relaxed);
    periodUs.store(static_cast<std::uint64_t>(frames * 1000000 / rate), std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> periods{0};
  std::atomic<std::uint64_t> xruns{0};
  std::atomic<std::uint64_t> worstUs{0};
  std::atomic<std::uint64_t> totalNs{0};  // of all callbacks together
  std::atomic<std::uint64_t> periodUs{0};
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets{};
};

enum class Realtime : std::uint8_t { notApplicable, no, yes };

class Sink {
 public:
  virtual ~Sink() = default;
  // Takes hold of the device; renders nothing yet. False: `error` says what to do.
  virtual bool open(std::string&) { return true; }
  // After open(). False: `error` says what to do.
  virtual bool start(std::string& error) = 0;
  // After it returns render() is not called any more.
  virtual void stop() = 0;
  // True when the device has gone; `why` says how it showed. Polled a few times a second.
  virtual bool isLost(std::string& why) = 0;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual Realtime realtime() const = 0;
};

}  // namespace segue
