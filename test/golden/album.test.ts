// Album neighbours whose own points cut their edges away: side by side they play as their files have them, to the frame,
// and a neighbour that is taken back gives the one that sounds its own end again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planPair } from '../../audio/crossfade-plan.ts';
import type { AudioEngine, EntryPlan } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { framesToTicks, secondsToTicks } from '../../audio/ticks.ts';
import type { Playable } from '../../sync/vocabulary/common.ts';
import { type Codec, write } from '../support/media-files.ts';
import { playable } from '../support/playables.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music } from '../support/signals.ts';

const folder = scratchFolder('album');
const SETTINGS = {
  globalCrossfadeTicks: 28_224_000 / 2,
  defaultCurve: 'equal-power',
  albumAware: true,
} as const;
const CODECS: readonly Codec[] = ['flac', 'wavpack', 'alac', 'wav16', 'aiff'];

interface Album {
  readonly rate: number;
  readonly whole: Float32Array;
  readonly first: Playable;
  readonly second: Playable;
  readonly cutFrame: number;
}

/** Three seconds cut in two at a frame that no block of a codec knows; 0.4 s of each edge cut away by the points. */
function albumOf(codec: Codec, rate: number): Album {
  const whole = music(3 * rate, rate, rate + codec.length);
  const cutFrame = Math.round(1.61 * rate) + 1;
  const track = (number: number, samples: Float32Array, start: number, end: number): Playable => {
    const fileSeconds = samples.length / 2 / rate;
    const path = write(folder, `${codec}-${rate}-${number}`, codec, rate, samples);
    const points = { start, end: end < 0 ? fileSeconds + end : end };
    return playable({ passage: number, path, fileSeconds, points, album: 7, disc: 1, track: number });
  };
  return {
    rate,
    whole,
    cutFrame,
    first: track(1, whole.slice(0, 2 * cutFrame), 0, -0.4),
    second: track(2, whole.slice(2 * cutFrame), 0.4, 3 - cutFrame / rate),
  };
}

/** The same, but as two parts of one file: what a CUE sheet makes of it. */
function sheetOf(codec: Codec, rate: number): Album {
  const whole = music(3 * rate, rate, rate + codec.length);
  const cutFrame = Math.round(1.6 * rate);
  const path = write(folder, `${codec}-${rate}-sheet`, codec, rate, whole);
  const [cut, end] = [framesToTicks(cutFrame, rate), secondsToTicks(3)];
  const common = { path, fileSeconds: 3, album: 7, disc: 1 };
  const first = { passage: 1, track: 1, points: { end: 1.2 }, part: { startTicks: 0, endTicks: cut } };
  const second = { passage: 2, track: 2, points: { start: 2 }, part: { startTicks: cut, endTicks: end } };
  return {
    ...{ rate, whole, cutFrame },
    first: playable({ ...common, ...first }),
    second: playable({ ...common, ...second }),
  };
}

function entryOf(entry: number, before: Playable | null, next: Playable, rate: number): EntryPlan {
  const { repairs: _, ...pair } = planPair(
    before && { playable: before, overlapFrames: 0 },
    next,
    SETTINGS,
    rate,
  );
  const after = before ? entry - 1 : null;
  return { plan: entry, generation: 0, entry, after, path: next.path, gain: 1, ...pair };
}

async function played(album: Album, act: (engine: AudioEngine) => Promise<void>): Promise<Float32Array> {
  const { rate, first, whole } = album;
  const options = { rate, sink: { kind: 'manual' }, playing: true, volume: 1, limiter: false } as const;
  const engine = openNativeEngine(options);
  await engine.offer(entryOf(1, null, first, rate));
  // A tenth of a second before its own end, so that the rest is decoded only because the neighbour asks for it.
  const late = album.cutFrame - Math.round(0.5 * rate);
  const head = engine.pull(late);
  await act(engine);
  const tail = engine.pull(whole.length / 2 - late + 100);
  await engine.close(0);
  const all = new Float32Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

for (const [what, of, codecs] of [
  ['halves', albumOf, CODECS],
  ['parts of one file', sheetOf, ['flac', 'wav16'] as const],
] as const) {
  for (const [codec, rate] of codecs.flatMap((each) => [[each, 44_100] as const, [each, 48_000] as const])) {
    test(`two ${codec} ${what} with trimmed edges play as the uncut whole, bit for bit, ${rate} Hz`, async () => {
      const album = of(codec, rate);
      const { whole, first, second } = album;
      const got = await played(album, async (engine) => {
        assert.equal((await engine.offer(entryOf(2, first, second, rate))).outcome, 'accepted');
      });
      assert.equal(maxDifference(got.subarray(0, whole.length), whole), 0);
      assert.ok(got.subarray(whole.length).every((sample) => sample === 0));
    });
  }
}

test('taken back, the neighbour leaves the trimmed end; replaced by a stranger, that end fades', async () => {
  const album = albumOf('flac', 48_000);
  const { whole, first, second, cutFrame, rate } = album;
  const ownEnd = cutFrame - Math.round(0.4 * rate);
  const back = await played(album, async (engine) => {
    await engine.offer(entryOf(2, first, second, rate));
    assert.equal(engine.withdraw(2), 'withdrawn');
  });
  assert.equal(maxDifference(back.subarray(0, 2 * ownEnd), whole.subarray(0, 2 * ownEnd)), 0);
  assert.ok(back.subarray(2 * ownEnd).every((sample) => sample === 0));
  const events: string[] = [];
  await played(album, async (engine) => {
    engine.onEvent((event) => {
      if (event.type === 'voiceEnded') events.push(`${event.ended.entry} at ${event.ended.atFrame}`);
    });
    await engine.offer(entryOf(2, first, second, rate));
    await engine.offer({ ...entryOf(2, first, { ...second, album: null }, rate), entry: 3, plan: 3 });
  });
  assert.equal(events[0], `1 at ${ownEnd}`);
});
