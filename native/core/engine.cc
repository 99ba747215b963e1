// See engine.h. Here: beginning and end, and what is asked of the audio thread.
#include "core/engine.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace segue {

namespace {
double cubed(double volume) { return volume * volume * volume; }
}  // namespace

Engine::Engine(const EngineConfig& config, OpenSource open, std::function<void()> wake)
    : config_(config),
      open_(open),
      wake_(std::move(wake)),
      arena_(static_cast<std::size_t>(config.rate) * static_cast<std::size_t>(config.ringSeconds) * kVoices *
             2 * sizeof(float)),
      renderer_((channel_.volumeGain = cubed(config.volume),
                 RendererConfig{.rate = config.rate, .playing = config.playing, .limiter = config.limiter}),
                channel_, slots_),
      volume_(config.volume),
      isManual_(config.manual) {
  if (!arena_.data()) throw std::runtime_error("No memory for the voice rings.");
  const Frame capacity = static_cast<Frame>(config.rate) * config.ringSeconds;
  for (std::size_t i = 0; i < kVoices; ++i) {
    slots_[i].ring.bind(arena_.data() + i * static_cast<std::size_t>(2 * capacity), capacity,
                        static_cast<Frame>(config.rate) * kKeptMs / 1000);
  }
  if (isManual_) emit({.type = EventType::streamOpened, .text = "manual"});
  control_ = std::thread([this] { controlLoop(); });
}

