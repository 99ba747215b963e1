// Random interleavings of everything a person and the daemon may ask, around transitions: the native core against the
// fake engine as its model. Answers, events, snapshots and ended voices must agree, and every frame that was rendered
// must be the frame of the entry the account says; nothing may sound twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioEngine, EngineEvent, EngineSnapshot, EntryPlan, Fade } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

process.env.SEGUE_SYNTHETIC = '1';

const RATE = 8000;
const SEQUENCES = 1000;
const STEPS = 24;
/** Frames of every file; plans use a part from its start. */
const FILE = 10_000;
/** 20 ms: where races live. */
const BRINK = RATE / 50;
/** A ramp of the core's own is at most 0.1 s; frames under one are not compared. */
const RAMP = RATE / 10;
const NO_FADE: Fade = { frames: 0, curve: 'linear' };

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A stretch of a voice without a jump: from `frame` on, file frame `at` and those after it. */
interface Stretch {
  readonly entry: number;
  readonly frame: number;
  readonly at: number;
  until: number;
}

/** Both engines, asked the same; what was rendered; what the account says should have been. */
class Pair {
  readonly native: AudioEngine;
  readonly fake: AudioEngine;
  readonly nativeEvents: EngineEvent[] = [];
  readonly fakeEvents: EngineEvent[] = [];
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly stretches: Stretch[] = [];
  /** Frames at which the account was looked at. */
  readonly looks = new Set<number>();
  /** Frames after which a ramp may run. */
  readonly ramps: number[] = [];
  readonly skips: number[] = [];

  constructor() {
    const options = {
      rate: RATE,
      sink: { kind: 'manual' },
      playing: true,
      volume: 1,
      limiter: false,
    } as const;
    this.native = openNativeEngine(options);
    this.fake = createFakeEngine(options);
    // The stream opens on a thread of its own, whenever that is.
    this.native.onEvent((event) => event.type !== 'streamOpened' && this.nativeEvents.push(event));
    this.fake.onEvent((event) => event.type !== 'streamOpened' && this.fakeEvents.push(event));
  }

  async both<T>(ask: (engine: AudioEngine) => T | Promise<T>): Promise<T> {
    const ofNative = await ask(this.native);
    const ofFake = await ask(this.fake);
    assert.deepEqual(ofNative, ofFake);
    await this.settle();
    return ofNative;
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.compare();
    this.follow();
  }

  compare(): void {
    assert.deepEqual(inOrder(this.nativeEvents), inOrder(this.fakeEvents));
    assert.deepEqual(comparable(this.native.snapshot()), comparable(this.fake.snapshot()));
  }

  pull(frames: number): void {
    const samples = this.native.pull(frames);
    this.fake.pull(frames);
    for (let i = 0; i < frames; i += 1) {
      this.left.push(samples[2 * i] ?? Number.NaN);
      this.right.push(samples[2 * i + 1] ?? Number.NaN);
    }
  }

  /** Turns the snapshot into stretches: what sounds from here on, unless something happens. */
  follow(): void {
    const { streamFrame, sounding, playing } = this.native.snapshot();
    this.looks.add(streamFrame);
    for (const stretch of this.stretches) stretch.until = Math.min(stretch.until, streamFrame);
    if (!playing) return;
    for (const voice of sounding) {
      const { entry, atFrame: at, endFrame } = voice;
      this.stretches.push({ entry, frame: streamFrame, at, until: streamFrame + endFrame - at });
    }
  }
}

/** Without what depends on threads: how much is buffered, whether the sink has opened, who of two that ended at one
 *  frame is named first. */
function comparable({ sink: _, ...snapshot }: EngineSnapshot) {
  const ended = snapshot.ended.toSorted((a, b) => a.endedAtFrame - b.endedAtFrame || a.entry - b.entry);
  const sounding = snapshot.sounding.map(({ bufferedFrames: _, ...voice }) => voice);
  return { ...snapshot, ended, sounding, next: snapshot.next && { ...snapshot.next, bufferedFrames: 0 } };
}

