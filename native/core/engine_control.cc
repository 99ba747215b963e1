// See engine.h. Here: what the control thread does, a hundred times a second while something is under way, at the planned
// edges and twice a second while something merely plays.
#include <algorithm>
#include <chrono>
#include <utility>

#include "core/engine.h"
#include "core/thread_name.h"

namespace segue {

namespace {
using std::chrono::milliseconds;
constexpr milliseconds kBusyPoll{10};
// Waking up costs more than what is done then: between the planned edges little happens, and that may be told so late.
constexpr milliseconds kCalmPoll{500};
constexpr milliseconds kIdlePoll{200};
}  // namespace

void Engine::controlLoop() {
  nameThread("segue-control");
  for (;;) {
    const milliseconds rest = tick();
    std::unique_lock lock(mutex_);
    if (isStopping_) return;
    const bool isBusy = rest <= kBusyPoll;
    kick_.wait_for(lock, rest, [this, isBusy] { return isStopping_ || (isKicked_ && !isBusy); });
    isKicked_ = false;
    if (isStopping_) return;
  }
}

milliseconds Engine::untilNextEdge(const PublishedState& state) const {
  Frame frames = kCalmPoll.count() * config_.rate / 1000;
  Frame overlap = 0;
  for (std::size_t i = 0; i < kOffers; ++i) {
    if (tickets_[i].isUsed && offers_[i].plan.plan == state.nextPlan) overlap = offers_[i].plan.overlap;
  }
  for (const PublishedVoice& voice : state.voices) {
    if (voice.entry == 0) continue;
    frames = std::min(frames, voice.end - voice.at - (voice.isCurrent != 0 ? overlap : 0));
  }
  return std::clamp(milliseconds{1000 * frames / config_.rate}, kBusyPoll, kCalmPoll);
}

milliseconds Engine::tick() {
  bool hasNews = false;
  bool isBusy = false;
  milliseconds rest = kIdlePoll;
  {
    const std::lock_guard lock(mutex_);
    drainRecords();
    reapOffers();
    reapPlaces();
    collectAnswers();
    watchJobs();
    assignPlaces();
    giveBackSpareRings();
    reapBuried();
    const std::uint64_t xruns = meter_.xruns.load(std::memory_order_relaxed);
    if (xruns != xrunsSeen_) {
      xrunsSeen_ = xruns;
      emit({.type = EventType::xrun, .frame = streamFrame()});
    }
    hasNews = !events_.empty() || !answers_.empty() || hasOverflowed_;
    PublishedState state;
    channel_.state.read(state);
    // One that hangs for good is not waited for any more.
    isBusy = waitingCount_ > 0 || std::any_of(buried_.begin(), buried_.end(), [](const Buried& b) { return !b.isCounted; });
    const bool isPlaying = state.playing != 0 && std::any_of(state.voices.begin(), state.voices.end(),
                                                             [](const auto& voice) { return voice.entry != 0; });
    if (state.playing != 0) nudgeWhenReady(state);
    if (isPlaying) rest = untilNextEdge(state);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const bool isLoading = places_[i].job && !places_[i].isReported;
      isBusy = isBusy ||
               (isLoading && (slots_[i].ring.finished() || slots_[i].ring.buffered() < config_.rate / 2));
    }
  }
  if (hasNews) wake_();
  return isBusy ? kBusyPoll : rest;
}

// A seek, or the next entry while nothing goes before it, begins as soon as 0.1 s of it is decoded: a sink that is ahead
// by more would let that wait.
void Engine::nudgeWhenReady(const PublishedState& state) {
  const bool hasCurrent = std::any_of(state.voices.begin(), state.voices.end(),
                                      [](const auto& voice) { return voice.entry != 0 && voice.isCurrent != 0; });
  for (std::size_t i = 0; i < kOffers; ++i) {
    const int slot = offers_[i].slot.load(std::memory_order_relaxed);
    const bool isAwaited = tickets_[i].isUsed && slot >= 0 && (tickets_[i].isSeek || !hasCurrent) &&
                           offers_[i].state.load(std::memory_order_acquire) == Offer::attached;
    if (!isAwaited) continue;
    const VoiceRing& ring = slots_[static_cast<std::size_t>(slot)].ring;
    if (ring.finished() || ring.buffered() >= config_.rate / 10) return nudge();
  }
}

Frame Engine::streamFrame() const {
  PublishedState state;
  channel_.state.read(state);
  return state.streamFrame;
}

