// An audio engine without audio, for fast tests of the daemon: the protocol of audio/engine.ts over a clock that
// moves only when advance() is called. The native engine with the manual sink answers every question the same way
// (test/native/engine-contract.test.ts holds the two against each other). Everything is buffered at once.
import type {
  Answer,
  AudioEngine,
  Counters,
  EndedVoice,
  EngineEvent,
  EngineOptions,
  EngineSnapshot,
  EntryPlan,
  Meters,
  SinkChoice,
  SinkState,
  VoiceEnd,
} from '../../audio/engine.ts';
import { naudiodonSinkName } from '../../audio/naudiodon-feed.ts';
import { checkOptions, checkPlan } from '../../audio/plan-check.ts';

export interface FakeOptions extends EngineOptions {
  /** What files really hold, by path: frames, or why they do not play. Others are as long as their plans say. */
  readonly lengths?: Readonly<Record<string, number | 'missing' | 'broken'>>;
}

export interface FakeEngine extends AudioEngine {
  /** Moves the clock; events of these frames have been delivered when it returns. */
  advance(frames: number): void;
  /** Runs `act` with every event of it lost: one overflow event instead. */
  losingEvents(act: () => void): void;
  /** The device goes: streamLost, then the null sink. */
  loseDevice(message: string): void;
}

export function createFakeEngine(options: FakeOptions): FakeEngine {
  checkOptions(options);
  return new Fake(options);
}

interface FakeVoice {
  readonly plan: EntryPlan;
  role: 'current' | 'outgoing' | 'cut';
  /** Where its own plan ends it, and where it ends as its successor has it. */
  readonly ownEnd: number;
  end: number;
  at: number;
  readonly startedAt: number;
  heard: number;
  successor: number | null;
  reason: VoiceEnd;
  stopsAt: number;
}

interface FakeTone {
  left: number;
  isCut: boolean;
  readonly answer: (answer: Answer) => void;
}

const RING_SECONDS = 10;
const VOICES = 3;

class Fake implements FakeEngine {
  readonly rate: number;
  readonly #lengths: NonNullable<FakeOptions['lengths']>;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  // Places, so that voices that end at one frame are told in the order of the native core.
  readonly #voices: (FakeVoice | null)[] = Array.from({ length: VOICES }, () => null);
  readonly #begun = new Set<number>();
  readonly #events: EngineEvent[] = [];
  #ended: EndedVoice[] = [];
  #next: { readonly plan: EntryPlan; readonly end: number } | null = null;
  #lastEntry: number | null = null;
  #frame = 0;
  #playing: boolean;
  #volume: number;
  #sink: string;
  #tone: FakeTone | null = null;
  #isFlushQueued = false;
  #isClosed = false;

  constructor(options: FakeOptions) {
    this.rate = options.rate;
    this.#lengths = options.lengths ?? {};
    this.#playing = options.playing;
    this.#volume = options.volume;
    this.#sink = nameOf(options.sink);
    this.#emit({ type: 'streamOpened', frame: 0, sink: this.#sink });
  }

  offer(plan: EntryPlan): Promise<Answer> {
    checkPlan(plan);
    return Promise.resolve(this.#offer(plan));
  }

  #offer(plan: EntryPlan): Answer {
    const follows = plan.after === null || plan.after === (this.#current()?.plan.entry ?? this.#lastEntry);
    if (this.#isClosed || this.#begun.has(plan.entry) || !follows) return { outcome: 'tooLate' };
    const answer = this.#accepted();
    this.#load(plan);
    this.#followPair();
    this.#settle();
    return answer;
  }

  #load(plan: EntryPlan): void {
    const { entry, startFrame, endFrame, path } = plan;
    const real = this.#lengths[path] ?? endFrame;
    const first = plan.resumeAtFrame ?? startFrame;
    const frame = this.#frame;
    this.#next = null;
    if (typeof real !== 'number') {
      const missing = real === 'missing';
      const message = missing ? 'The file is not there.' : 'The file is not audio.';
      this.#emit({ type: 'voiceFailed', frame, entry, missing, message });
    } else if (real >= endFrame) {
      this.#next = { plan, end: endFrame };
    } else if (2 * (real - startFrame) < endFrame - startFrame || real <= first) {
      const message = 'The file ends before half of the passage.';
      this.#emit({ type: 'voiceFailed', frame, entry, missing: false, message });
    } else {
      this.#next = { plan, end: real };
      this.#emit({ type: 'endedEarly', frame, entry, endFrame: real });
    }
  }

  /** The end of the current voice follows its pair; one that it has passed already is where it stands. */
  #followPair(): void {
    const current = this.#current();
    if (current) current.end = Math.max(this.#plannedEnd(current), current.at);
  }

  /** As its successor says, as far as its file goes. */
  #plannedEnd(current: FakeVoice): number {
    const { entry, path } = current.plan;
    const pairEnd = this.#next?.plan.after === entry ? this.#next.plan.previousEndFrame : null;
    const real = this.#lengths[path];
    const most = typeof real === 'number' ? real : Number.POSITIVE_INFINITY;
    return Math.min(pairEnd ?? current.ownEnd, most);
  }

