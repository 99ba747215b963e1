// The audio thread's whole program: fills periods from at most three voices, performs transitions on the
// stream clock, obeys commands at the start of a period. Everything it shares with the rest of the world is
// in Channel and the voice slots. render() never locks, allocates, calls the system or loops without bound.
#pragma once
#include <array>

#include "core/channel.h"
#include "core/output_meter.h"
#include "core/realtime.h"
#include "core/tail.h"
#include "core/test_tone.h"
#include "core/types.h"
#include "core/voice.h"
#include "core/voice_ring.h"

namespace segue {

struct RendererConfig {
  int rate = 44100;
  bool playing = false;
  bool limiter = true;
};

class Renderer {
 public:
  Renderer(const RendererConfig& config, Channel& channel, std::array<VoiceSlot, kVoices>& slots);
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  // Fills `frames` interleaved stereo frames. One thread at a time. With 0 frames it only obeys waiting
  // commands.
  void render(float* out, int frames) noexcept SEGUE_NONBLOCKING;

  // For a sink that can take back what its device has not played yet, so that a command is heard at once however much
  // is rendered ahead. How many frames that may be: nothing began, ended or was commanded in them.
  [[nodiscard]] Frame retractable() const noexcept SEGUE_NONBLOCKING { return streamFrame_ - floor_; }
  // Unplays the last `frames` frames, at most retractable() and what the rings keep: the next render() gives them anew.
  void takeBack(Frame frames) noexcept SEGUE_NONBLOCKING;

  // Whoever renders may ask: is all that the next `frames` frames need decoded? For sinks that are not in
  // real time.
  [[nodiscard]] bool isSatisfied(Frame frames) const noexcept SEGUE_NONBLOCKING;
  // Of the next `frames` frames, those before the end that frees a place for the next entry, where it waits for one: whoever
  // is not in real time stops there, so that it starts with that very frame.
  [[nodiscard]] Frame untilFree(Frame frames) const noexcept SEGUE_NONBLOCKING;

 private:
  static constexpr Frame kBlock = 256;

  // A gain for everything that moves over `frames` frames; 0 frames: at rest.
  struct Ramp {
    Frame at = 0;
    Frame frames = 0;
    [[nodiscard]] bool isRunning() const noexcept SEGUE_NONBLOCKING { return at < frames; }
    [[nodiscard]] double position(Frame offset) const noexcept SEGUE_NONBLOCKING {
      return static_cast<double>(at + offset) / static_cast<double>(frames);
    }
    // True: it has come to its end.
    bool advance(Frame by) noexcept SEGUE_NONBLOCKING {
      const bool wasRunning = isRunning();
      at = at + by < frames ? at + by : frames;
      return wasRunning && !isRunning();
    }
    void goBack(Frame by) noexcept SEGUE_NONBLOCKING {
      if (isRunning()) at -= by;
    }
  };

