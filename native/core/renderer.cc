// See renderer.h. Here: the period, the mix, the output stage, what is published.
#include "core/renderer.h"

#include <algorithm>

#include "core/limiter.h"

namespace segue {

namespace {
Frame framesOf(int rate, int milliseconds) { return (static_cast<Frame>(rate) * milliseconds + 500) / 1000; }
}  // namespace

Renderer::Renderer(const RendererConfig& config, Channel& channel, std::array<VoiceSlot, kVoices>& slots)
    : channel_(channel),
      slots_(slots),
      config_(config),
      pauseFrames_(framesOf(config.rate, 5)),
      jumpFrames_(framesOf(config.rate, 10)),
      cutFrames_(framesOf(config.rate, 100)),
      startFrames_(framesOf(config.rate, 500)),
      hurriedFrames_(framesOf(config.rate, 100)),
      playing_(config.playing),
      volume_(channel.volumeGain.load(std::memory_order_relaxed)),
      volumeFrom_(volume_),
      volumeTo_(volume_),
      lastLimited_(-static_cast<Frame>(config.rate)),
      outputMeter_(config.rate),
      tone_(config.rate) {
  publish();
}

void Renderer::render(float* out, int frames) noexcept SEGUE_NONBLOCKING {
  observe();
  obey();
  performSeek();
  followVolume();
  settle();
  for (Frame done = 0; done < frames;) {
    const Frame block = framesToEdge(std::min<Frame>(kBlock, frames - done));
    const bool hadTail = tail_.length() > 0;
    mixBlock(out + 2 * done, block);
    done += block;
    streamFrame_ += block;
    if (hadTail || hasRampEnded_) markChange();
    hasRampEnded_ = false;
    // At the end of the period too: what begins or ends there is reported now, and need not wait for the
    // next.
    settle();
  }
  publish();
}

void Renderer::mixBlock(float* out, Frame frames) noexcept SEGUE_NONBLOCKING {
  // Now: a tone may end within this block.
  const bool hasVoices = isSounding();
  const Voice* alone = soundsAlone(frames);
  if (alone) {
    playAlone(*alone, out, frames);
  } else if (!hasVoices && !tone_.isRunning() && tail_.length() == 0) {
    std::fill_n(out, 2 * frames, 0.0F);
  } else {
    mixVoices(out, frames);
  }
  if (hasVoices) {
    for (Voice& voice : voices_) {
      if (voice.role == Voice::Role::none || voice.isStarved) continue;
      voice.at += frames;
      voice.heard += frames;
      voice.slot->ring.consume(voice.at);
    }
    hasRampEnded_ = resume_.advance(frames) || hasRampEnded_;
    hasRampEnded_ = closing_.advance(frames) || hasRampEnded_;
  }
  outputMeter_.take(out, frames);
  hasRampEnded_ = volumeRamp_.advance(frames) || hasRampEnded_;
  volume_ = volumeNow();
  if (!volumeRamp_.isRunning()) volumeFrom_ = volumeTo_;
}

// The one voice that sounds, if all of the next frames are its own times one number: most of what is ever rendered.
const Voice* Renderer::soundsAlone(Frame frames) const noexcept SEGUE_NONBLOCKING {
  if (!isSounding() || resume_.isRunning() || closing_.isRunning() || volumeRamp_.isRunning() || tail_.length() > 0) {
    return nullptr;
  }
  const Voice* alone = nullptr;
  for (const Voice& voice : voices_) {
    if (voice.role == Voice::Role::none || voice.isStarved) continue;
    if (alone) return nullptr;
    alone = &voice;
  }
  const bool isPlain = alone && alone->steadyFrames() >= frames && alone->gain * std::max(volumeFrom_, volumeTo_) <= 1.0;
  return isPlain ? alone : nullptr;
}

// A steady gain with the volume in it, as a float: its product with a sample has no more digits than a double, so that one
// multiplication of floats gives to the last bit what the mix gives in doubles.
float Renderer::steadyGain(const Voice& voice) const noexcept SEGUE_NONBLOCKING {
  return static_cast<float>(voice.gainAt(voice.at) * mixVolume());
}

// What mixVoices() would give, to the last bit, in one pass.
void Renderer::playAlone(const Voice& voice, float* out, Frame frames) noexcept SEGUE_NONBLOCKING {
  const VoiceRing& ring = voice.slot->ring;
  const float gain = steadyGain(voice);
  for (Frame done = 0; done < frames;) {
    const Frame at = voice.at + done;
    const Frame run = std::min(frames - done, ring.contiguous(at));
    const float* in = ring.frame(at);
    float* to = out + 2 * done;
    // Plus zero: a mix begins with it, which makes of a negative zero a positive one.
    for (Frame i = 0; i < 2 * run; ++i) to[i] = 0.0F + gain * in[i];
    done += run;
  }
}

void Renderer::mixVoices(float* out, Frame frames) noexcept SEGUE_NONBLOCKING {
  std::fill_n(mix_.data(), 2 * frames, 0.0);
  int active = 0;
  const double volume = std::max(volumeFrom_, volumeTo_);
  bool isLoud = tail_.loudest() * volume > 1.0;
  if (isSounding()) {
    for (const Voice& voice : voices_) {
      if (voice.role == Voice::Role::none || voice.isStarved) continue;
      mixVoice(voice, frames);
      ++active;
      isLoud = isLoud || voice.gain * volume > 1.0;
    }
    if (resume_.isRunning() || closing_.isRunning()) {
      for (Frame i = 0; i < frames; ++i) {
        const double gain = masterGain(i);
        mix_[static_cast<std::size_t>(2 * i)] *= gain;
        mix_[static_cast<std::size_t>(2 * i + 1)] *= gain;
      }
    }
  }
  if (tail_.length() > 0) {
    active += tail_.voices();
    tail_.take(mix_.data(), frames, mixVolume());
  }
  finishMix(out, frames, config_.limiter && (active > 1 || isLoud));
}

void Renderer::mixVoice(const Voice& voice, Frame frames) noexcept SEGUE_NONBLOCKING {
  const VoiceRing& ring = voice.slot->ring;
  const bool isSteady = voice.steadyFrames() >= frames;
  const double steady = static_cast<double>(steadyGain(voice));
  if (!isSteady) {
    voice.fillGains(voice.at, frames, gains_.data());
    const double volume = mixVolume();
    for (Frame i = 0; i < frames; ++i) gains_[static_cast<std::size_t>(i)] *= volume;
  }
  for (Frame done = 0; done < frames;) {
    const Frame at = voice.at + done;
    const Frame run = std::min(frames - done, ring.contiguous(at));
    const float* in = ring.frame(at);
    double* mix = mix_.data() + 2 * done;
    if (isSteady) {
      for (Frame i = 0; i < 2 * run; ++i) mix[i] += steady * static_cast<double>(in[i]);
    } else {
      const double* gains = gains_.data() + done;
      for (Frame i = 0; i < run; ++i) {
        mix[2 * i] += gains[i] * static_cast<double>(in[2 * i]);
        mix[2 * i + 1] += gains[i] * static_cast<double>(in[2 * i + 1]);
      }
    }
    done += run;
  }
}

// The next frames of a voice under a linear ramp to zero, to be heard from now on without being consumed.
void Renderer::addTail(const Voice& voice, Frame frames) noexcept SEGUE_NONBLOCKING {
  const VoiceRing& ring = voice.slot->ring;
  const Frame count = std::min({frames, voice.readable - voice.at, voice.remaining()});
  if (count > 0) tail_.begin(voice.gain);
  for (Frame i = 0; i < count; ++i) {
    const double ramp = 1.0 - static_cast<double>(i) / static_cast<double>(count);
    const double gain = voice.tailGainAt(voice.at + i) * masterGain(i) * ramp;
    const float* in = ring.frame(voice.at + i);
    tail_.add(i, gain * static_cast<double>(in[0]), gain * static_cast<double>(in[1]));
  }
}

double Renderer::masterGain(Frame offset) const noexcept SEGUE_NONBLOCKING {
  double gain = 1.0;
  if (resume_.at + offset < resume_.frames) gain = curveGain(Curve::equalPower, resume_.position(offset));
  if (closing_.frames > 0) {
    gain *= closing_.at + offset < closing_.frames
                ? curveGain(Curve::equalPower, 1.0 - closing_.position(offset))
                : 0.0;
  }
  return gain;
}

void Renderer::finishMix(float* out, Frame frames, bool needsLimiter) noexcept SEGUE_NONBLOCKING {
  // Straight loops, each for one thing: what most blocks need is done several samples at a time.
  if (volumeRamp_.isRunning()) {
    for (Frame i = 0; i < frames; ++i) {
      const double volume = volumeRamp_.at + i < volumeRamp_.frames
                                ? volumeFrom_ + (volumeTo_ - volumeFrom_) * volumeRamp_.position(i)
                                : volumeTo_;
      mix_[static_cast<std::size_t>(2 * i)] *= volume;
      mix_[static_cast<std::size_t>(2 * i + 1)] *= volume;
    }
  }
  // After the volume: it tells of the device.
  tone_.take(mix_.data(), frames);
  if (needsLimiter) limit(frames);
  for (Frame i = 0; i < 2 * frames; ++i) out[i] = static_cast<float>(mix_[static_cast<std::size_t>(i)]);
}

void Renderer::limit(Frame frames) noexcept SEGUE_NONBLOCKING {
  std::uint64_t limited = 0;
  for (Frame i = 0; i < frames; ++i) {
    double& left = mix_[static_cast<std::size_t>(2 * i)];
    double& right = mix_[static_cast<std::size_t>(2 * i + 1)];
    if (std::max(std::fabs(left), std::fabs(right)) <= kLimiterThreshold) continue;
    left = limitSample(left);
    right = limitSample(right);
    ++limited;
    const Frame now = streamFrame_ + i;
    if (now - lastLimited_ >= config_.rate) note({.type = RecordType::limiterEngaged, .frame = now});
    lastLimited_ = now;
  }
  if (limited > 0) channel_.counters.limitedFrames.fetch_add(limited, std::memory_order_relaxed);
}

// The volume while it stays as it is, part of every gain; while it changes, the mix is multiplied by it frame by frame.
double Renderer::mixVolume() const noexcept SEGUE_NONBLOCKING { return volumeRamp_.isRunning() ? 1.0 : volumeTo_; }

double Renderer::volumeNow() const noexcept SEGUE_NONBLOCKING {
  if (!volumeRamp_.isRunning()) return volumeTo_;
  return volumeFrom_ + (volumeTo_ - volumeFrom_) * volumeRamp_.position(0);
}

void Renderer::takeBack(Frame frames) noexcept SEGUE_NONBLOCKING {
  frames = std::clamp<Frame>(frames, 0, retractable());
  streamFrame_ -= frames;
  outputMeter_.goBack(frames);
  volumeRamp_.goBack(frames);
  tone_.goBack(frames);
  volume_ = volumeNow();
  if (!isSounding()) return;
  resume_.goBack(frames);
  closing_.goBack(frames);
  for (Voice& voice : voices_) {
    if (voice.role == Voice::Role::none || voice.isStarved) continue;
    voice.at -= frames;
    voice.heard -= frames;
    voice.slot->ring.consume(voice.at);
  }
}

void Renderer::followVolume() noexcept SEGUE_NONBLOCKING {
  const double target = channel_.volumeGain.load(std::memory_order_relaxed);
  if (target == volumeTo_) return;
  volumeFrom_ = volume_;
  volumeTo_ = target;
  volumeRamp_ = {0, jumpFrames_};
  markChange();
}

void Renderer::note(const Record& record) noexcept SEGUE_NONBLOCKING {
  if (outboxSize_ == outbox_.size()) {
    channel_.counters.recordsDropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  outbox_[outboxSize_++] = record;
}

// Slots first, then records, then the state: whoever has seen a later one finds the earlier ones done, and whoever has seen
// an earlier one finds that the state is about to change.
void Renderer::publish() noexcept SEGUE_NONBLOCKING {
  channel_.state.begin();
  for (std::size_t i = 0; i < releasesSize_; ++i) {
    // Pairs with the acquire on the control side: `ended` is complete, the ring is not read any more.
    releases_[i]->released.store(true, std::memory_order_release);
  }
  releasesSize_ = 0;
  for (std::size_t i = 0; i < outboxSize_; ++i) {
    if (!channel_.records.push(outbox_[i])) {
      channel_.counters.recordsDropped.fetch_add(1, std::memory_order_relaxed);
    }
  }
  outboxSize_ = 0;
  PublishedState state;
  state.streamFrame = streamFrame_;
  state.playing = playing_ ? 1 : 0;
  state.nextPlan = next_ ? next_->plan.plan : 0;
  for (std::size_t i = 0; i < voices_.size(); ++i) {
    const Voice& voice = voices_[i];
    if (voice.role == Voice::Role::none) continue;
    state.voices[i] = {.entry = voice.entry,
                       .plan = voice.plan,
                       .isCurrent = voice.role == Voice::Role::current ? 1 : 0,
                       .at = voice.at,
                       .start = voice.start,
                       .end = voice.end,
                       .startedAt = voice.startedAt,
                       .buffered = voice.slot->ring.buffered()};
  }
  state.level = outputMeter_.level();
  channel_.state.write(state);
}

}  // namespace segue