  withdraw(entry: number): 'withdrawn' | 'notLoaded' | 'tooLate' {
    if (this.#next?.plan.entry === entry) {
      this.#next = null;
      this.#followPair();
      this.#settle();
      return 'withdrawn';
    }
    const sounds = this.#sounding().some((voice) => voice.plan.entry === entry);
    return sounds || this.#ended.some((voice) => voice.entry === entry) ? 'tooLate' : 'notLoaded';
  }

  async play(): Promise<Answer> {
    const answer = this.#accepted();
    this.#playing = true;
    this.#settle();
    return answer;
  }

  async pause(): Promise<Answer> {
    this.#playing = false;
    return this.#accepted();
  }

  async skip(entry: number, fadeFrames: number, reason: 'skipped' | 'removed'): Promise<Answer> {
    const current = this.#current();
    const outgoing = this.#sounding().find((voice) => voice.role === 'outgoing');
    const meansCurrent = current?.plan.entry === entry;
    const meansOutgoing =
      outgoing !== undefined && (outgoing.plan.entry === entry || (meansCurrent && reason === 'skipped'));
    if (!meansOutgoing && !meansCurrent) return { outcome: 'tooLate' };
    const answer = this.#accepted();
    const tenth = Math.floor((this.rate * 100 + 500) / 1000);
    if (outgoing) this.#cut(outgoing, tenth, reason);
    if (!meansOutgoing && current) {
      for (const voice of this.#sounding()) {
        if (voice.role === 'cut' && voice.stopsAt - voice.at > tenth) this.#cut(voice, tenth, voice.reason);
      }
      this.#cut(current, fadeFrames, reason);
    }
    this.#settle();
    return answer;
  }

  async seek(entry: number, fileFrame: number): Promise<Answer> {
    const current = this.#current();
    if (current?.plan.entry !== entry) return { outcome: 'tooLate' };
    const { startFrame, endFrame } = current.plan;
    const target = Math.min(Math.max(fileFrame, startFrame), Math.max(endFrame, current.end) - 1);
    const answer = this.#accepted();
    for (const voice of this.#sounding()) {
      if (voice.role !== 'current') this.#end(voice, voice.role === 'cut' ? voice.reason : 'natural');
    }
    const seekable = target < this.#plannedEnd(current);
    if (seekable) {
      current.at = target;
      this.#followPair();
    }
    this.#settle();
    return seekable ? answer : { outcome: 'tooLate' };
  }