  // renderer_commands.cc
  void obey() noexcept SEGUE_NONBLOCKING;
  void obeyOne(const Command& command) noexcept SEGUE_NONBLOCKING;
  bool attach(Offer& offer) noexcept SEGUE_NONBLOCKING;
  void detachNext() noexcept SEGUE_NONBLOCKING;
  bool skip(const Command& command) noexcept SEGUE_NONBLOCKING;
  bool prepareSeek(const Command& command) noexcept SEGUE_NONBLOCKING;
  void dropSeek() noexcept SEGUE_NONBLOCKING;
  void performSeek() noexcept SEGUE_NONBLOCKING;
  void stopSounding() noexcept SEGUE_NONBLOCKING;
  void soundAgain(Frame rampFrames) noexcept SEGUE_NONBLOCKING;
  bool beginTone(const Command& command) noexcept SEGUE_NONBLOCKING;
  void finishTone() noexcept SEGUE_NONBLOCKING;
  void close(const Command& command) noexcept SEGUE_NONBLOCKING;
  void finishClosing() noexcept SEGUE_NONBLOCKING;
  void followPair() noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] Frame endOfPair(const Voice& current) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] bool isDecodedFor(const Voice& current, Frame end) const noexcept SEGUE_NONBLOCKING;

  // renderer_edges.cc
  void observe() noexcept SEGUE_NONBLOCKING;
  void observeVoice(Voice& voice) noexcept SEGUE_NONBLOCKING;
  void settle() noexcept SEGUE_NONBLOCKING;
  bool beginNextIfDue() noexcept SEGUE_NONBLOCKING;
  void begin(Offer& offer, Voice& voice) noexcept SEGUE_NONBLOCKING;
  void end(Voice& voice, VoiceEnd reason) noexcept SEGUE_NONBLOCKING;
  void endSoon(Voice& voice, Frame frames, VoiceEnd reason) noexcept SEGUE_NONBLOCKING;
  void starve(Voice& voice) noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] Frame usable(const Voice& voice) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] Frame framesToEdge(Frame limit) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] bool isReady(const Offer& offer, Frame threshold) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] Frame startThreshold() const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] Voice* planned(Voice::Role role) noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] const Voice* planned(Voice::Role role) const noexcept SEGUE_NONBLOCKING;

  // renderer.cc
  void mixBlock(float* out, Frame frames) noexcept SEGUE_NONBLOCKING;
  void markChange() noexcept SEGUE_NONBLOCKING { floor_ = streamFrame_; }
  [[nodiscard]] const Voice* soundsAlone(Frame frames) const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] float steadyGain(const Voice& voice) const noexcept SEGUE_NONBLOCKING;
  void playAlone(const Voice& voice, float* out, Frame frames) noexcept SEGUE_NONBLOCKING;
  void mixVoices(float* out, Frame frames) noexcept SEGUE_NONBLOCKING;
  void mixVoice(const Voice& voice, Frame frames) noexcept SEGUE_NONBLOCKING;
  void addTail(const Voice& voice, Frame frames) noexcept SEGUE_NONBLOCKING;
  void finishMix(float* out, Frame frames, bool needsLimiter) noexcept SEGUE_NONBLOCKING;
  void limit(Frame frames) noexcept SEGUE_NONBLOCKING;
  void followVolume() noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] double volumeNow() const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] double mixVolume() const noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] double masterGain(Frame offset) const noexcept SEGUE_NONBLOCKING;
  void note(const Record& record) noexcept SEGUE_NONBLOCKING;
  void publish() noexcept SEGUE_NONBLOCKING;
  [[nodiscard]] bool isSounding() const noexcept SEGUE_NONBLOCKING {
    return playing_ && !held_ && !closed_ && !tone_.isRunning();
  }

  Channel& channel_;
  std::array<VoiceSlot, kVoices>& slots_;
  const RendererConfig config_;
  const Frame pauseFrames_;    // 5 ms: ramp of a pause, and what an underrun holds back
  const Frame jumpFrames_;     // 10 ms: seek, volume, declick
  const Frame cutFrames_;      // 0.1 s: the outgoing voice of a skipped crossfade
  const Frame startFrames_;    // 0.5 s buffered before a voice starts
  const Frame hurriedFrames_;  // 0.1 s after a skip or a seek

  Frame streamFrame_ = 0;
  // Since this stream frame the state has only moved on, frame by frame.
  Frame floor_ = 0;
  bool playing_;
  bool held_ = false;
  bool closed_ = false;
  std::array<Voice, kVoices> voices_{};
  Offer* next_ = nullptr;
  Offer* seek_ = nullptr;
  int seekCell_ = 0;
  int closeCell_ = -1;
  // The last entry that was current, and the latest that began (an entry sounds at most once).
  std::int64_t lastEntry_ = 0;
  std::array<std::int64_t, 8> begun_{};
  std::size_t begunAt_ = 0;
  // After a skip the next voice starts with this fade instead of its own, and in a hurry.
  bool afterSkip_ = false;
  Frame skipFadeFrames_ = 0;

  Ramp resume_;
  Ramp closing_;
  double volume_;
  double volumeFrom_;
  double volumeTo_;
  Ramp volumeRamp_;
  bool hasRampEnded_ = false;  // in the block that was mixed last
  Frame lastLimited_;
  Tail tail_;
  OutputMeter outputMeter_;
  TestTone tone_;
  std::array<double, 2 * kBlock> mix_{};
  std::array<double, kBlock> gains_{};

  // Kept until the period is full.
  std::array<Record, 64> outbox_{};
  std::size_t outboxSize_ = 0;
  std::array<VoiceSlot*, 2 * kVoices> releases_{};
  std::size_t releasesSize_ = 0;
};

}  // namespace segue
