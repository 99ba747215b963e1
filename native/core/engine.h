// The control side of the playing core: takes what the daemon asks, hands plans to the audio thread, gives
// voices their decoder threads, and keeps the account of what sounded. Called from the JavaScript thread and
// from its own control thread, under one mutex that the audio thread never takes. Knows no Node, no device.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/arena.h"
#include "core/channel.h"
#include "core/decode_job.h"
#include "core/renderer.h"
#include "core/sink.h"
#include "core/source.h"
#include "core/types.h"

namespace segue {

enum class EventType : std::uint8_t {
  voiceStarted,
  crossfadeStarted,
  crossfadeEnded,
  voiceEnded,
  voiceFailed,
  endedEarly,
  underrunBegan,
  underrunEnded,
  xrun,
  limiterEngaged,
  streamOpened,
  streamLost,
  overflow,
};

struct Event {
  EventType type = EventType::overflow;
  Frame frame = 0;
  std::int64_t entry = 0;
  std::int64_t plan = 0;
  Frame at = 0;         // file frame; for a crossfade its length
  std::int64_t to = 0;  // crossfade: the entry that comes
  bool isMissing = false;
  EndedVoice ended;
  std::string text;
};

// The answer to request `request` (a number the command returned).
struct Answered {
  std::uint32_t request = 0;
  bool isAccepted = false;
  Frame frame = 0;
};

enum class Withdrawal : std::uint8_t { withdrawn, notLoaded, tooLate };

struct Snapshot {
  PublishedState state;
  bool hasNext = false;
  std::int64_t nextEntry = 0;
  std::int64_t nextPlan = 0;
  Frame nextBuffered = 0;
  std::vector<EndedVoice> ended;
};

struct EngineConfig {
  int rate = 44100;
  bool playing = false;
  double volume = 1;  // a person's scale
  bool limiter = true;
  bool manual = false;  // the caller of pull() is the audio thread
  int ringSeconds = 10;
  std::int64_t spareLimitNs = 2'000'000'000;  // a ring that nobody has needed for so long takes no memory
  std::size_t eventLimit = 1024;
  std::int64_t hangLimitNs = 10'000'000'000;
  std::int64_t holdLimitNs = 100'000'000;  // how long a sink is waited for before it is taken away
};

class Engine {
 public:
  // `wake` is called from the control thread when drain() has something; it must only pass that on.
  Engine(const EngineConfig& config, OpenSource open, std::function<void()> wake);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Commands: each returns the number under which drain() gives its answer.
  std::uint32_t offer(const Plan& plan, std::string path);
  std::uint32_t play(Frame rampFrames);
  std::uint32_t pause();
  std::uint32_t skip(std::int64_t entry, Frame fadeFrames, VoiceEnd reason);
  std::uint32_t seek(std::int64_t entry, Frame target);
  // The music waits; a tone is heard on the left, on the right and on both; the music goes on under a ramp. Answered when it
  // does; too late: refused (one is heard already, the sink changes) or cut short.
  std::uint32_t testTone(Frame resumeFrames);
  std::uint32_t endTestTone();
  // Fades out, ends all voices. After its answer the engine only gives silence.
  std::uint32_t close(Frame fadeFrames);

  Withdrawal withdraw(std::int64_t entry);
  void setVolume(double volume);
  double volume() const { return volume_.load(std::memory_order_relaxed); }
  Snapshot snapshot();
  // The audio thread's latest word, without waiting for anybody.
  [[nodiscard]] PublishedState published() const;
  void acknowledge(const std::vector<std::int64_t>& entries);
  void drain(std::vector<Event>& events, std::vector<Answered>& answers);

  // Manual sink: renders, waiting (bounded) for decoders. The calling thread is the audio thread.
  void pull(float* out, Frame frames);
  // Manual sink: waits (bounded) until what can happen at this very frame is decoded, then lets it happen.
  void pullNothing();

  // How a sink that renders ahead learns that it should take back: a command has come, or what it waited for is
  // decoded. Called under the engine's mutex; it must only pass that on. Not called any more when this returns.
  void setNudge(std::function<void()> nudge);

