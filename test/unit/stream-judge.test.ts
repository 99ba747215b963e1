// The judge of long captures: that it tells apart what it is asked to tell apart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeStream, type Verdict } from '../support/stream-judge.ts';
import { noise } from '../support/tones.ts';

const FRAMES = 20_000;
const played = noise(FRAMES, 3);

function judge(captured: Float32Array, offset = 0): Verdict {
  return judgeStream(
    (frame, side) => captured[2 * frame + side] ?? 0,
    captured.length / 2,
    (frame, side) => played[2 * frame + side] ?? 0,
    FRAMES,
    offset,
    4800,
  );
}
const cut = (from: number, to: number) => played.slice(2 * from, 2 * to);
const joined = (...parts: Float32Array[]) => {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
const NOTHING = {
  insertedFrames: 0,
  insertions: 0,
  lostFrames: 0,
  repeatedFrames: 0,
  wrongFrames: 0,
  firstWrong: -1,
  places: [],
};

test('what was played is found whole, after the silence before it', () => {
  const verdict = judge(joined(new Float32Array(2 * 500), played, new Float32Array(90)), 500);
  assert.deepEqual(verdict, { ...NOTHING, comparedFrames: FRAMES, worst: 0 });
});

test('silence in the middle is a device that ran dry, and loses nothing', () => {
  const verdict = judge(joined(cut(0, 7000), new Float32Array(2 * 333), cut(7000, FRAMES)));
  assert.deepEqual(verdict, {
    ...NOTHING,
    insertedFrames: 333,
    insertions: 1,
    comparedFrames: FRAMES,
    worst: 0,
    places: [{ what: 'inserted', frames: 333, atFrame: 7000, capturedFrame: 7000 }],
  });
});

test('one frame lost, one frame twice, frames lost in silence, one frame wrong', () => {
  assert.equal(judge(joined(cut(0, 7000), cut(7001, FRAMES))).lostFrames, 1);
  assert.equal(judge(joined(cut(0, 7000), cut(6999, FRAMES))).repeatedFrames, 1);
  assert.equal(judge(joined(cut(0, 7000), new Float32Array(200), cut(7100, FRAMES))).lostFrames, 100);
  assert.equal(judge(cut(0, FRAMES - 50)).lostFrames, 50);
  const wrong = played.slice();
  wrong[9001] = (wrong[9001] ?? 0) + 1e-5;
  assert.deepEqual(
    [judge(wrong).wrongFrames, judge(wrong).firstWrong, judge(wrong).comparedFrames],
    [1, 4500, FRAMES - 1],
  );
});
