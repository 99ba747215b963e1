// What must be heard when a person acts on what sounds: stems x gains, one frame at a time, from the written rules alone
// (a passage's points, the table of acts, the output). Shares no code with audio/ or the core.
import type { EntryPlan, Fade } from '../../audio/engine.ts';
import { rise } from './mix-answer.ts';

interface Voice {
  readonly plan: EntryPlan;
  readonly stem: Float32Array;
  role: 'current' | 'outgoing' | 'cut';
  at: number;
  end: number;
  fadeIn: Fade;
  /** What its plan or its pair asks for, and what of it fits: from `fromGain` over the last `fitted` frames. */
  fadeOut: Fade;
  fitted: number;
  fromGain: number;
  rampAt: number;
  rampFrames: number;
  readonly startedAtFrame: number;
  heardFrames: number;
}

/** What became of a voice, in stream frames; `atFrame` is where in its file it stopped. */
export interface Heard {
  readonly entry: number;
  readonly startedAtFrame: number;
  readonly endedAtFrame: number;
  readonly heardFrames: number;
  readonly atFrame: number;
}

/** Three voices have places; a fourth waits until one has ended, and starts with that frame. */
const MOST_VOICES = 3;

export class MixModel {
  readonly heard: Heard[] = [];
  readonly #rate: number;
  #frame = 0;
  #voices: Voice[] = [];
  #next: { readonly plan: EntryPlan; readonly stem: Float32Array } | null = null;
  /** Heard from now on without being consumed: interleaved frames. */
  #tail: number[] = [];
  #skipFade: number | null = null;
  #isPlaying = true;
  #resumed = { at: 0, frames: 0 };
  #volume = { from: 1, to: 1, at: 0 };

  constructor(rate: number) {
    this.#rate = rate;
  }

  offer(plan: EntryPlan, stem: Float32Array): void {
    this.#next = { plan, stem };
    this.#refit();
    this.#settle();
  }

  withdraw(): void {
    this.#next = null;
    this.#refit();
  }

