// The analytic answer to a render plan: the mix as the sum of stems x gains, computed from the written rules alone.
// Shares no code with audio/ or the core, so that a fault there cannot hide here.
import type { Curve } from '../../sync/vocabulary/common.ts';

export interface PlannedPassage {
  readonly startS?: number;
  readonly fadeInS?: number;
  readonly leadInS?: number;
  readonly leadOutS?: number;
  readonly fadeOutS?: number;
  readonly endS?: number;
  readonly fadeInCurve?: Curve;
  readonly fadeOutCurve?: Curve;
  readonly gainDb?: number;
}

export interface PlannedMix {
  readonly rate: number;
  readonly globalCrossfadeS: number;
  readonly defaultCurve: Curve;
  readonly volume?: number;
  readonly passages: readonly PlannedPassage[];
}

export interface Answer {
  readonly samples: Float64Array;
  readonly firstFrames: readonly number[];
  readonly overlaps: readonly number[];
}

/** Seconds to ticks to frames, both half up, in whole numbers. */
export function frameOf(seconds: number, rate: number): number {
  const perSecond = 28_224_000n;
  const ticks = BigInt(Math.floor(seconds * 28_224_000 + 0.5));
  return Number((2n * ticks * BigInt(rate) + perSecond) / (2n * perSecond));
}

export function rise(curve: Curve, t: number): number {
  if (curve === 'linear') return t;
  if (curve === 'cosine') return (1 - Math.cos(t * Math.PI)) / 2;
  if (curve === 'exponential') return t ** 2;
  if (curve === 'logarithmic') return t ** 0.5;
  return Math.sin((t * Math.PI) / 2);
}

/** `files`: every passage's whole file at the mix's rate, interleaved stereo. */
export function answerTo(mix: PlannedMix, files: readonly Float32Array[]): Answer {
  const { rate, passages } = mix;
  const spans = passages.map((passage, i) => ({
    start: frameOf(passage.startS ?? 0, rate),
    end: passage.endS === undefined ? (files[i]?.length ?? 0) / 2 : frameOf(passage.endS, rate),
  }));
  const length = (i: number) => (spans[i]?.end ?? 0) - (spans[i]?.start ?? 0);
  const overlaps: number[] = [0];
  for (let b = 1; b < passages.length; b++) {
    const a = b - 1;
    const usual = Math.min(
      frameOf(mix.globalCrossfadeS, rate),
      Math.floor(length(a) / 2),
      Math.floor(length(b) / 2),
    );
    const { leadOutS } = passages[a] as PlannedPassage;
    const { leadInS } = passages[b] as PlannedPassage;
    const left = leadOutS === undefined ? usual : (spans[a]?.end ?? 0) - frameOf(leadOutS, rate);
    const right = leadInS === undefined ? usual : frameOf(leadInS, rate) - (spans[b]?.start ?? 0);
    overlaps.push(Math.min(left, right, length(a) - (overlaps[a] ?? 0)));
  }
  const firstFrames: number[] = [];
  let end = 0;
  for (let i = 0; i < passages.length; i++) {
    firstFrames.push(end - (overlaps[i] ?? 0));
    end = (firstFrames[i] ?? 0) + length(i);
  }
  const samples = new Float64Array(2 * end);
  const volume = (mix.volume ?? 1) ** 3;
  passages.forEach((passage, i) => {
    const { start, end: stop } = spans[i] as { start: number; end: number };
    const fadeIn =
      passage.fadeInS === undefined ? (overlaps[i] ?? 0) : frameOf(passage.fadeInS, rate) - start;
    const fadeOut =
      passage.fadeOutS === undefined ? (overlaps[i + 1] ?? 0) : stop - frameOf(passage.fadeOutS, rate);
    const gain = 10 ** ((passage.gainDb ?? 0) / 20) * volume;
    const file = files[i] as Float32Array;
    for (let n = 0; n < stop - start; n++) {
      let g = gain;
      if (n < fadeIn) g *= rise(passage.fadeInCurve ?? mix.defaultCurve, n / fadeIn);
      const m = n - (stop - start - fadeOut);
      if (m >= 0 && fadeOut > 0) g *= rise(passage.fadeOutCurve ?? mix.defaultCurve, 1 - m / fadeOut);
      for (const side of [0, 1]) {
        const at = 2 * ((firstFrames[i] ?? 0) + n) + side;
        samples[at] = (samples[at] ?? 0) + g * (file[2 * (start + n) + side] ?? 0);
      }
    }
  });
  return { samples, firstFrames, overlaps };
}

/** What differs, in words; null when every sample is within `tolerance` and the lengths agree. */
export function compareMix(actual: Float32Array, expected: Float64Array, tolerance = 1e-6): string | null {
  if (actual.length !== expected.length)
    return `${actual.length / 2} frames instead of ${expected.length / 2}`;
  let wrong = 0;
  let first = -1;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs((actual[i] ?? 0) - (expected[i] ?? 0));
    if (difference <= tolerance) continue;
    if (wrong++ === 0) first = Math.floor(i / 2);
    worst = Math.max(worst, difference);
  }
  return wrong === 0 ? null : `${wrong} samples differ, the first in frame ${first}, by at most ${worst}`;
}
