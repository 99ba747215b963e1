// The audio engine over the native core. Runs on the JavaScript thread; translates, checks and delivers, decides nothing.
import { loadAddon } from './addon.ts';
import type {
  Answer,
  AudioEngine,
  Counters,
  EngineEvent,
  EngineOptions,
  EngineSnapshot,
  EntryPlan,
  Meters,
  OutputDevice,
  SinkChoice,
  SinkState,
} from './engine.ts';
import { type Feed, naudiodonSinkName, openNaudiodon } from './naudiodon-feed.ts';
import { checkOptions, checkPlan } from './plan-check.ts';
import { snapshotReader } from './snapshot-tape.ts';

type SinkResult = { ok: true; sink: string } | { ok: false; message: string };

/** A sink whose frames JavaScript carries; with an error: that there is none, and why. */
interface FedSink {
  readonly kind: 'fed';
  readonly device: string;
  readonly error?: string;
}

/** What the addon exports; the shapes of native/addon/engine.cc. Commands return the number of their answer. */
interface NativeEngine {
  offer(plan: EntryPlan): number;
  withdraw(entry: number): 'withdrawn' | 'notLoaded' | 'tooLate';
  play(rampFrames: number): number;
  pause(): number;
  skip(entry: number, fadeFrames: number, reason: 'skipped' | 'removed'): number;
  seek(entry: number, fileFrame: number): number;
  testTone(resumeFrames: number): number;
  endTestTone(): number;
  setVolume(volume: number): void;
  snapshot(tape: Float64Array): string;
  acknowledge(entries: readonly number[]): void;
  counters(): Counters;
  meters(): Meters;
  drain(): {
    readonly events: readonly EngineEvent[];
    readonly answers: readonly {
      readonly request: number;
      readonly accepted: boolean;
      readonly frame: number;
    }[];
    readonly sinks: readonly { readonly request: number; readonly ok: boolean; readonly text: string }[];
  };
  switchSink(sink: SinkChoice | FedSink): number;
  /** Of the fed sink that `request` began; null: nothing is to be carried (any more). */
  feed(request: number, frames: number): Float32Array | null;
  isFeedClosed(request: number): boolean;
  endFeed(request: number, lost?: string, unheardFrames?: number): void;
  pull(frames: number): Float32Array;
  /** Empty, or the system's word. */
  mirrorPosition(file: string, floorMs: number): string;
  /** Waits for the decoders of what is due now, then lets it happen. */
  pullNothing(): void;
  beginClose(fadeFrames: number): number;
  destroy(): void;
  ref(): void;
  unref(): void;
}

interface NativeExports {
  readonly Engine: new (options: EngineOptions, wake: () => void) => NativeEngine;
  listDevices(): { readonly devices: readonly OutputDevice[]; readonly error: string };
  listCards(): string[];
  defaultDevice(): string | null;
  deviceRates(device: string | null): number[];
}

/** Output devices; probes every one, which takes long and disturbs a device that sounds: for a process of its own. */
export function listDevices(): { readonly devices: readonly OutputDevice[]; readonly error: string | null } {
  const { devices, error } = (loadAddon() as unknown as NativeExports).listDevices();
  return { devices, error: error === '' ? null : error };
}

/**
 * Opens an engine. A device opens in the background: streamOpened says when, and when it cannot be opened
 * streamLost says why and the null sink keeps the clock going.
 */
export function openNativeEngine(options: EngineOptions): AudioEngine {
  checkOptions(options);
  return new Wrapper(options);
}

class Wrapper implements AudioEngine {
  readonly rate: number;
  readonly #native: NativeEngine;
  readonly #snapshot: () => EngineSnapshot;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #sinks = new Map<number, (result: SinkResult) => void>();
  readonly #feeds = new Map<number, Feed>();
  /** A player is being started: whatever is asked of sinks later comes after it. */
  #opening: Promise<unknown> | null = null;
  #isLost = false;
  #isManual: boolean;
  #isFlushQueued = false;
  #closing: Promise<void> | null = null;
  #isClosed = false;
  /** What was true when it was closed. */
  #last: { readonly snapshot: EngineSnapshot; readonly counters: Counters; readonly meters: Meters } | null =
    null;