  // For the sink's host.
  Renderer& renderer() { return renderer_; }
  CallbackMeter& meter() { return meter_; }
  [[nodiscard]] int rate() const { return config_.rate; }
  // Silence with a ramp while sinks change; waits (bounded) until the audio thread has obeyed.
  void hold();
  void release();
  // No sink renders just now: obeys waiting commands on the calling thread.
  void service();
  void setManual(bool isManual);
  void report(EventType type, std::string text);

  struct Memory {
    std::size_t bytes;
    bool isLocked;
    const float* rings;
  };
  [[nodiscard]] Memory memory() const { return {arena_.bytes(), arena_.isLocked(), arena_.data()}; }
  [[nodiscard]] const AudioCounters& audioCounters() const { return channel_.counters; }
  std::uint64_t concealedPackets();
  std::uint64_t leakedSources();

 private:
  // One of the voices' places: a ring and who writes into it.
  struct Place {
    std::shared_ptr<DecodeJob> job;
    int references = 0;       // offers that point here and that the audio thread has not let go
    bool isSounding = false;  // begun and not released
    bool isReported = false;  // its outcome has been told
    std::int64_t entry = 0;
    Plan plan;
    std::string path;
    std::int64_t freeSinceNs = 0;  // its ring still takes memory, for nobody; 0: that is not so
  };
  // The control side's half of an Offer in the pool.
  struct Ticket {
    bool isUsed = false;
    bool isSeek = false;
    std::uint64_t serial = 0;
    std::string path;
    Frame ownEnd = 0;     // of a seek: the end of the entry's own plan
    Frame decodeEnd = 0;  // what its decoder is to deliver, if that is more than the plan's end
  };
  static constexpr std::size_t kOffers = 32;

  void extendDecoding(std::int64_t entry, Frame end);
  void waitUntilSatisfied(Frame frames);
  void controlLoop();
  // What has happened is taken in and passed on. Returns how soon it has to be looked at again. Locks.
  std::chrono::milliseconds tick();
  // Until the next planned start or end, within bounds.
  [[nodiscard]] std::chrono::milliseconds untilNextEdge(const PublishedState& state) const;
  void drainRecords();
  void reapOffers();
  void reapPlaces();
  void collectAnswers();
  void watchJobs();
  void assignPlaces();
  void buryJob(std::shared_ptr<DecodeJob> job);
  void reapBuried();
  void freePlace(std::size_t index);
  void giveBackSpareRings();
  void failOffers(std::size_t place, const DecodeJob::Outcome& outcome);
  void emit(Event event);
  Frame streamFrame() const;
  int takeOffer(const Plan& plan, std::string path, bool isSeek);
  std::uint32_t send(Command command);
  std::uint32_t refuse();
  void obeyIfManual();
  void notify();
  void nudge();
  void nudgeWhenReady(const PublishedState& state);

  const EngineConfig config_;
  const OpenSource open_;
  const std::function<void()> wake_;
  Arena arena_;
  Channel channel_;
  std::array<VoiceSlot, kVoices> slots_;
  std::array<Offer, kOffers> offers_;
  Renderer renderer_;
  CallbackMeter meter_;
  std::atomic<double> volume_;

  std::mutex mutex_;  // everything below
  std::condition_variable kick_;
  bool isStopping_ = false;
  bool isManual_;
  bool isKicked_ = false;
  bool hasOverflowed_ = false;
  std::uint64_t xrunsSeen_ = 0;
  std::uint64_t droppedSeen_ = 0;
  std::array<Place, kVoices> places_;
  std::array<Ticket, kOffers> tickets_;
  std::uint64_t serial_ = 0;
  std::uint32_t lastRequest_ = 0;
  struct Waiting {
    std::uint32_t request = 0;
    bool isUsed = false;
  };
  std::array<Waiting, AnswerTable::kCells> waiting_{};
  int waitingCount_ = 0;
  std::deque<Event> events_;
  std::vector<Answered> answers_;
  std::vector<EndedVoice> ended_;
  struct Buried {
    std::shared_ptr<DecodeJob> job;
    std::int64_t sinceNs;
    bool isCounted;
  };
  std::vector<Buried> buried_;
  std::function<void()> nudge_;
  std::uint64_t concealedBefore_ = 0;
  std::uint64_t leaked_ = 0;
  std::thread control_;
};

}  // namespace segue