// Bounded: a daemon that does not listen for long is told so once, and asks for a snapshot.
void Engine::emit(Event event) {
  if (events_.size() >= config_.eventLimit) {
    hasOverflowed_ = true;
  } else {
    events_.push_back(std::move(event));
  }
}

void Engine::drainRecords() {
  Record record;
  while (channel_.records.pop(record)) {
    Event event{
        .frame = record.frame, .entry = record.entry, .plan = record.plan, .at = record.at, .to = record.to};
    switch (record.type) {
      case RecordType::voiceStarted:
        event.type = EventType::voiceStarted;
        break;
      case RecordType::crossfadeStarted:
        event.type = EventType::crossfadeStarted;
        break;
      case RecordType::crossfadeEnded:
        event.type = EventType::crossfadeEnded;
        break;
      case RecordType::voiceEnded:
        event.type = EventType::voiceEnded;
        event.ended = {.entry = record.entry,
                       .plan = record.plan,
                       .reason = record.reason,
                       .startedAt = record.startedAt,
                       .endedAt = record.frame,
                       .heard = record.heard,
                       .at = record.at};
        break;
      case RecordType::underrunBegan:
        event.type = EventType::underrunBegan;
        break;
      case RecordType::underrunEnded:
        event.type = EventType::underrunEnded;
        break;
      case RecordType::limiterEngaged:
        event.type = EventType::limiterEngaged;
        break;
    }
    emit(std::move(event));
  }
  const std::uint64_t dropped = channel_.counters.recordsDropped.load(std::memory_order_relaxed);
  if (dropped != droppedSeen_) {
    droppedSeen_ = dropped;
    hasOverflowed_ = true;
  }
}

// Offers the audio thread has let go: begun ones leave their place to the voice, others give it back.
void Engine::reapOffers() {
  for (std::size_t i = 0; i < kOffers; ++i) {
    Ticket& ticket = tickets_[i];
    Offer& offer = offers_[i];
    if (!ticket.isUsed || !offer.letGo.load(std::memory_order_acquire)) continue;
    const int slot = offer.slot.load(std::memory_order_relaxed);
    if (slot >= 0) {
      Place& place = places_[static_cast<std::size_t>(slot)];
      --place.references;
      if (offer.state.load(std::memory_order_acquire) == Offer::begun) {
        place.isSounding = true;
        place.entry = offer.plan.entry;
        place.plan = offer.plan;
        if (ticket.isSeek) place.plan.end = ticket.ownEnd;
        place.path = ticket.path;
      } else if (place.references == 0 && !place.isSounding) {
        freePlace(static_cast<std::size_t>(slot));
      }
    }
    offer.state.store(Offer::unused, std::memory_order_relaxed);
    ticket = Ticket{};
  }
}

// Places the audio thread has released. What ended there is kept until the daemon has acknowledged it.
void Engine::reapPlaces() {
  const std::size_t known = ended_.size();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    if (!place.isSounding || !slots_[i].released.load(std::memory_order_acquire)) continue;
    place.isSounding = false;
    slots_[i].released.store(false, std::memory_order_relaxed);
    if (slots_[i].hasEnded) ended_.push_back(slots_[i].ended);
    if (place.references == 0) freePlace(i);
  }
  // In the order in which they ended, not of their places.
  std::sort(ended_.begin() + static_cast<std::ptrdiff_t>(known), ended_.end(),
            [](const EndedVoice& a, const EndedVoice& b) { return a.endedAt < b.endedAt; });
}

void Engine::freePlace(std::size_t index) {
  Place& place = places_[index];
  if (place.job) buryJob(std::move(place.job));
  place = Place{};
  place.freeSinceNs = monotonicNs();
}

// Two rings do for what plays and what comes next; the third is for crossfades, and for what people do.
void Engine::giveBackSpareRings() {
  const std::size_t bytes = arena_.bytes() / kVoices;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    const bool isSpare = place.references == 0 && !place.isSounding && place.freeSinceNs != 0 &&
                         monotonicNs() - place.freeSinceNs > config_.spareLimitNs;
    if (!isSpare) continue;
    arena_.giveBack(i * bytes, bytes);
    place.freeSinceNs = 0;
  }
}

