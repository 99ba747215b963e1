// The answer the core is compared with: what a list of plans must sound like, frame by frame, computed here from the
// formulas of the documentation alone. Shares no code with the core or with audio/.
import type { EntryPlan } from '../../audio/engine.ts';
import type { Curve } from '../../sync/vocabulary/common.ts';

const CURVES: Record<Curve, (t: number) => number> = {
  linear: (t) => t,
  cosine: (t) => (1 - Math.cos(Math.PI * t)) / 2,
  exponential: (t) => t * t,
  logarithmic: (t) => Math.sqrt(t),
  'equal-power': (t) => Math.sin((Math.PI * t) / 2),
};

export interface Expected {
  readonly samples: Float64Array;
  /** First frame of each entry. */
  readonly starts: readonly number[];
}

/** `stems[i]`: the decoded frames of entry i from frame 0 of its file, interleaved stereo at the working rate. */
export function expectedMix(plans: readonly EntryPlan[], stems: readonly Float32Array[]): Expected {
  const starts: number[] = [];
  let at = 0;
  for (const [index, plan] of plans.entries()) {
    if (index > 0) at -= plan.overlapFrames;
    starts.push(at);
    at += plan.endFrame - plan.startFrame;
  }
  const samples = new Float64Array(2 * at);
  for (const [index, plan] of plans.entries()) {
    const length = plan.endFrame - plan.startFrame;
    const fadeOut = plans[index + 1]?.previousFadeOut ?? plan.fadeOut;
    const stem = stems[index] as Float32Array;
    for (let n = 0; n < length; n++) {
      let gain = plan.gain;
      if (n < plan.fadeIn.frames) gain *= CURVES[plan.fadeIn.curve](n / plan.fadeIn.frames);
      const m = n - (length - fadeOut.frames);
      if (m >= 0) gain *= CURVES[fadeOut.curve](1 - m / fadeOut.frames);
      const to = 2 * ((starts[index] ?? 0) + n);
      const from = 2 * (plan.startFrame + n);
      samples[to] = (samples[to] ?? 0) + gain * (stem[from] ?? 0);
      samples[to + 1] = (samples[to + 1] ?? 0) + gain * (stem[from + 1] ?? 0);
    }
  }
  return { samples, starts };
}

export interface Comparison {
  /** Index in `got` of the first frame that is not silent; -1: nothing but silence. */
  readonly offset: number;
  readonly worst: number;
  /** Frame (of the expected signal) of the worst difference. */
  readonly worstFrame: number;
  readonly comparedFrames: number;
}

/** Compares what was captured with the answer, aligned at the first frame that is not silent. Beyond the end of the
 *  answer the capture must be silent; it counts as a difference where it is not. */
export function compare(got: Float32Array, expected: Float64Array, firstSounding = 0): Comparison {
  let offset = got.findIndex((value) => value !== 0);
  offset = offset < 0 ? -1 : Math.floor(offset / 2) - firstSounding;
  let worst = 0;
  let worstFrame = -1;
  const frames = expected.length / 2;
  for (let n = 0; offset >= 0 && n < frames; n++) {
    for (let channel = 0; channel < 2; channel++) {
      const difference = Math.abs((got[2 * (offset + n) + channel] ?? 0) - (expected[2 * n + channel] ?? 0));
      if (difference > worst) {
        worst = difference;
        worstFrame = n;
      }
    }
  }
  for (let at = 2 * (offset + frames); offset >= 0 && at < got.length; at++) {
    if (Math.abs(got[at] ?? 0) > worst) {
      worst = Math.abs(got[at] ?? 0);
      worstFrame = Math.floor(at / 2) - offset;
    }
  }
  return { offset, worst: offset < 0 ? Number.POSITIVE_INFINITY : worst, worstFrame, comparedFrames: frames };
}