Engine::~Engine() {
  {
    const std::lock_guard lock(mutex_);
    isStopping_ = true;
    kick_.notify_all();
  }
  control_.join();
  for (Place& place : places_) {
    if (place.job) buryJob(std::move(place.job));
  }
  // A source that hangs has been interrupted; it gets a moment, then its thread is left behind.
  const std::int64_t deadline = monotonicNs() + 1'000'000'000;
  while (!buried_.empty() && monotonicNs() < deadline) {
    reapBuried();
    if (!buried_.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (Buried& buried : buried_) buried.job->detach();
}

std::uint32_t Engine::send(Command command) {
  const auto cell =
      std::find_if(waiting_.begin(), waiting_.end(), [](const Waiting& w) { return !w.isUsed; });
  // More unanswered commands than cells: nothing renders. Refused rather than queued without bound.
  if (cell == waiting_.end()) {
    if (command.offer) command.offer->letGo.store(true, std::memory_order_release);
    return refuse();
  }
  command.cell = static_cast<std::int32_t>(cell - waiting_.begin());
  channel_.answers.clear(command.cell);
  *cell = {++lastRequest_, true};
  ++waitingCount_;
  // Cannot be full: it has as many places as there are answer cells.
  channel_.commands.push(command);
  const std::uint32_t request = cell->request;
  obeyIfManual();
  notify();
  nudge();
  return request;
}

std::uint32_t Engine::refuse() {
  answers_.push_back({.request = ++lastRequest_});
  notify();
  return lastRequest_;
}

void Engine::obeyIfManual() {
  if (isManual_) renderer_.render(nullptr, 0);
}

void Engine::notify() {
  isKicked_ = true;
  kick_.notify_one();
}

int Engine::takeOffer(const Plan& plan, std::string path, bool isSeek) {
  for (std::size_t i = 0; i < kOffers; ++i) {
    if (tickets_[i].isUsed) continue;
    Offer& offer = offers_[i];
    offer.plan = plan;
    offer.slot.store(-1, std::memory_order_relaxed);
    offer.letGo.store(false, std::memory_order_relaxed);
    offer.state.store(Offer::offered, std::memory_order_release);
    tickets_[i] = {.isUsed = true, .isSeek = isSeek, .serial = ++serial_, .path = std::move(path)};
    return static_cast<int>(i);
  }
  return -1;
}

std::uint32_t Engine::offer(const Plan& plan, std::string path) {
  const std::lock_guard lock(mutex_);
  reapOffers();
  for (const EndedVoice& voice : ended_) {
    if (voice.entry == plan.entry) return refuse();
  }
  // The same entry again, from the same place: the decoder that is at it serves the new plan too.
  int shared = -1;
  for (std::size_t i = 0; i < kOffers; ++i) {
    const Ticket& ticket = tickets_[i];
    const int slot = offers_[i].slot.load(std::memory_order_relaxed);
    if (!ticket.isUsed || ticket.isSeek || slot < 0 || ticket.path != path) continue;
    const Place& place = places_[static_cast<std::size_t>(slot)];
    const DecodeTask& task = place.job->task();
    const bool isUsable = offers_[i].plan.entry == plan.entry && task.first == plan.first() &&
                          task.end == plan.end && !place.job->outcome().hasFailed;
    if (isUsable) shared = slot;
  }
  if (plan.previousEnd >= 0) extendDecoding(plan.after, plan.previousEnd);
  const int index = takeOffer(plan, std::move(path), false);
  if (index < 0) return refuse();
  Offer& made = offers_[static_cast<std::size_t>(index)];
  if (shared >= 0) {
    ++places_[static_cast<std::size_t>(shared)].references;
    made.slot.store(shared, std::memory_order_release);
  } else {
    assignPlaces();
  }
  return send({.type = CommandType::offer, .entry = plan.entry, .offer = &made});
}

// The successor lets `entry` play on: whoever decodes it, now or soon, delivers that much.
void Engine::extendDecoding(std::int64_t entry, Frame end) {
  for (Place& place : places_) {
    if (!place.job || place.entry != entry || place.job->wanted() >= end) continue;
    place.job->extend(end);
    place.isReported = false;
  }
  for (std::size_t i = 0; i < kOffers; ++i) {
    Ticket& ticket = tickets_[i];
    if (ticket.isUsed && offers_[i].plan.entry == entry) ticket.decodeEnd = std::max(ticket.decodeEnd, end);
  }
}

Withdrawal Engine::withdraw(std::int64_t entry) {
  const std::lock_guard lock(mutex_);
  Withdrawal result = Withdrawal::notLoaded;
  for (std::size_t i = 0; i < kOffers; ++i) {
    if (!tickets_[i].isUsed || tickets_[i].isSeek || offers_[i].plan.entry != entry) continue;
    if (offers_[i].settle(Offer::withdrawn)) {
      result = Withdrawal::withdrawn;
    } else if (offers_[i].state.load(std::memory_order_acquire) == Offer::begun) {
      return Withdrawal::tooLate;
    }
  }
  for (const Place& place : places_) {
    if (place.isSounding && place.entry == entry) return Withdrawal::tooLate;
  }
  for (const EndedVoice& voice : ended_) {
    if (voice.entry == entry) return Withdrawal::tooLate;
  }
  obeyIfManual();
  notify();
  return result;
}

std::uint32_t Engine::play(Frame rampFrames) {
  const std::lock_guard lock(mutex_);
  return send({.type = CommandType::play, .frames = rampFrames});
}

std::uint32_t Engine::pause() {
  const std::lock_guard lock(mutex_);
  return send({.type = CommandType::pause});
}

std::uint32_t Engine::testTone(Frame resumeFrames) {
  const std::lock_guard lock(mutex_);
  return send({.type = CommandType::testTone, .frames = resumeFrames});
}

std::uint32_t Engine::endTestTone() {
  const std::lock_guard lock(mutex_);
  return send({.type = CommandType::endTestTone});
}

std::uint32_t Engine::skip(std::int64_t entry, Frame fadeFrames, VoiceEnd reason) {
  const std::lock_guard lock(mutex_);
  return send({.type = CommandType::skip, .reason = reason, .entry = entry, .frames = fadeFrames});
}

std::uint32_t Engine::seek(std::int64_t entry, Frame target) {
  const std::lock_guard lock(mutex_);
  reapOffers();
  const Place* place = nullptr;
  for (const Place& candidate : places_) {
    if (candidate.isSounding && candidate.entry == entry) place = &candidate;
  }
  if (!place) return refuse();
  // A newer target replaces the one that is still being loaded.
  for (std::size_t i = 0; i < kOffers; ++i) {
    if (tickets_[i].isUsed && tickets_[i].isSeek) offers_[i].settle(Offer::withdrawn);
  }
  Plan plan = place->plan;
  // It may have been let play on beyond its own end.
  PublishedState state;
  channel_.state.read(state);
  for (const PublishedVoice& voice : state.voices) {
    if (voice.entry == entry) plan.end = std::max(plan.end, voice.end);
  }
  plan.resumeAt = std::clamp(target, plan.start, plan.end - 1);
  const Frame decodeEnd = place->job ? place->job->wanted() : plan.end;
  const Frame ownEnd = place->plan.end;
  const int index = takeOffer(plan, place->path, true);
  if (index < 0) return refuse();
  tickets_[static_cast<std::size_t>(index)].ownEnd = ownEnd;
  tickets_[static_cast<std::size_t>(index)].decodeEnd = decodeEnd;
  assignPlaces();
  return send(
      {.type = CommandType::seek, .entry = entry, .offer = &offers_[static_cast<std::size_t>(index)]});
}

std::uint32_t Engine::close(Frame fadeFrames) {
  const std::lock_guard lock(mutex_);
  // Nobody pulls any more: a fade would never end.
  return send({.type = CommandType::close, .frames = isManual_ ? 0 : fadeFrames});
}

void Engine::setVolume(double volume) {
  volume_.store(volume, std::memory_order_relaxed);
  channel_.volumeGain.store(cubed(volume), std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  nudge();
}

void Engine::setNudge(std::function<void()> nudge) {
  const std::lock_guard lock(mutex_);
  nudge_ = std::move(nudge);
}

void Engine::nudge() {
  if (nudge_) nudge_();
}

void Engine::report(EventType type, std::string text) {
  const std::lock_guard lock(mutex_);
  emit({.type = type, .frame = streamFrame(), .text = std::move(text)});
  notify();
}

}  // namespace segue
