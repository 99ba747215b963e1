// The judge of a device that may run dry: what it lets pass, and what not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDryDevice } from '../support/dry-judge.ts';
import { noise } from '../support/tones.ts';

const FRAMES = 20_000;
const HELD = 1000;
const played = noise(FRAMES, 5);
const answer = Float64Array.from(played);

const cut = (from: number, to: number) => played.slice(2 * from, 2 * to);
const silence = (frames: number) => new Float32Array(2 * frames);
const joined = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
const judge = (captured: Float32Array, acts: number[] = []) =>
  judgeDryDevice(captured, answer, { heldFrames: HELD, acts });

test('all of it, silence in between, and what a device held and lost', () => {
  judge(joined(silence(70), played));
  judge(joined(cut(0, 7000), silence(333), cut(7000, FRAMES)), [7000]);
  judge(joined(cut(0, 7000), silence(333), cut(7900, FRAMES)), [6000]);
});

test('silence only, more lost than was held, lost at an act, twice, wrong, too often, cut short', () => {
  assert.throws(() => judge(silence(FRAMES)), /nothing was heard/);
  assert.throws(() => judge(joined(cut(0, 7000), cut(8100, FRAMES))));
  assert.throws(() => judge(joined(cut(0, 7000), cut(7100, FRAMES)), [7000]));
  assert.throws(() => judge(joined(cut(0, 7000), cut(6900, FRAMES))));
  assert.throws(() => judge(played.map((value, i) => (i === 9000 ? value + 0.1 : value))));
  const dry = [1, 2, 3, 4].map((n) => joined(cut(4000 * (n - 1), 4000 * n), silence(50)));
  assert.throws(() => judge(joined(...dry, cut(16_000, FRAMES))));
  assert.throws(() => judge(cut(0, 15_000)));
});
