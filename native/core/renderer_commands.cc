// See renderer.h. Here: what a person or the daemon asks for, taken at the start of a period and answered at
// once, except a seek (answered when it is performed), a test tone (when it has ended) and a close (when its fade
// is over).
#include <algorithm>
#include <cmath>

#include "core/renderer.h"

namespace segue {

void Renderer::obey() noexcept SEGUE_NONBLOCKING {
  Command command;
  // As many as the ring holds, no more: bounded even if the control side keeps pushing.
  for (int i = 0; i < 256 && channel_.commands.pop(command); ++i) obeyOne(command);
}

void Renderer::obeyOne(const Command& command) noexcept SEGUE_NONBLOCKING {
  markChange();
  bool isAccepted = true;
  switch (command.type) {
    case CommandType::offer:
      isAccepted = attach(*command.offer);
      break;
    case CommandType::play:
      if (!playing_) {
        playing_ = true;
        soundAgain(command.frames);
      }
      break;
    case CommandType::pause:
      stopSounding();
      playing_ = false;
      break;
    case CommandType::hold:
      stopSounding();
      tone_.cut(pauseFrames_);
      held_ = true;
      break;
    case CommandType::release:
      if (held_) {
        held_ = false;
        soundAgain(jumpFrames_);
      }
      break;
    case CommandType::skip:
      isAccepted = skip(command);
      break;
    case CommandType::seek:
      if (prepareSeek(command)) return;
      isAccepted = false;
      break;
    case CommandType::testTone:
      if (beginTone(command)) return;
      isAccepted = false;
      break;
    case CommandType::endTestTone:
      tone_.cut(jumpFrames_);
      break;
    case CommandType::close:
      close(command);
      return;
  }
  channel_.answers.set(command.cell, isAccepted ? streamFrame_ : AnswerTable::kTooLate);
}

bool Renderer::attach(Offer& offer) noexcept SEGUE_NONBLOCKING {
  const Plan& plan = offer.plan;
  const Voice* current = planned(Voice::Role::current);
  const bool hasBegun = std::find(begun_.begin(), begun_.end(), plan.entry) != begun_.end();
  const bool follows = plan.after == 0 || plan.after == (current ? current->entry : lastEntry_);
  Offer::State expected = Offer::offered;
  if (hasBegun || !follows || closed_ || closeCell_ >= 0) {
    offer.settle(Offer::withdrawn);
  } else if (offer.state.compare_exchange_strong(expected, Offer::attached, std::memory_order_acq_rel)) {
    if (next_) {
      next_->settle(Offer::withdrawn);
      next_->letGo.store(true, std::memory_order_release);
    }
    next_ = &offer;
    followPair();
    return true;
  }
  offer.letGo.store(true, std::memory_order_release);
  return false;
}

// The next entry was withdrawn: the current one fades out and ends by its own plan again.
void Renderer::detachNext() noexcept SEGUE_NONBLOCKING {
  Offer& offer = *next_;
  next_ = nullptr;
  markChange();
  followPair();
  offer.letGo.store(true, std::memory_order_release);
}

// Where the current voice is to end as things are: as its successor's plan says, else as its own does.
Frame Renderer::endOfPair(const Voice& current) const noexcept SEGUE_NONBLOCKING {
  const bool hasPair = next_ && next_->plan.after == current.entry && next_->plan.previousEnd >= 0;
  return hasPair ? next_->plan.previousEnd : current.ownEnd;
}

// To play on to a later end needs its frames: until the decoder has begun to deliver them the old end holds, so that
// a plan that comes too late for it costs the frames beyond, and no underrun.
bool Renderer::isDecodedFor(const Voice& current, Frame end) const noexcept SEGUE_NONBLOCKING {
  const VoiceRing& ring = current.slot->ring;
  if (end <= current.plannedEnd || ring.finished()) return true;
  const Frame least = std::max(current.plannedEnd, current.at) + hurriedFrames_;
  // A full ring has the frames that come first; the others follow as it empties.
  return ring.written() >= std::min({end, least, current.at + ring.capacity()});
}

// The current voice fades out and ends as its pair has it; by its own plan where it has no successor (any more).
void Renderer::followPair() noexcept SEGUE_NONBLOCKING {
  Voice* current = planned(Voice::Role::current);
  if (!current) return;
  const bool hasPair = next_ && next_->plan.hasPreviousFadeOut && (next_->plan.after == current->entry);
  const Fade fade = hasPair ? next_->plan.previousFadeOut : current->ownFadeOut;
  const Frame planned = endOfPair(*current);
  // An end that lies behind is now, and not before its successor can follow without a gap.
  const bool canEnd = planned > current->at || !next_ || isReady(*next_, startThreshold());
  if (canEnd && isDecodedFor(*current, planned)) current->plannedEnd = planned;
  const VoiceRing& ring = current->slot->ring;
  // Read finished() first: when it says true the other two are final.
  const bool isComplete = ring.finished();
  const Frame readable = ring.written();
  const Frame end = std::max(std::min(current->plannedEnd, ring.end()), current->at);
  if (fade == current->fadeOut && end == current->end) return;
  markChange();
  const Voice before = *current;
  current->setFadeOut(fade, end);
  current->readable = readable;
  current->isFinished = isComplete || readable >= end;
  // Inside a region the level may jump, and frames that were to come may be withheld: blend from the old shape to the
  // new one over 10 ms.
  if (isSounding() && !current->isStarved &&
      (end <= current->at || std::fabs(before.gainAt(before.at) - current->gainAt(current->at)) > 1e-9)) {
    addTail(before, jumpFrames_);
    current->rampIn(jumpFrames_);
  }
}

bool Renderer::skip(const Command& command) noexcept SEGUE_NONBLOCKING {
  Voice* current = planned(Voice::Role::current);
  Voice* outgoing = planned(Voice::Role::outgoing);
  const bool meansCurrent = current && current->entry == command.entry;
  const bool meansOutgoing =
      outgoing && (outgoing->entry == command.entry || (meansCurrent && command.reason == VoiceEnd::skipped));
  if (!meansOutgoing && !meansCurrent) return false;
  if (outgoing) {
    if (isSounding() && !outgoing->isStarved) {
      outgoing->cut(cutFrames_, command.reason);
    } else {
      end(*outgoing, command.reason);
    }
  }
  if (meansOutgoing) return true;

  for (Voice& voice : voices_) {
    if (voice.role == Voice::Role::cut && voice.remaining() > cutFrames_) voice.cut(cutFrames_, voice.reason);
  }
  dropSeek();
  skipFadeFrames_ = command.frames;
  afterSkip_ = true;
  if (isSounding() && !current->isStarved) {
    current->cut(command.frames, command.reason);
  } else {
    end(*current, command.reason);
  }
  return true;
}

// True: the answer follows when the target is buffered.
bool Renderer::prepareSeek(const Command& command) noexcept SEGUE_NONBLOCKING {
  Offer& offer = *command.offer;
  const Voice* current = planned(Voice::Role::current);
  Offer::State expected = Offer::offered;
  if (!current || current->entry != command.entry || closeCell_ >= 0) {
    offer.settle(Offer::withdrawn);
  } else if (offer.state.compare_exchange_strong(expected, Offer::attached, std::memory_order_acq_rel)) {
    dropSeek();
    seek_ = &offer;
    seekCell_ = command.cell;
    for (Voice& voice : voices_) {
      if (voice.role == Voice::Role::outgoing) endSoon(voice, jumpFrames_, VoiceEnd::natural);
      if (voice.role == Voice::Role::cut) endSoon(voice, jumpFrames_, voice.reason);
    }
    return true;
  }
  offer.letGo.store(true, std::memory_order_release);
  return false;
}

void Renderer::dropSeek() noexcept SEGUE_NONBLOCKING {
  if (!seek_) return;
  seek_->settle(Offer::withdrawn);
  seek_->letGo.store(true, std::memory_order_release);
  seek_ = nullptr;
  channel_.answers.set(seekCell_, AnswerTable::kTooLate);
}

// When 0.1 s from the target on is buffered: the current voice goes on from there, in the new slot.
void Renderer::performSeek() noexcept SEGUE_NONBLOCKING {
  if (!seek_) return;
  Voice* current = planned(Voice::Role::current);
  // A successor may have moved the end to before the target meanwhile.
  if (seek_->state.load(std::memory_order_acquire) == Offer::withdrawn || !current ||
      seek_->plan.first() >= current->plannedEnd) {
    dropSeek();
    return;
  }
  if (!isReady(*seek_, hurriedFrames_)) return;
  Offer::State expected = Offer::attached;
  if (!seek_->state.compare_exchange_strong(expected, Offer::begun, std::memory_order_acq_rel)) {
    dropSeek();
    return;
  }
  markChange();
  Voice& voice = *current;
  const bool wasHeard = isSounding() && !voice.isStarved;
  if (wasHeard) addTail(voice, jumpFrames_);
  if (voice.isStarved) {
    voice.isStarved = false;
    note(
        {.type = RecordType::underrunEnded, .frame = streamFrame_, .entry = voice.entry, .plan = voice.plan});
  }
  voice.slot->hasEnded = false;
  releases_[releasesSize_++] = voice.slot;
  voice.slot = &slots_[static_cast<std::size_t>(seek_->slot.load(std::memory_order_acquire))];
  voice.at = seek_->plan.first();
  voice.end = voice.plannedEnd;
  voice.rampIn(isSounding() ? jumpFrames_ : 0);
  voice.fitted = 0;
  observeVoice(voice);
  voice.resetFadeOut();
  channel_.answers.set(seekCell_, streamFrame_);
  seek_->letGo.store(true, std::memory_order_release);
  seek_ = nullptr;
}

void Renderer::stopSounding() noexcept SEGUE_NONBLOCKING {
  if (!isSounding()) return;
  for (const Voice& voice : voices_) {
    if (voice.role != Voice::Role::none && !voice.isStarved) addTail(voice, pauseFrames_);
  }
}

void Renderer::soundAgain(Frame rampFrames) noexcept SEGUE_NONBLOCKING {
  const bool hasVoice = std::any_of(
      voices_.begin(), voices_.end(),
      [](const Voice& voice) noexcept SEGUE_NONBLOCKING { return voice.role != Voice::Role::none; });
  resume_ = {0, hasVoice ? rampFrames : 0};
}

// True: the answer follows when it has ended. The voices wait meanwhile, as in a pause.
bool Renderer::beginTone(const Command& command) noexcept SEGUE_NONBLOCKING {
  if (tone_.isRunning() || tone_.isOver() || held_ || closed_ || closeCell_ >= 0) return false;
  stopSounding();
  tone_.begin(command.frames, command.cell);
  return true;
}

void Renderer::finishTone() noexcept SEGUE_NONBLOCKING {
  markChange();
  tone_.finish();
  soundAgain(tone_.resumeFrames());
  channel_.answers.set(tone_.cell(), tone_.isComplete() ? streamFrame_ : AnswerTable::kTooLate);
}

void Renderer::close(const Command& command) noexcept SEGUE_NONBLOCKING {
  closeCell_ = command.cell;
  closing_ = {0, isSounding() ? command.frames : 0};
  tone_.cut(std::min(jumpFrames_, command.frames));
  if (next_) {
    next_->settle(Offer::withdrawn);
    detachNext();
  }
  dropSeek();
  if (!closing_.isRunning() && !tone_.isRunning()) finishClosing();
}

void Renderer::finishClosing() noexcept SEGUE_NONBLOCKING {
  for (Voice& voice : voices_) {
    if (voice.role != Voice::Role::none) end(voice, VoiceEnd::stopped);
  }
  channel_.answers.set(closeCell_, streamFrame_);
  closeCell_ = -1;
  closed_ = true;
}

}  // namespace segue
