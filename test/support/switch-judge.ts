// What two devices were heard to play while the music was moved from one to the other: found in the recordings, and
// compared with the one passage that was to sound. Pure.
import type { HeardOnTwo } from './pulse-pair.ts';

/** One stretch of sound on one device, in frames of the recording. */
export interface Stretch {
  readonly device: 0 | 1;
  readonly from: number;
  readonly to: number;
}

/** Shorter breaks are none: a ramp may begin with a frame of nothing. */
const LEAST_BREAK_FRAMES = 96;

function stretchesOn(samples: Float32Array, device: 0 | 1): Stretch[] {
  const found: { device: 0 | 1; from: number; to: number }[] = [];
  for (let n = 0; n < samples.length / 2; n++) {
    if (samples[2 * n] === 0 && samples[2 * n + 1] === 0) continue;
    const last = found.at(-1);
    if (last && n - last.to < LEAST_BREAK_FRAMES) last.to = n + 1;
    else found.push({ device, from: n, to: n + 1 });
  }
  return found;
}

/** In the order in which they begin. */
export function stretchesOf({ first, second }: HeardOnTwo): Stretch[] {
  return [...stretchesOn(first, 0), ...stretchesOn(second, 1)].sort((a, b) => a.from - b.from);
}

/** Silence before each stretch but the first, in frames; negative: both were heard. */
export function silences(stretches: readonly Stretch[]): number[] {
  return stretches.slice(1).map(({ from }, i) => from - (stretches[i]?.to ?? 0));
}

export interface Moved {
  readonly rateHz: number;
  readonly heard: HeardOnTwo;
  readonly stretches: readonly Stretch[];
  /** The decoded passage as it is to sound, interleaved stereo of 16 bits: noise. */
  readonly music: Float32Array;
  /** A busy server plays on for a moment with what it was told to forget: a stretch may go on by so much. */
  readonly lateFrames: number;
}

/** Frames of the passage: where a stretch begins, and the first that it does not play in full any more. */
export interface Span {
  readonly begin: number;
  readonly stop: number;
}

const RESUME_MS = 10;
const HOLD_MS = 5;
const TOLERANCE = 1e-6;

/** No other place of some minutes of noise has these three samples. */
function markOf(samples: Float32Array, frame: number): number {
  let mark = 0;
  for (let i = 0; i < 3; i++) mark = mark * 65_536 + 32_768 * (1 + (samples[2 * frame + i] ?? 0));
  return mark;
}

/** What each stretch plays of the passage; or, in words, which of its frames is not what is due: the first begins in full,
 *  each later one under an equal-power ramp of 10 ms, of which a recorder may miss the beginning; the last ends with the
 *  passage, each other one under a linear ramp of 5 ms. */
export function spansOf({ rateHz, heard, stretches, music, lateFrames }: Moved): readonly Span[] | string {
  const resume = (RESUME_MS * rateHz) / 1000;
  const hold = (HOLD_MS * rateHz) / 1000;
  const places = new Map<number, number>();
  for (let n = 0; n < music.length / 2; n++) places.set(markOf(music, n), n);
  const spans: Span[] = [];
  for (const [i, { device, from, to }] of stretches.entries()) {
    const samples = device === 0 ? heard.first : heard.second;
    const name = `Stretch ${i + 1}`;
    const isLast = i === stretches.length - 1;
    const steady = i === 0 ? from : from + resume;
    const place = places.get(markOf(samples, steady));
    if (place === undefined) return `${name} is not the passage.`;
    const musicAt = (n: number, side: number) => music[2 * (place + n - steady) + side] ?? 0;
    const isDue = (n: number, gain: number) =>
      [0, 1].every((side) => Math.abs((samples[2 * n + side] ?? 0) - gain * musicAt(n, side)) <= TOLERANCE);
    // How far the ramp has come says where it began.
    const first = Math.abs((samples[2 * from] ?? 0) / musicAt(from, 0));
    const missing = i === 0 ? 0 : Math.round((Math.asin(Math.min(1, first)) / (Math.PI / 2)) * resume);
    if (i > 0 && missing >= resume - 1) return `${name} begins without its ramp.`;
    for (let n = from; n < steady; n++) {
      const at = Math.min(1, (n - from + missing) / resume);
      if (!isDue(n, Math.sin((Math.PI / 2) * at)))
        return `${name} differs in frame ${n - from + missing} of its ramp in.`;
    }
    let end = steady;
    while (end < to && isDue(end, 1)) end++;
    // The first frame of the ramp out is the music's own.
    const ramp = isLast ? end : end - 1;
    spans.push({ begin: place + from - missing - steady, stop: place + ramp - steady });
    if (isLast) {
      if (spans.at(-1)?.stop !== music.length / 2 || end !== to)
        return `The last stretch stops at frame ${spans.at(-1)?.stop}.`;
      continue;
    }
    if (to - ramp > hold + lateFrames) return `${name} sounds on for ${to - ramp} frames.`;
    for (let n = ramp; n < ramp + hold && to - ramp === hold; n++) {
      if (!isDue(n, 1 - (n - ramp) / hold)) return `${name} differs in frame ${n - ramp} of its ramp out.`;
    }
  }
  return spans;
}

/** Whether each stretch begins with the very frame with which the one before was told to stop; where they are apart, because
 *  the passage was played to nobody between them, with a later one. Null: all do. */
export function judgeJoins(spans: readonly Span[], areApart: boolean, lateFrames: number): string | null {
  for (const [i, { begin }] of spans.slice(1).entries()) {
    const over = (spans[i]?.stop ?? 0) - begin;
    if (over > lateFrames) return `Stretch ${i + 2} repeats ${over} frames.`;
    if (over < 0 && !areApart) return `${-over} frames are lost before stretch ${i + 2}.`;
    if (over >= 0 && areApart) return `Nothing was played to nobody before stretch ${i + 2}.`;
  }
  return null;
}