  constructor(options: EngineOptions) {
    this.rate = options.rate;
    this.#isManual = options.sink.kind === 'manual';
    const { Engine } = loadAddon() as unknown as NativeExports;
    this.#native = new Engine(options, () => this.#flush());
    this.#snapshot = snapshotReader((tape) => this.#native.snapshot(tape));
    if (!this.#isManual) void this.switchSink(options.sink);
  }

  offer(plan: EntryPlan): Promise<Answer> {
    checkPlan(plan);
    return this.#command(() => this.#native.offer(plan));
  }
  withdraw(entry: number): 'withdrawn' | 'notLoaded' | 'tooLate' {
    if (this.#isClosed) return 'notLoaded';
    const outcome = this.#native.withdraw(entry);
    if (this.#isManual) {
      // What sounds may end by it, or play on to its own end.
      this.#native.pullNothing();
      this.#flushSoon();
    }
    return outcome;
  }
  play(rampFrames: number = Math.round(this.rate / 2)): Promise<Answer> {
    return this.#command(() => this.#native.play(rampFrames));
  }
  pause(): Promise<Answer> {
    return this.#command(() => this.#native.pause());
  }
  skip(entry: number, fadeFrames: number, reason: 'skipped' | 'removed'): Promise<Answer> {
    return this.#command(() => this.#native.skip(entry, fadeFrames, reason));
  }
  seek(entry: number, fileFrame: number): Promise<Answer> {
    return this.#command(() => this.#native.seek(entry, fileFrame));
  }
  testTone(resumeFrames: number = Math.round(this.rate / 2)): Promise<Answer> {
    return this.#command(() => this.#native.testTone(resumeFrames));
  }
  endTestTone(): Promise<Answer> {
    return this.#command(() => this.#native.endTestTone());
  }
  setVolume(volume: number): void {
    if (!(volume >= 0 && volume <= 1)) throw new RangeError(`Volume ${volume} is not within 0 to 1.`);
    if (!this.#isClosed) this.#native.setVolume(volume);
  }
  snapshot(): EngineSnapshot {
    return this.#last?.snapshot ?? this.#snapshot();
  }
  acknowledge(entries: readonly number[]): void {
    if (!this.#isClosed) this.#native.acknowledge(entries);
  }
  counters(): Counters {
    return this.#last?.counters ?? this.#native.counters();
  }
  meters(): Meters {
    return this.#last?.meters ?? this.#native.meters();
  }
  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  mirrorPosition(file: string, floorMs: number): string | null {
    return this.#isClosed ? null : this.#native.mirrorPosition(file, floorMs) || null;
  }

  sinkState(): SinkState {
    if (this.#sinks.size > 0 || this.#opening !== null) return 'switching';
    return this.#isLost ? 'lost' : 'renders';
  }

  switchSink(sink: SinkChoice): Promise<SinkResult> {
    if (sink.kind !== 'naudiodon' && this.#opening === null) return this.#switch(sink).result;
    const switched = (this.#opening ?? Promise.resolve()).then(() =>
      sink.kind === 'naudiodon' ? this.#switchToPlayer(sink) : this.#switch(sink).result,
    );
    const opening = switched.then(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    this.#opening = opening;
    return switched;
  }

  #switch(sink: SinkChoice | FedSink): { readonly request: number; readonly result: Promise<SinkResult> } {
    if (this.#isClosed || this.#closing)
      return { request: 0, result: Promise.resolve({ ok: false, message: 'The engine is closed.' }) };
    this.#isManual = sink.kind === 'manual';
    const request = this.#native.switchSink(sink);
    const result = new Promise<SinkResult>((resolve) => {
      this.#sinks.set(request, resolve);
      this.#hold();
    });
    return { request, result };
  }

  async #switchToPlayer({ device }: { readonly device: string | null }): Promise<SinkResult> {
    const name = naudiodonSinkName(device);
    const isCarried = [...this.#feeds.keys()].some((request) => !this.#native.isFeedClosed(request));
    if (isCarried && this.snapshot().sink === name) return { ok: true, sink: name };
    const feed = await openNaudiodon({ device, rateHz: this.rate });
    if ('message' in feed) return this.#switch({ kind: 'fed', device: name, error: feed.message }).result;
    const { request, result } = this.#switch({ kind: 'fed', device: name });
    const switched = await result;
    if (!switched.ok) {
      await feed.end();
      return switched;
    }
    this.#feeds.set(request, feed);
    const forget = () => void this.#feeds.delete(request);
    feed.start({
      render: (frames) => (this.#isClosed ? null : this.#native.feed(request, frames)),
      ended: () => {
        forget();
        if (!this.#isClosed) this.#native.endFeed(request);
      },
      lost: (message, unheardFrames) => {
        forget();
        if (!this.#isClosed) this.#native.endFeed(request, message, Math.ceil(unheardFrames));
      },
    });
    return switched;
  }

  pull(frames: number): Float32Array {
    if (!this.#isManual) throw new Error('pull() needs the manual sink.');
    const samples = this.#native.pull(frames);
    this.#flush();
    return samples;
  }

  close(fadeMs = 100): Promise<void> {
    this.#closing ??= this.#close(fadeMs);
    return this.#closing;
  }

  async #close(fadeMs: number): Promise<void> {
    const faded = this.#command(() => this.#native.beginClose(Math.round((fadeMs / 1000) * this.rate)));
    // A sink that has stopped calling must not keep the process: the clock goes on within 2 s, then it is enough.
    const patienceMs = fadeMs + 3000;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([faded, tooLong]);
    clearTimeout(timer);
    this.#flush();
    // Its player is still to be heard.
    await Promise.all([...this.#feeds.values()].map((feed) => feed.end()));
    this.#last = {
      snapshot: this.#snapshot(),
      counters: this.#native.counters(),
      meters: this.#native.meters(),
    };
    this.#isClosed = true;
    this.#native.destroy();
    for (const answer of this.#answers.values()) answer({ outcome: 'tooLate' });
    for (const result of this.#sinks.values()) result({ ok: false, message: 'The engine was closed.' });
    this.#answers.clear();
    this.#sinks.clear();
    // The addon may know this object for some time: nobody who listened is kept by that.
    this.#listeners.clear();
  }

  #command(send: () => number): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve({ outcome: 'tooLate' });
    const request = send();
    if (this.#isManual) {
      // Obeyed at once, with all that follows at this frame; delivered after the caller has its promise.
      this.#native.pullNothing();
      this.#flushSoon();
    }
    return new Promise((resolve) => {
      this.#answers.set(request, resolve);
      this.#hold();
    });
  }

  #flushSoon(): void {
    if (this.#isFlushQueued) return;
    this.#isFlushQueued = true;
    queueMicrotask(() => {
      this.#isFlushQueued = false;
      this.#flush();
    });
  }

  /** Somebody waits for an answer: the process must not end before it comes. */
  #hold(): void {
    if (this.#answers.size + this.#sinks.size === 1) this.#native.ref();
  }

  #flush(): void {
    if (this.#isClosed) return;
    const { events, answers, sinks } = this.#native.drain();
    for (const [request, feed] of this.#feeds) if (this.#native.isFeedClosed(request)) void feed.end();
    for (const { request, accepted, frame } of answers) {
      this.#answers.get(request)?.(accepted ? { outcome: 'accepted', frame } : { outcome: 'tooLate' });
      this.#answers.delete(request);
    }
    for (const { request, ok, text } of sinks) {
      this.#sinks.get(request)?.(ok ? { ok, sink: text } : { ok, message: text });
      this.#sinks.delete(request);
    }
    if (this.#answers.size + this.#sinks.size === 0) this.#native.unref();
    for (const event of events) {
      if (event.type === 'streamLost' || event.type === 'streamOpened')
        this.#isLost = event.type === 'streamLost';
      for (const listener of this.#listeners) deliver(listener, event);
    }
  }
}

/** A listener that throws is a bug, and becomes an uncaught exception; the others still hear of the event. */
function deliver(listener: (event: EngineEvent) => void, event: EngineEvent): void {
  try {
    listener(event);
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}

/** Names of the sound cards that the core plays without a sound server, whether anybody uses them or not. Opens none. */
export function listCards(): readonly string[] {
  return (loadAddon() as unknown as NativeExports).listCards();
}

/** What plays where no device is chosen: the sound server, or else a card. Null: what PortAudio thinks. Opens nothing. */
export function defaultDevice(): string | null {
  return (loadAddon() as unknown as NativeExports).defaultDevice();
}

/** In Hz, of those that music has, the rates at which a device (null: the default one) plays without converting. Empty where
 *  that cannot be known. Asks the sound server or the card, and waits for it: up to a second. */
export function deviceRates(device: string | null): readonly number[] {
  return (loadAddon() as unknown as NativeExports).deviceRates(device);
}
