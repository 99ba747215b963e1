// The process that reads mutated files, so that one that kills or hangs it harms nobody: probes, decodes and seeks each
// through the addon, and plays every fifth through the core. It says which file it begins, and what came of it.
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { EngineEvent } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { flacBytes } from './flac-writer.ts';
import { type Codec, EXTENSIONS, write } from './media-files.ts';
import { mutated, type Specimen } from './mutate.ts';
import { maxDifference, music, random } from './signals.ts';

export interface Work {
  readonly folder: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** `outcome`: what was made of it; or `fault`: what must not be. */
export type Said =
  | { readonly type: 'at'; readonly number: number; readonly what: string }
  | {
      readonly type: 'read';
      readonly number: number;
      readonly outcome: string;
      readonly fault: string | null;
    }
  | { readonly type: 'size'; readonly number: number; readonly rssBytes: number; readonly handles: number };

const RATE_HZ = 48_000;
const FRAMES = RATE_HZ + 123;
const GOOD_FRAMES = 5000;
/** What a second of music may become: a header can promise a day. */
const MOST_FRAMES = 30 * RATE_HZ;
const PLAYED_EVERY = 5;
const SIZED_EVERY = 50;
/** Decoded by our own decoder. */
const DEEP = 'flac32.flac';
const SENTENCE = /^[A-Z].*\.$/s;

const media = mediaTools();
const say = (message: Said) => process.send?.(message);

export function specimensIn(folder: string): Specimen[] {
  const names = Object.entries(EXTENSIONS).map(([codec, extension]) => `${codec}.${extension}`);
  return [...names, DEEP].map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

export function writeSpecimens(folder: string): void {
  const samples = music(FRAMES, RATE_HZ);
  for (const codec of Object.keys(EXTENSIONS) as Codec[]) write(folder, codec, codec, RATE_HZ, samples);
  const channels = [0, 1].map((side) =>
    Int32Array.from({ length: FRAMES }, (_, n) => (samples[2 * n + side] ?? 0) * 2 ** 31),
  );
  const prediction = { fixed: 2, partitionOrder: 3 };
  writeFileSync(join(folder, DEEP), flacBytes({ rateHz: RATE_HZ, bits: 32, channels, prediction }));
  write(folder, 'good', 'flac', RATE_HZ, music(GOOD_FRAMES, RATE_HZ, 2));
}

/** Probes, decodes and seeks; the fault if any. */
function read(path: string, dice: () => number): { outcome: string; fault: string | null } {
  const probe = media.probe(path);
  const rate = dice() < 0.5 ? RATE_HZ : 44_100;
  const from = dice() < 0.5 ? 0 : Math.floor(dice() * FRAMES);
  const decoded = media.decode(path, rate, from, MOST_FRAMES);
  for (const result of [probe, decoded])
    if ('error' in result && !SENTENCE.test(result.message))
      return { outcome: 'refused', fault: `no sentence: ${result.message}` };
  if ('error' in decoded) return { outcome: 'refused', fault: null };
  if (!decoded.samples.every(Number.isFinite)) return { outcome: 'decoded', fault: 'a sample is not finite' };
  return { outcome: decoded.concealedPackets > 0 ? 'concealed' : 'decoded', fault: null };
}

/** Plays it, and a good one after it: the good one must be as it is, whatever the bad one was. */
class Player {
  readonly #engine = openNativeEngine({
    rate: RATE_HZ,
    sink: { kind: 'manual' },
    playing: true,
    volume: 1,
    limiter: false,
  });
  readonly #good: string;
  readonly #wanted: Float32Array;
  #events: EngineEvent[] = [];
  #entry = 0;

  constructor(folder: string) {
    this.#good = join(folder, 'good.flac');
    const decoded = media.decode(this.#good, RATE_HZ);
    if ('error' in decoded) throw new Error(decoded.message);
    this.#wanted = decoded.samples;
    this.#engine.onEvent((event) => this.#events.push(event));
  }

  async play(path: string): Promise<{ outcome: string; fault: string | null }> {
    const bad = await this.#begin(path, FRAMES);
    let outcome = this.#outcomeOf(bad);
    for (let pulled = 0; outcome === null && pulled < 4 * FRAMES; pulled += 4800) {
      if (!this.#engine.pull(4800).every(Number.isFinite))
        return { outcome: 'played', fault: 'a played sample is not finite' };
      outcome = this.#outcomeOf(bad);
    }
    if (outcome === null) return { outcome: 'none', fault: 'the core never said what became of it' };
    const good = await this.#begin(this.#good, GOOD_FRAMES);
    const heard = this.#engine.pull(GOOD_FRAMES);
    this.#engine.pull(64);
    this.#engine.acknowledge([bad, good]);
    const isIntact = this.#outcomeOf(good) === 'natural' && maxDifference(heard, this.#wanted) === 0;
    this.#events = [];
    return { outcome, fault: isIntact ? null : 'the file after it did not play as it is' };
  }

  close(): Promise<void> {
    return this.#engine.close(0);
  }

  async #begin(path: string, frames: number): Promise<number> {
    const entry = ++this.#entry;
    const none = { frames: 0, curve: 'linear' } as const;
    await this.#engine.offer({
      ...{ plan: entry, generation: 0, entry, after: null, path, startFrame: 0, endFrame: frames, gain: 1 },
      ...{ overlapFrames: 0, fadeIn: none, fadeOut: none, previousFadeOut: null },
    });
    return entry;
  }

  #outcomeOf(entry: number): string | null {
    let early = '';
    for (const event of this.#events) {
      if (event.type === 'endedEarly' && event.entry === entry) early = ' early';
      if (event.type === 'voiceFailed' && event.entry === entry) return 'failed';
      if (event.type === 'voiceEnded' && event.ended.entry === entry) return event.ended.reason + early;
    }
    return null;
  }
}

async function work({ folder, seed, from, to }: Work): Promise<void> {
  const specimens = specimensIn(folder);
  const player = new Player(folder);
  for (let number = from; number < to; number++) {
    const { kind, specimen, bytes } = mutated(specimens, seed, number);
    const path = join(folder, `mutated-${specimen.name}`);
    say({ type: 'at', number, what: `${kind} ${specimen.name}` });
    writeFileSync(path, bytes);
    const dice = random(number + seed);
    let result = read(path, dice);
    if (result.fault === null && number % PLAYED_EVERY === 0) {
      const played = await player.play(path);
      result = { outcome: `${result.outcome}, ${played.outcome}`, fault: played.fault };
    }
    unlinkSync(path);
    say({ type: 'read', number, ...result });
    if ((number + 1) % SIZED_EVERY === 0) {
      global.gc?.();
      const handles = readdirSync('/proc/self/fd').length;
      say({ type: 'size', number, rssBytes: process.memoryUsage.rss(), handles });
    }
  }
  await player.close();
}

process.on('message', (message: Work) => {
  void work(message).then(() => process.disconnect());
});
