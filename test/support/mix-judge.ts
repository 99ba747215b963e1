// Judges of what the core gave, each from one rule alone and without the model of the mix: frames conserved, gain within
// bounds, no jump, the limiter. Each says what is wrong in words, or null. Pure.
import type { EntryPlan } from '../../audio/engine.ts';
import type { Heard } from './mix-model.ts';

/** Sources of conservation: left is 2^-(1 + code), right the file frame times 2^-23; sums of three are exact. */
export const CODES = 20;
const CODE_UNIT = 2 ** (CODES + 1);
const FRAME_UNIT = 2 ** 23;

export interface Coded {
  /** 1 to CODES - 1, another for each voice. */
  readonly code: number;
  readonly startFrame: number;
  readonly lengthFrames: number;
}

/** Every frame of every voice is heard exactly once, in order and without a break; all else is silence. */
export function judgeConservation(samples: Float32Array, voices: readonly Coded[]): string | null {
  const heard = voices.map(() => 0);
  const last = voices.map(() => -1);
  let sounding = 0;
  let silent = 0;
  for (let n = 0; n < samples.length / 2; n++) {
    let left = (samples[2 * n] ?? 0) * CODE_UNIT;
    let right = (samples[2 * n + 1] ?? 0) * FRAME_UNIT;
    let hasVoice = false;
    for (const [i, { code, startFrame, lengthFrames }] of voices.entries()) {
      const bit = 2 ** (CODES - code);
      if (Math.floor(left / bit) % 2 === 0) continue;
      hasVoice = true;
      sounding++;
      left -= bit;
      right -= startFrame + (heard[i] ?? 0);
      if (heard[i] !== 0 && last[i] !== n - 1) return `Voice ${i + 1} has a hole before frame ${n}.`;
      last[i] = n;
      heard[i] = (heard[i] ?? 0) + 1;
      if ((heard[i] ?? 0) > lengthFrames) return `Voice ${i + 1} is longer than it is, in frame ${n}.`;
    }
    if (left !== 0 || right !== 0) return `Frame ${n} is not the sum of frames that are due in it.`;
    if (!hasVoice) silent++;
  }
  const short = voices.findIndex(({ lengthFrames }, i) => heard[i] !== lengthFrames);
  if (short >= 0) return `Voice ${short + 1} had ${heard[short]} frames of ${voices[short]?.lengthFrames}.`;
  const all = voices.reduce((sum, { lengthFrames }) => sum + lengthFrames, 0);
  const twice = sounding - (samples.length / 2 - silent);
  return all - twice + silent === samples.length / 2 ? null : 'The sum of all frames is not the length.';
}

/** What was there when it stopped rings out for so long at most. */
const RING_OUT_S = 0.01;

/** For every frame the sum of `weight` over the voices that may be heard in it. */
function perFrame(
  frames: number,
  rate: number,
  heard: readonly Heard[],
  ringOut: boolean,
  weight: (entry: number) => number,
): Float64Array {
  const sums = new Float64Array(frames + 1);
  for (const { entry, startedAtFrame, endedAtFrame } of heard) {
    const to = Math.min(frames, endedAtFrame + (ringOut ? Math.ceil(RING_OUT_S * rate) + 1 : 0));
    for (let n = startedAtFrame; n < to; n++) sums[n] = (sums[n] ?? 0) + weight(entry);
  }
  return sums;
}

const gainOf = (plans: readonly EntryPlan[]) => (entry: number) =>
  plans.find((plan) => plan.entry === entry)?.gain ?? 0;

export interface Sounded {
  readonly rate: number;
  readonly got: Float32Array;
  readonly plans: readonly EntryPlan[];
  readonly heard: readonly Heard[];
  readonly actedAt: readonly number[];
}

const ROUNDING = 1e-6;

/** Of sources that are 1 throughout: the mix lies between 0 and the sum of the gains of those that sound. */
export function judgeGain({ rate, got, plans, heard }: Sounded): string | null {
  const most = perFrame(got.length / 2, rate, heard, true, gainOf(plans));
  for (const [i, sample] of got.entries()) {
    const bound = most[Math.floor(i / 2)] ?? 0;
    if (sample >= -ROUNDING && sample <= bound + ROUNDING) continue;
    return `Frame ${Math.floor(i / 2)} has a gain of ${sample}, outside of 0 to ${bound}.`;
  }
  return null;
}

/** Of sources that are 1 throughout, each with fades of `leastFade` frames or more: no step from frame to frame is larger
 *  than a square root's first over that fade (times pi/2, where it is cut short) and a pause's over 5 ms. */
export function judgeSteps({ rate, got, plans, heard }: Sounded, leastFade: number): string | null {
  const share = Math.PI / 2 / Math.sqrt(leastFade) + 1 / Math.floor(0.005 * rate);
  const gain = gainOf(plans);
  const most = perFrame(got.length / 2, rate, heard, true, (entry) => share * gain(entry));
  for (let i = 2; i < got.length; i++) {
    const step = Math.abs((got[i] ?? 0) - (got[i - 2] ?? 0));
    const n = Math.floor(i / 2);
    const bound = Math.max(most[n] ?? 0, most[n - 1] ?? 0) + ROUNDING;
    if (step > bound) return `A step of ${step} to frame ${n}, more than ${bound}.`;
  }
  return null;
}

export const THRESHOLD = 10 ** (-1 / 20);
export function limited(x: number, threshold = THRESHOLD): number {
  const room = 1 - threshold;
  const size = Math.abs(x);
  return size <= threshold ? x : Math.sign(x) * (threshold + room * Math.tanh((size - threshold) / room));
}

/** The same twice, without the limiter and with it: bit for bit the same below the threshold, bent above it where more
 *  than one sounds or full scale is passed, left alone where one sounds at a gain of at most 1 and
 *  nothing rings out beside it; never above full scale. */
export function judgeLimiter(
  plain: Float32Array,
  { rate, got, plans, heard, actedAt }: Sounded,
): string | null {
  if (plain.length !== got.length) return `${got.length / 2} frames instead of ${plain.length / 2}.`;
  const frames = got.length / 2;
  const certain = perFrame(frames, rate, heard, false, () => 1);
  const possible = perFrame(frames, rate, heard, true, () => 1);
  const gain = gainOf(plans);
  const loud = perFrame(frames, rate, heard, true, (entry) => (gain(entry) > 1 ? 1 : 0));
  for (const frame of actedAt) loud.fill(1, frame, frame + Math.ceil(RING_OUT_S * rate) + 1);
  for (let n = 0; n < frames; n++) {
    const pair = [plain[2 * n] ?? 0, plain[2 * n + 1] ?? 0] as const;
    const peak = Math.max(Math.abs(pair[0]), Math.abs(pair[1]));
    for (const side of [0, 1] as const) {
      const x = got[2 * n + side] ?? 0;
      const isSame = x === pair[side];
      const isBent = peak > THRESHOLD && Math.abs(x - limited(pair[side])) <= ROUNDING;
      const mustBend = peak > THRESHOLD && ((certain[n] ?? 0) > 1 || peak > 1 + ROUNDING);
      const mustNot = (possible[n] ?? 0) <= 1 && loud[n] === 0;
      if (Math.abs(x) > 1) return `Frame ${n} is above full scale: ${x}.`;
      if (mustBend ? !isBent : !(isSame || (isBent && !mustNot)))
        return `Frame ${n} is ${x} of ${pair[side]}: ${mustBend ? 'not limited as it should be' : 'touched'}.`;
    }
  }
  return null;
}
