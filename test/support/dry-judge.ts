// For a device that may run dry on a busy machine and does not say so: what it held then may be missing, or wait behind silence.
// All the rest has to be there, once, in its order and exact.
import assert from 'node:assert/strict';
import { compare } from './mix.ts';
import { judgeStream } from './stream-judge.ts';

/** What naudiodon's device holds: PortAudio asks for 2,048 frames, several times. */
export const NAUDIODON_FRAMES = 5 * 2048;
/** More of them is no busy machine, but a feed that cannot keep up. */
const MOST_DRY_MOMENTS = 3;
/** An act at the wrong frame is seen within so many. */
const NEAR_FRAMES = 96;

export interface DryLimits {
  /** What the device holds: it loses no more each time. */
  readonly heldFrames: number;
  /** Frames of the answer at which somebody acted: what is missing there is not the device's loss. */
  readonly acts?: readonly number[];
}

/** Fails with the verdict; tells it where the device ran dry. Both interleaved stereo. */
export function judgeDryDevice(captured: Float32Array, answer: Float64Array, limits: DryLimits): void {
  const { heldFrames, acts = [] } = limits;
  const { offset } = compare(captured, answer);
  assert.ok(offset >= 0, 'nothing was heard');
  const verdict = judgeStream(
    (frame, side) => captured[2 * frame + side] ?? 0,
    captured.length / 2,
    (frame, side) => answer[2 * frame + side] ?? 0,
    answer.length / 2,
    offset,
    heldFrames,
  );
  const told = JSON.stringify({ ...verdict, places: verdict.places.slice(0, 5), acts });
  assert.deepEqual([verdict.wrongFrames, verdict.repeatedFrames], [0, 0], told);
  assert.equal(verdict.comparedFrames + verdict.lostFrames, answer.length / 2, told);
  assert.ok(verdict.places.length <= MOST_DRY_MOMENTS, told);
  for (const { frames, atFrame } of verdict.places.filter(({ what }) => what === 'lost')) {
    assert.ok(frames <= heldFrames, told);
    assert.ok(!acts.some((act) => Math.abs(act - atFrame) <= NEAR_FRAMES), told);
  }
  if (verdict.places.length > 0) console.log(`#told the device ran dry: ${told}`);
}