  testTone(): Promise<Answer> {
    if (this.#tone || this.#isClosed) return Promise.resolve({ outcome: 'tooLate' });
    const left = 4 * this.#framesOf(200) + 3 * this.#framesOf(1000);
    return new Promise((answer) => {
      this.#tone = { left, isCut: false, answer };
    });
  }

  async endTestTone(): Promise<Answer> {
    if (this.#tone && !this.#tone.isCut) {
      this.#tone.isCut = true;
      this.#tone.left = this.#framesOf(10);
    }
    return this.#accepted();
  }

  setVolume(volume: number): void {
    if (!(volume >= 0 && volume <= 1)) throw new RangeError(`Volume ${volume} is not within 0 to 1.`);
    this.#volume = volume;
  }

  snapshot(): EngineSnapshot {
    const ring = this.rate * RING_SECONDS;
    return {
      streamFrame: this.#frame,
      playing: this.#playing,
      volume: this.#volume,
      sounding: this.#sounding().map((voice) => ({
        entry: voice.plan.entry,
        plan: voice.plan.plan,
        role: voice.role === 'current' ? ('current' as const) : ('outgoing' as const),
        atFrame: voice.at,
        startFrame: voice.plan.startFrame,
        endFrame: voice.end,
        startedAtFrame: voice.startedAt,
        bufferedFrames: Math.min(voice.end - voice.at, ring),
      })),
      next: this.#next && {
        entry: this.#next.plan.entry,
        plan: this.#next.plan.plan,
        bufferedFrames: Math.min(this.#next.end - firstOf(this.#next.plan), ring),
      },
      ended: [...this.#ended],
      sink: this.#sink,
    };
  }

  acknowledge(entries: readonly number[]): void {
    this.#ended = this.#ended.filter((voice) => !entries.includes(voice.entry));
  }

  counters(): Counters {
    return {
      periods: 0,
      frames: this.#frame,
      underruns: 0,
      xruns: 0,
      limitedFrames: 0,
      recordsDropped: 0,
      concealedPackets: 0,
      worstCallbackUs: 0,
      callbackTotalUs: 0,
      periodUs: 0,
      callbackHistogram: [],
      realtime: null,
      lockedArenaBytes: 0,
      memoryLocked: false,
      leakedSources: 0,
    };
  }

  meters(): Meters {
    const windowFrames = Math.floor((this.rate + 5) / 10);
    const { streamFrame, playing, sounding } = this.snapshot();
    // Without audio it is silent.
    const silence = { peak: 0, heldPeak: 0, rms: 0 };
    return {
      streamFrame,
      playing,
      windowFrames,
      holdFrames: 15 * windowFrames,
      windowEndFrame: streamFrame - (streamFrame % windowFrames),
      channels: [silence, silence],
      voices: sounding,
    };
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What nobody can kill needs no mirror. */
  mirrorPosition(): string | null {
    return null;
  }

  sinkState(): SinkState {
    return 'renders';
  }

  async switchSink(sink: SinkChoice): Promise<{ ok: true; sink: string } | { ok: false; message: string }> {
    if (this.#isClosed) return { ok: false, message: 'The engine is closed.' };
    this.#sink = nameOf(sink);
    this.#emit({ type: 'streamOpened', frame: this.#frame, sink: this.#sink });
    return { ok: true, sink: this.#sink };
  }

  pull(frames: number): Float32Array {
    this.advance(frames);
    return new Float32Array(2 * frames);
  }

  async close(): Promise<void> {
    this.#next = null;
    this.#tone?.answer({ outcome: 'tooLate' });
    this.#tone = null;
    for (const voice of this.#sounding()) this.#end(voice, 'stopped');
    this.#flush();
    this.#isClosed = true;
  }

  advance(frames: number): void {
    this.#settle();
    for (let left = frames; left > 0; ) {
      const step = Math.min(left, this.#framesToEdge());
      this.#frame += step;
      left -= step;
      if (this.#tone) this.#hearTone(this.#tone, step);
      else if (this.#playing) {
        for (const voice of this.#sounding()) {
          voice.at += step;
          voice.heard += step;
        }
      }
      this.#settle();
    }
    this.#flush();
  }

  losingEvents(act: () => void): void {
    this.#flush();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    act();
    this.#events.length = 0;
    for (const listener of listeners) this.#listeners.add(listener);
    this.#emit({ type: 'overflow', frame: this.#frame });
    this.#flush();
  }

  loseDevice(message: string): void {
    this.#emit({ type: 'streamLost', frame: this.#frame, message });
    this.#sink = 'null';
    this.#emit({ type: 'streamOpened', frame: this.#frame, sink: 'null' });
    this.#flush();
  }

  #framesOf(ms: number): number {
    return Math.floor((this.rate * ms + 500) / 1000);
  }

  /** Voices move on: neither a pause nor a test tone holds them. */
  #isMoving(): boolean {
    return this.#playing && this.#tone === null;
  }

  #hearTone(tone: FakeTone, frames: number): void {
    tone.left -= frames;
    if (tone.left > 0) return;
    this.#tone = null;
    tone.answer(tone.isCut ? { outcome: 'tooLate' } : { outcome: 'accepted', frame: this.#frame });
  }

  #sounding(): FakeVoice[] {
    return this.#voices.filter((voice) => voice !== null);
  }

  #current(): FakeVoice | undefined {
    return this.#sounding().find((voice) => voice.role === 'current');
  }

  #accepted(): Answer {
    this.#flushSoon();
    return { outcome: 'accepted', frame: this.#frame };
  }

  #framesToEdge(): number {
    let edge = Number.POSITIVE_INFINITY;
    if (this.#tone) return this.#tone.left;
    if (!this.#playing) return edge;
    for (const voice of this.#sounding()) {
      edge = Math.min(edge, stopOf(voice) - voice.at);
      const overlap = this.#next?.plan.after === voice.plan.entry ? this.#next.plan.overlapFrames : 0;
      const untilNext = voice.end - voice.at - overlap;
      if (voice.role === 'current' && untilNext > 0) edge = Math.min(edge, untilNext);
    }
    return edge;
  }

  /** Everything due at this very frame; a successor begins before its predecessor ends. */
  #settle(): void {
    for (let hasChanged = true; hasChanged; ) {
      hasChanged = this.#beginNextIfDue();
      if (!this.#isMoving()) continue;
      for (const voice of this.#sounding()) {
        if (stopOf(voice) > voice.at) continue;
        this.#end(voice, voice.role === 'cut' ? voice.reason : 'natural');
        hasChanged = true;
      }
    }
  }

  #beginNextIfDue(): boolean {
    if (!this.#next || this.#isClosed) return false;
    const { plan, end } = this.#next;
    if (this.#sounding().some((voice) => voice.role === 'outgoing')) return false;
    const previous = this.#current();
    if (previous) {
      const overlap = plan.after === previous.plan.entry ? plan.overlapFrames : 0;
      if (!this.#isMoving() || previous.end - previous.at > overlap) return false;
    }
    const place = this.#voices.indexOf(null);
    if (place < 0) return false;
    const frame = this.#frame;
    const at = firstOf(plan);
    this.#voices[place] = {
      plan,
      role: 'current',
      ownEnd: end,
      end,
      at,
      startedAt: frame,
      heard: 0,
      successor: null,
      reason: 'natural',
      stopsAt: end,
    };
    this.#next = null;
    this.#lastEntry = plan.entry;
    this.#begun.add(plan.entry);
    this.#emit({ type: 'voiceStarted', frame, entry: plan.entry, plan: plan.plan, atFrame: at });
    if (previous) {
      previous.role = 'outgoing';
      const frames = Math.min(previous.end - previous.at, end - at);
      if (previous.end > previous.at) {
        previous.successor = plan.entry;
        this.#emit({ type: 'crossfadeStarted', frame, frames, from: previous.plan.entry, to: plan.entry });
      }
    }
    return true;
  }

  #cut(voice: FakeVoice, frames: number, reason: VoiceEnd): void {
    if (!this.#isMoving()) {
      this.#end(voice, reason);
      return;
    }
    voice.stopsAt = Math.min(voice.at + frames, stopOf(voice));
    voice.role = 'cut';
    voice.reason = reason;
  }

  #end(voice: FakeVoice, reason: VoiceEnd): void {
    const frame = this.#frame;
    const { entry, plan } = voice.plan;
    if (voice.successor !== null) {
      this.#emit({ type: 'crossfadeEnded', frame, from: entry, to: voice.successor });
    }
    const ended: EndedVoice = {
      entry,
      plan,
      reason,
      startedAtFrame: voice.startedAt,
      endedAtFrame: frame,
      heardFrames: voice.heard,
      atFrame: voice.at,
    };
    this.#voices[this.#voices.indexOf(voice)] = null;
    this.#ended.push(ended);
    this.#emit({ type: 'voiceEnded', frame, ended });
  }

  #emit(event: EngineEvent): void {
    this.#events.push(event);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isFlushQueued) return;
    this.#isFlushQueued = true;
    queueMicrotask(() => {
      this.#isFlushQueued = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (let event = this.#events.shift(); event; event = this.#events.shift()) {
      for (const listener of this.#listeners) listener(event);
    }
  }
}

function firstOf(plan: EntryPlan): number {
  return plan.resumeAtFrame ?? plan.startFrame;
}

function stopOf(voice: FakeVoice): number {
  return voice.role === 'cut' ? voice.stopsAt : voice.end;
}

function nameOf(sink: SinkChoice): string {
  if (sink.kind === 'naudiodon') return naudiodonSinkName(sink.device);
  return sink.kind === 'portaudio' ? (sink.device ?? 'default device') : sink.kind;
}