  pause(): void {
    for (const voice of this.#voices) this.#addTail(voice, this.#ms(5));
    this.#isPlaying = false;
  }

  play(frames: number): void {
    this.#isPlaying = true;
    this.#resumed = { at: 0, frames: this.#voices.length > 0 ? frames : 0 };
    this.#settle();
  }

  /** What sounds goes; during a crossfade the outgoing one. Unheard while paused: there is nothing to fade then. */
  skip(frames: number): void {
    const outgoing = this.#voices.find(({ role }) => role === 'outgoing');
    const current = this.#current();
    if (outgoing) this.#cut(outgoing, this.#ms(100));
    else if (current) {
      for (const voice of this.#voices)
        if (voice.role === 'cut' && voice.end - voice.at > this.#ms(100))
          this.#fadeAway(voice, this.#ms(100));
      this.#cut(current, frames);
      this.#skipFade = frames;
    }
    this.#settle();
  }

  seek(target: number): void {
    for (const voice of this.#voices) this.#addTail(voice, this.#ms(10));
    this.#endWhere(({ role }) => role !== 'current');
    for (const voice of this.#voices) {
      voice.at = target;
      voice.rampAt = target;
      voice.rampFrames = this.#isPlaying ? this.#ms(10) : 0;
      voice.fitted = Math.min(voice.fadeOut.frames, voice.end - voice.plan.startFrame);
      voice.fromGain = 1;
    }
    this.#settle();
  }

  /** What is asked for already changes nothing. */
  setVolume(volume: number): void {
    if (volume ** 3 === this.#volume.to) return;
    this.#volume = { from: this.#volumeNow(), to: volume ** 3, at: 0 };
  }

  pull(frames: number): Float64Array {
    const out = new Float64Array(2 * frames);
    for (let n = 0; n < frames; n++) {
      let left = 0;
      let right = 0;
      if (this.#isPlaying) {
        const master = this.#master(0);
        for (const voice of this.#voices) {
          const gain = this.#gainOf(voice, voice.at) * master;
          left += gain * (voice.stem[2 * voice.at] ?? 0);
          right += gain * (voice.stem[2 * voice.at + 1] ?? 0);
          voice.at++;
          voice.heardFrames++;
        }
        this.#resumed.at++;
      }
      left += this.#tail[0] ?? 0;
      right += this.#tail[1] ?? 0;
      if (this.#tail.length > 0) this.#tail.splice(0, 2);
      const volume = this.#volumeNow();
      this.#volume.at++;
      out[2 * n] = left * volume;
      out[2 * n + 1] = right * volume;
      this.#frame++;
      this.#settle();
    }
    return out;
  }

  #ms(milliseconds: number): number {
    return Math.round((this.#rate * milliseconds) / 1000);
  }

  #current(): Voice | undefined {
    return this.#voices.find(({ role }) => role === 'current');
  }

  #volumeNow(): number {
    const { from, to, at } = this.#volume;
    return from + (to - from) * Math.min(1, at / this.#ms(10));
  }

  #master(offset: number): number {
    const { at, frames } = this.#resumed;
    return at + offset < frames ? rise('equal-power', (at + offset) / frames) : 1;
  }

  /** `rampFrame`: where a short ramp in has got to; a tail takes it no further. */
  #gainOf(voice: Voice, frame: number, rampFrame = frame): number {
    const m = frame - (voice.end - voice.fitted);
    let gain =
      m >= 0 && voice.fitted > 0 ? rise(voice.fadeOut.curve, 1 - m / voice.fitted) * voice.fromGain : 1;
    if (voice.role === 'cut') return gain;
    const n = frame - voice.plan.startFrame;
    if (n < voice.fadeIn.frames) gain *= rise(voice.fadeIn.curve, n / voice.fadeIn.frames);
    if (rampFrame - voice.rampAt < voice.rampFrames) gain *= (rampFrame - voice.rampAt) / voice.rampFrames;
    return gain * voice.plan.gain;
  }

  #addTail(voice: Voice, frames: number): void {
    if (!this.#isPlaying) return;
    const count = Math.min(frames, voice.end - voice.at);
    for (let i = 0; i < count; i++) {
      const gain = this.#gainOf(voice, voice.at + i, voice.at) * this.#master(i) * (1 - i / count);
      for (const side of [0, 1]) {
        this.#tail[2 * i + side] =
          (this.#tail[2 * i + side] ?? 0) + gain * (voice.stem[2 * (voice.at + i) + side] ?? 0);
      }
    }
  }

  #cut(voice: Voice, frames: number): void {
    if (this.#isPlaying) this.#fadeAway(voice, frames);
    else this.#endWhere((each) => each === voice);
  }

  #fadeAway(voice: Voice, frames: number): void {
    voice.fromGain = this.#gainOf(voice, voice.at);
    voice.role = 'cut';
    voice.end = Math.min(voice.at + frames, voice.end);
    voice.fitted = voice.end - voice.at;
    voice.fadeOut = { frames, curve: 'equal-power' };
  }

  /** The fade-out and the end of what sounds follow its successor; where the level would jump, 10 ms from old to new. */
  #refit(): void {
    const voice = this.#current();
    if (!voice) return;
    const fade = this.#next?.plan.previousFadeOut ?? voice.plan.fadeOut;
    const end = this.#next?.plan.previousEndFrame ?? voice.plan.endFrame;
    const isSame = fade.frames === voice.fadeOut.frames && fade.curve === voice.fadeOut.curve;
    if (isSame && end === voice.end) return;
    const before = { ...voice };
    const m = voice.at - (voice.end - voice.fitted);
    const present =
      m >= 0 && voice.fitted > 0 ? rise(voice.fadeOut.curve, 1 - m / voice.fitted) * voice.fromGain : 1;
    voice.end = Math.max(end, voice.at);
    const left = voice.end - voice.at;
    voice.fadeOut = fade;
    voice.fitted = Math.min(fade.frames, left);
    voice.fromGain = fade.frames > left ? present : 1;
    // Unheard in a pause: the resume ramp is over both.
    if (!this.#isPlaying) return;
    if (left > 0 && Math.abs(this.#gainOf(before, before.at) - this.#gainOf(voice, voice.at)) < 1e-9) return;
    this.#addTail(before, this.#ms(10));
    voice.rampAt = voice.at;
    voice.rampFrames = this.#ms(10);
  }

  #endWhere(isOver: (voice: Voice) => boolean): void {
    for (const voice of this.#voices) {
      if (!isOver(voice)) continue;
      const { plan, startedAtFrame, heardFrames, at } = voice;
      const { entry } = plan;
      this.heard.push({ entry, startedAtFrame, endedAtFrame: this.#frame, heardFrames, atFrame: at });
    }
    this.#voices = this.#voices.filter((voice) => !isOver(voice));
  }

  /** Everything due at this frame: a successor begins before its predecessor ends; in a pause only after nothing. */
  #settle(): void {
    for (let hasChanged = true; hasChanged; ) {
      hasChanged = this.#beginIfDue();
      const isOver = (voice: Voice) => voice.at >= voice.end;
      if (!this.#isPlaying || !this.#voices.some(isOver)) continue;
      this.#endWhere(isOver);
      hasChanged = true;
    }
  }

  #beginIfDue(): boolean {
    const current = this.#current();
    const next = this.#next;
    const isBusy = this.#voices.some(({ role }) => role === 'outgoing') || this.#voices.length >= MOST_VOICES;
    if (!next || isBusy) return false;
    if (current && (!this.#isPlaying || current.end - current.at > next.plan.overlapFrames)) return false;
    if (current) current.role = 'outgoing';
    const { plan, stem } = next;
    this.#voices.push({
      plan,
      stem,
      role: 'current',
      at: plan.startFrame,
      end: plan.endFrame,
      fadeIn:
        this.#skipFade === null
          ? plan.fadeIn
          : { frames: this.#isPlaying ? this.#skipFade : 0, curve: 'equal-power' },
      fadeOut: plan.fadeOut,
      fitted: plan.fadeOut.frames,
      fromGain: 1,
      rampAt: 0,
      rampFrames: 0,
      startedAtFrame: this.#frame,
      heardFrames: 0,
    });
    this.#skipFade = null;
    this.#next = null;
    return true;
  }
}
