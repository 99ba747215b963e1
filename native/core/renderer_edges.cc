// See renderer.h. Here: what happens between commands: voices begin, end, run dry and come back, each at its
// frame.
#include <algorithm>

#include "core/renderer.h"

namespace segue {

Voice* Renderer::planned(Voice::Role role) noexcept SEGUE_NONBLOCKING {
  for (Voice& voice : voices_) {
    if (voice.role == role) return &voice;
  }
  return nullptr;
}

const Voice* Renderer::planned(Voice::Role role) const noexcept SEGUE_NONBLOCKING {
  for (const Voice& voice : voices_) {
    if (voice.role == role) return &voice;
  }
  return nullptr;
}

// Once a period: how far each ring reaches, whether files end early, whether a starved voice may sound again.
void Renderer::observe() noexcept SEGUE_NONBLOCKING {
  for (Voice& voice : voices_) {
    if (voice.role != Voice::Role::none) observeVoice(voice);
  }
  if (next_ && next_->state.load(std::memory_order_acquire) == Offer::withdrawn) detachNext();
  if (const Voice* current = planned(Voice::Role::current);
      current && endOfPair(*current) != current->plannedEnd) {
    followPair();
  }
}

void Renderer::observeVoice(Voice& voice) noexcept SEGUE_NONBLOCKING {
  const VoiceRing& ring = voice.slot->ring;
  const bool isComplete = ring.finished();
  voice.readable = ring.written();
  const Frame end = std::min(voice.plannedEnd, ring.end());
  if (end < voice.end) {
    markChange();
    if (voice.role == Voice::Role::cut) {
      voice.cutFrames = std::clamp<Frame>(end - voice.cutAt, 0, voice.cutFrames);
      voice.end = end;
    } else {
      voice.setFadeOut(voice.fadeOut, std::max(end, voice.at));
    }
  }
  voice.isFinished = isComplete || voice.readable >= voice.end;
  if (voice.isStarved && (voice.isFinished || voice.readable - voice.at >= hurriedFrames_)) {
    markChange();
    voice.isStarved = false;
    voice.rampIn(pauseFrames_);
    note(
        {.type = RecordType::underrunEnded, .frame = streamFrame_, .entry = voice.entry, .plan = voice.plan});
  }
}

// Frames that may be mixed now. A ring that is not at its end keeps its last 5 ms for the ramp of an
// underrun.
Frame Renderer::usable(const Voice& voice) const noexcept SEGUE_NONBLOCKING {
  if (voice.isFinished) return voice.remaining();
  return std::min(voice.remaining(), voice.readable - pauseFrames_ - voice.at);
}

void Renderer::starve(Voice& voice) noexcept SEGUE_NONBLOCKING {
  markChange();
  channel_.counters.underruns.fetch_add(1, std::memory_order_relaxed);
  note({.type = RecordType::underrunBegan, .frame = streamFrame_, .entry = voice.entry, .plan = voice.plan});
  if (voice.role == Voice::Role::cut) {
    endSoon(voice, pauseFrames_, voice.reason);
    return;
  }
  addTail(voice, pauseFrames_);
  voice.isStarved = true;
}

// Everything that is due at this very frame. A successor begins before its predecessor ends, so that there is
// always a current voice between the two.
void Renderer::settle() noexcept SEGUE_NONBLOCKING {
  constexpr int kMostEdges = 4 * kVoices;
  if (tone_.isOver()) finishTone();
  for (int i = 0; i < kMostEdges; ++i) {
    bool hasChanged = beginNextIfDue();
    if (isSounding()) {
      for (Voice& voice : voices_) {
        if (voice.role == Voice::Role::none) continue;
        if (voice.remaining() <= 0) {
          end(voice, voice.role == Voice::Role::cut ? voice.reason : VoiceEnd::natural);
          hasChanged = true;
        } else if (!voice.isStarved && usable(voice) <= 0) {
          starve(voice);
          hasChanged = true;
        }
      }
    }
    if (closeCell_ >= 0 && !closing_.isRunning() && !tone_.isRunning()) finishClosing();
    if (!hasChanged) return;
  }
}

bool Renderer::isReady(const Offer& offer, Frame threshold) const noexcept SEGUE_NONBLOCKING {
  const int slot = offer.slot.load(std::memory_order_acquire);
  if (slot < 0) return false;
  const VoiceRing& ring = slots_[static_cast<std::size_t>(slot)].ring;
  const bool isComplete = ring.finished();
  const Frame buffered = ring.written() - offer.plan.first();
  // Broken: the control side is about to withdraw it, and to say why.
  if (isComplete) return buffered > 0 && !ring.broken();
  return buffered >= std::min(threshold, ring.capacity() / 2) ||
         buffered >= offer.plan.end - offer.plan.first();
}

Frame Renderer::startThreshold() const noexcept SEGUE_NONBLOCKING {
  return afterSkip_ ? hurriedFrames_ : startFrames_;
}

bool Renderer::beginNextIfDue() noexcept SEGUE_NONBLOCKING {
  if (!next_ || held_ || closed_ || closeCell_ >= 0) return false;
  // At most two planned voices sound at once: a start before the last but one has ended is moved to that end.
  if (planned(Voice::Role::outgoing)) return false;
  if (const Voice* current = planned(Voice::Role::current)) {
    if (!isSounding()) return false;
    const Frame overlap = next_->plan.after == current->entry ? next_->plan.overlap : 0;
    if (current->remaining() > overlap) return false;
    // The frames to which it is to play on are about to come.
    if (current->remaining() > 0 && !isDecodedFor(*current, endOfPair(*current))) return false;
  }
  if (!isReady(*next_, startThreshold())) return false;
  Voice* free = planned(Voice::Role::none);
  if (!free) return false;
  Offer::State expected = Offer::attached;
  // Decides against a withdraw() on the control side: exactly one of the two succeeds.
  if (!next_->state.compare_exchange_strong(expected, Offer::begun, std::memory_order_acq_rel)) {
    detachNext();
    return true;
  }
  begin(*next_, *free);
  return true;
}

void Renderer::begin(Offer& offer, Voice& voice) noexcept SEGUE_NONBLOCKING {
  markChange();
  const Plan& plan = offer.plan;
  dropSeek();
  Voice* previous = planned(Voice::Role::current);
  voice = Voice{};
  voice.role = Voice::Role::current;
  voice.slot = &slots_[static_cast<std::size_t>(offer.slot.load(std::memory_order_acquire))];
  voice.entry = plan.entry;
  voice.plan = plan.plan;
  voice.start = plan.start;
  voice.at = plan.first();
  voice.ownEnd = plan.end;
  voice.plannedEnd = plan.end;
  voice.end = plan.end;
  voice.startedAt = streamFrame_;
  voice.gain = plan.gain;
  voice.ownFadeOut = plan.fadeOut;
  voice.fadeOut = plan.fadeOut;
  observeVoice(voice);
  voice.resetFadeOut();
  if (afterSkip_) {
    // Unheard in a pause: the ramp of the resume is the only fade then.
    voice.fadeIn = {isSounding() ? skipFadeFrames_ : 0, Curve::equalPower};
  } else if (plan.resumeAt >= 0) {
    voice.rampIn(jumpFrames_);
  } else {
    voice.fadeIn = plan.fadeIn;
  }
  afterSkip_ = false;
  lastEntry_ = plan.entry;
  begun_[begunAt_++ % begun_.size()] = plan.entry;
  next_ = nullptr;
  note({.type = RecordType::voiceStarted,
        .frame = streamFrame_,
        .entry = plan.entry,
        .plan = plan.plan,
        .at = voice.at});
  if (previous) {
    previous->role = Voice::Role::outgoing;
    if (previous->remaining() > 0) {
      previous->successor = plan.entry;
      note({.type = RecordType::crossfadeStarted,
            .frame = streamFrame_,
            .entry = previous->entry,
            .at = std::min(previous->remaining(), voice.remaining()),
            .to = plan.entry});
    }
  }
  // Last look at the offer; pairs with the acquire of the control side, which then reuses it.
  offer.letGo.store(true, std::memory_order_release);
}

void Renderer::end(Voice& voice, VoiceEnd reason) noexcept SEGUE_NONBLOCKING {
  markChange();
  if (reason == VoiceEnd::natural && voice.slot->ring.broken()) reason = VoiceEnd::failed;
  if (voice.role == Voice::Role::current) dropSeek();
  if (voice.isStarved) {
    note(
        {.type = RecordType::underrunEnded, .frame = streamFrame_, .entry = voice.entry, .plan = voice.plan});
  }
  if (voice.successor != 0) {
    note({.type = RecordType::crossfadeEnded,
          .frame = streamFrame_,
          .entry = voice.entry,
          .to = voice.successor});
  }
  note({.type = RecordType::voiceEnded,
        .reason = reason,
        .frame = streamFrame_,
        .entry = voice.entry,
        .plan = voice.plan,
        .at = voice.at,
        .startedAt = voice.startedAt,
        .heard = voice.heard});
  voice.slot->ended = {.entry = voice.entry,
                       .plan = voice.plan,
                       .reason = reason,
                       .startedAt = voice.startedAt,
                       .endedAt = streamFrame_,
                       .heard = voice.heard,
                       .at = voice.at};
  voice.slot->hasEnded = true;
  releases_[releasesSize_++] = voice.slot;
  voice = Voice{};
}

// Ends the voice at this frame; its next few milliseconds still sound under a ramp.
void Renderer::endSoon(Voice& voice, Frame frames, VoiceEnd reason) noexcept SEGUE_NONBLOCKING {
  if (isSounding() && !voice.isStarved) addTail(voice, frames);
  end(voice, reason);
}

Frame Renderer::framesToEdge(Frame limit) const noexcept SEGUE_NONBLOCKING {
  Frame edge = limit;
  const auto consider = [&edge](Frame distance) noexcept SEGUE_NONBLOCKING {
    if (distance > 0 && distance < edge) edge = distance;
  };
  consider(tail_.length());
  consider(volumeRamp_.frames - volumeRamp_.at);
  consider(tone_.remaining());
  if (!isSounding()) return edge;
  consider(resume_.frames - resume_.at);
  consider(closing_.frames - closing_.at);
  for (const Voice& voice : voices_) {
    if (voice.role == Voice::Role::none || voice.isStarved) continue;
    consider(voice.framesToEdge());
    consider(usable(voice));
    if (voice.role == Voice::Role::current && next_ && next_->plan.after == voice.entry) {
      consider(voice.remaining() - next_->plan.overlap);
    }
  }
  return edge;
}

Frame Renderer::untilFree(Frame frames) const noexcept SEGUE_NONBLOCKING {
  if (!next_ || !isSounding() || next_->slot.load(std::memory_order_acquire) >= 0 || planned(Voice::Role::none)) {
    return frames;
  }
  for (const Voice& voice : voices_) {
    if (voice.remaining() > 0) frames = std::min(frames, voice.remaining());
  }
  return frames;
}

bool Renderer::isSatisfied(Frame frames) const noexcept SEGUE_NONBLOCKING {
  if (seek_ && seek_->state.load(std::memory_order_acquire) == Offer::attached &&
      !isReady(*seek_, hurriedFrames_)) {
    return false;
  }
  if (isSounding()) {
    for (const Voice& voice : voices_) {
      if (voice.role == Voice::Role::none) continue;
      const VoiceRing& ring = voice.slot->ring;
      if (ring.finished() || ring.written() >= voice.end) continue;
      const Frame needed = voice.isStarved ? hurriedFrames_ : frames + pauseFrames_ + 1;
      if (ring.written() - voice.at < std::min(needed, ring.capacity())) return false;
    }
  }
  const Voice* current = planned(Voice::Role::current);
  // Also without a successor: its own end holds again where one has been withdrawn.
  if (current && !isDecodedFor(*current, endOfPair(*current))) return false;
  if (!next_ || next_->state.load(std::memory_order_acquire) != Offer::attached) return true;
  const bool waitsToEnd =
      current && endOfPair(*current) != current->plannedEnd && endOfPair(*current) <= current->at;
  if (waitsToEnd && planned(Voice::Role::none)) return isReady(*next_, startThreshold());
  if (current && !isSounding()) return true;
  if (current) {
    const Frame overlap = next_->plan.after == current->entry ? next_->plan.overlap : 0;
    if (current->remaining() - overlap > frames) return true;
  }
  // With every place taken by a voice it cannot be decoded before one of them has ended.
  if (!planned(Voice::Role::none)) return true;
  return isReady(*next_, startThreshold());
}

}  // namespace segue