/** At one frame an entry ends before or after the next begins: as its decoder happens to be ready. */
function inOrder(events: readonly EngineEvent[]): EngineEvent[] {
  return events.toSorted(
    (a, b) => a.frame - b.frame || Number(a.type === 'voiceEnded') - Number(b.type === 'voiceEnded'),
  );
}

function planOf(
  random: (below: number) => number,
  entry: number,
  after: number | null,
  plan: number,
): EntryPlan {
  const length = 4000 + random(FILE - 4000);
  return {
    plan,
    generation: 0,
    entry,
    after,
    path: `synthetic:frames=${FILE},code=${entry}`,
    startFrame: 0,
    endFrame: length,
    gain: 1,
    overlapFrames: random(3) === 0 ? 0 : random(3000),
    fadeIn: NO_FADE,
    fadeOut: NO_FADE,
    previousFadeOut: null,
    previousEndFrame: random(4) === 0 ? 1 + random(FILE) : null,
  };
}

async function play(seed: number): Promise<number> {
  const random = randomOf(seed);
  const pair = new Pair();
  let lastPlan = 0;
  let lastEntry = 0;
  const latest: { plan: EntryPlan | null } = { plan: null };

  /** Changes of the next entry may end the current one there and then, under a ramp. */
  const endingSoon = async <T>(act: () => Promise<T>): Promise<T> => {
    const before = pair.fake.snapshot();
    const result = await act();
    const isHeard = (entry: number) => pair.fake.snapshot().sounding.some((voice) => voice.entry === entry);
    if (before.sounding.some(({ entry }) => !isHeard(entry))) pair.ramps.push(pair.left.length);
    return result;
  };
  const offer = async (plan: EntryPlan) => {
    const answer = await endingSoon(() => pair.both((engine) => engine.offer(plan)));
    if (answer.outcome === 'accepted') latest.plan = plan;
  };
  const offerNew = async () => {
    const current = pair.fake.snapshot().sounding.find((voice) => voice.role === 'current');
    const after =
      random(8) === 0 ? null : random(10) === 0 ? 1 + random(lastEntry + 1) : (current?.entry ?? null);
    lastPlan += 1;
    lastEntry += 1;
    await offer(planOf(random, lastEntry, after, lastPlan));
  };

  /** To at most 20 ms before the next transition, if there is one; else anywhere. */
  const approach = () => {
    const { sounding } = pair.fake.snapshot();
    const current = sounding.find((voice) => voice.role === 'current');
    const next = latest.plan;
    const overlap = next && current && next.after === current.entry ? next.overlapFrames : 0;
    const left = current ? current.endFrame - current.atFrame - overlap : 0;
    pair.pull(left > BRINK ? left - random(BRINK) : 1 + random(1500));
  };

  await offerNew();
  for (let step = 0; step < STEPS; step += 1) {
    const { sounding, next: loaded } = pair.fake.snapshot();
    const target = sounding[random(Math.max(1, sounding.length))]?.entry ?? 1 + random(lastEntry);
    switch (random(11)) {
      case 0:
      case 1:
        approach();
        break;
      case 2:
        pair.pull(1 + random(2500));
        break;
      case 3:
      case 4:
        await offerNew();
        break;
      case 5: {
        const next = latest.plan;
        if (next && next.entry === loaded?.entry) {
          lastPlan += 1;
          await offer({
            ...next,
            plan: lastPlan,
            generation: next.generation + 1,
            overlapFrames: random(3000),
            previousEndFrame: random(4) === 0 ? 1 + random(FILE) : null,
          });
        }
        break;
      }
      case 6: {
        const entry = loaded && random(3) > 0 ? loaded.entry : target;
        await endingSoon(() => pair.both((engine) => engine.withdraw(entry)));
        break;
      }
      case 7:
        // Three at once leave no place for a fourth: what follows is then a matter of periods, not of the protocol.
        if (sounding.length < 3) {
          const fade = random(400);
          const reason = random(2) === 0 ? 'skipped' : 'removed';
          pair.ramps.push(pair.left.length);
          pair.skips.push(pair.left.length);
          await pair.both((engine) => engine.skip(target, fade, reason));
        }
        break;
      case 8: {
        const frame = random(9000);
        pair.ramps.push(pair.left.length);
        await pair.both((engine) => engine.seek(target, frame));
        break;
      }
      case 9:
        pair.ramps.push(pair.left.length);
        await pair.both((engine) => engine.pause());
        break;
      default:
        // A fade that a pause has frozen goes on.
        pair.ramps.push(pair.left.length);
        await pair.both((engine) => engine.play(0));
    }
    await pair.settle();
  }
  pair.ramps.push(pair.left.length);
  await pair.both((engine) => engine.play(0));
  pair.pull(30_000);
  await pair.settle();

  const checked = checkAccount(pair);
  await pair.native.close(0);
  await pair.fake.close(0);
  return checked;
}