void Engine::collectAnswers() {
  for (std::size_t cell = 0; cell < waiting_.size(); ++cell) {
    if (!waiting_[cell].isUsed) continue;
    const Frame answer = channel_.answers.get(static_cast<int>(cell));
    if (answer == AnswerTable::kPending) continue;
    answers_.push_back({.request = waiting_[cell].request,
                        .isAccepted = answer != AnswerTable::kTooLate,
                        .frame = answer == AnswerTable::kTooLate ? 0 : answer});
    waiting_[cell] = {};
    --waitingCount_;
  }
}

void Engine::watchJobs() {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    if (!place.job) continue;
    const std::int64_t busySince = place.job->busySinceNs();
    const VoiceRing& ring = slots_[i].ring;
    // A read that hangs harms nobody while there is something buffered; then its time is up.
    if (busySince != 0 && monotonicNs() - busySince > config_.hangLimitNs && !ring.finished() &&
        ring.buffered() < config_.rate / 2) {
      place.job->abandon("Reading the file takes too long: the disk does not answer.");
    }
    if (place.isReported) continue;
    const bool isFinal = ring.finished() || ring.written() >= place.job->wanted();
    const DecodeJob::Outcome outcome = place.job->outcome();
    if (outcome.endsEarly && !outcome.hasFailed) {
      emit({.type = EventType::endedEarly, .frame = streamFrame(), .entry = place.entry, .at = outcome.end});
    }
    if (outcome.hasFailed) {
      failOffers(i, outcome);
    }
    place.isReported = isFinal || outcome.endsEarly || outcome.hasFailed;
  }
}

void Engine::failOffers(std::size_t place, const DecodeJob::Outcome& outcome) {
  bool isTold = false;
  for (std::size_t i = 0; i < kOffers; ++i) {
    const Ticket& ticket = tickets_[i];
    Offer& offer = offers_[i];
    if (!ticket.isUsed || offer.slot.load(std::memory_order_relaxed) != static_cast<int>(place)) continue;
    // Lost against the audio thread: it has begun, and ends as failed where its ring ends.
    if (!offer.settle(Offer::withdrawn) || ticket.isSeek || isTold) continue;
    isTold = true;
    emit({.type = EventType::voiceFailed,
          .frame = streamFrame(),
          .entry = offer.plan.entry,
          .isMissing = outcome.isMissing,
          .text = outcome.message});
  }
}

// Gives free places to offers that wait for one: a seek first, then the newest.
void Engine::assignPlaces() {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    if (place.references > 0 || place.isSounding) continue;
    int best = -1;
    for (std::size_t k = 0; k < kOffers; ++k) {
      const Offer::State state = offers_[k].state.load(std::memory_order_acquire);
      if (!tickets_[k].isUsed || offers_[k].slot.load(std::memory_order_relaxed) >= 0) continue;
      if (state != Offer::offered && state != Offer::attached) continue;
      const bool isBetter = best < 0 ||
                            tickets_[k].isSeek > tickets_[static_cast<std::size_t>(best)].isSeek ||
                            (tickets_[k].isSeek == tickets_[static_cast<std::size_t>(best)].isSeek &&
                             tickets_[k].serial > tickets_[static_cast<std::size_t>(best)].serial);
      if (isBetter) best = static_cast<int>(k);
    }
    if (best < 0) return;
    Offer& offer = offers_[static_cast<std::size_t>(best)];
    slots_[i].ring.reset(offer.plan.first());
    place = Place{};
    place.entry = offer.plan.entry;
    place.references = 1;
    place.job = DecodeJob::start({.path = tickets_[static_cast<std::size_t>(best)].path,
                                  .rate = config_.rate,
                                  .start = offer.plan.start,
                                  .first = offer.plan.first(),
                                  .end = offer.plan.end},
                                 &slots_[i].ring, open_);
    place.job->extend(tickets_[static_cast<std::size_t>(best)].decodeEnd);
    // Pairs with the acquire in isReady(): the ring has been reset.
    offer.slot.store(static_cast<int>(i), std::memory_order_release);
  }
}

void Engine::buryJob(std::shared_ptr<DecodeJob> job) {
  job->cancel();
  concealedBefore_ += job->concealed();
  buried_.push_back({std::move(job), monotonicNs(), false});
}

void Engine::reapBuried() {
  std::erase_if(buried_, [this](Buried& buried) {
    if (buried.job->isDone()) {
      buried.job->join();
      return true;
    }
    if (!buried.isCounted && monotonicNs() - buried.sinceNs > config_.hangLimitNs) {
      buried.isCounted = true;
      ++leaked_;
    }
    return false;
  });
}

}  // namespace segue