/** Every voice once, and every rendered frame the frame the account says. Returns how many frames were compared. */
function checkAccount(pair: Pair): number {
  const { ended, sounding } = pair.native.snapshot();
  assert.equal(sounding.length, 0);
  const entries = ended.map((voice) => voice.entry);
  assert.equal(new Set(entries).size, entries.length, 'an entry sounded twice');

  const frames = pair.left.length;
  const left = new Float64Array(frames);
  const right = new Float64Array(frames);
  const isRamp = new Uint8Array(frames);
  for (const frame of pair.ramps) isRamp.fill(1, frame, Math.min(frames, frame + RAMP + 1));
  const starts = pair.nativeEvents.filter(({ type }) => type === 'voiceStarted').map(({ frame }) => frame);
  for (const event of pair.nativeEvents) {
    if (event.type !== 'voiceStarted') continue;
    const voice = ended.find(({ entry }) => entry === event.entry);
    assert.ok(voice);
    // One that began between two looks sounded from there to the next look.
    if (!pair.looks.has(event.frame)) {
      const until = Math.min(...[...pair.looks].filter((look) => look > event.frame));
      pair.stretches.push({ entry: event.entry, frame: event.frame, at: event.atFrame, until });
    }
    // The first after a skip fades in, however late it comes.
    const isAfterSkip = pair.skips.some((frame) => {
      return frame <= event.frame && !starts.some((start) => frame < start && start < event.frame);
    });
    if (isAfterSkip) isRamp.fill(1, event.frame, Math.min(frames, event.frame + RAMP + 1));
  }
  for (const { entry, frame, at, until } of pair.stretches) {
    const voice = ended.find((each) => each.entry === entry);
    assert.ok(voice);
    for (let i = frame; i < Math.min(until, voice.endedAtFrame, frames); i += 1) {
      left[i] = (left[i] ?? 0) + 2 ** -(1 + (entry % 20));
      right[i] = (right[i] ?? 0) + (at + i - frame) / 2 ** 23;
    }
  }
  let compared = 0;
  for (let i = 0; i < frames; i += 1) {
    if (isRamp[i] === 1) continue;
    compared += 1;
    if (pair.left[i] !== left[i] || pair.right[i] !== right[i]) {
      assert.fail(`frame ${i}: ${pair.left[i]}, ${pair.right[i]} instead of ${left[i]}, ${right[i]}`);
    }
  }
  return compared;
}

test(`${SEQUENCES} random interleavings: model, account and sound agree`, async () => {
  let compared = 0;
  const first = Number(process.env.SEGUE_SEED ?? 1);
  const count = process.env.SEGUE_SEED ? 1 : SEQUENCES;
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      compared += await play(seed);
    } catch (error) {
      throw new Error(`Seed ${seed} (SEGUE_SEED=${seed} plays it alone): ${String(error)}`, { cause: error });
    }
  }
  assert.ok(compared > 10_000 * count, `only ${compared} frames were compared`);
});
