// Test signals and yardsticks: deterministic noise and sweeps, sines, and the distance of a sine from what was made of it.

/** A small generator of our own (mulberry32): the same numbers everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Interleaved stereo from a function of the time in seconds for each side. */
export function stereo(
  frames: number,
  rate: number,
  left: (t: number) => number,
  right: (t: number) => number,
): Float32Array {
  const samples = new Float32Array(2 * frames);
  for (let i = 0; i < frames; i++) {
    samples[2 * i] = left(i / rate);
    samples[2 * i + 1] = right(i / rate);
  }
  return samples;
}

/** Music-like: a sweep and a pulsing tone with a little noise, different on both sides, on a grid of `bits` bits. */
export function music(frames: number, rate: number, seed = 1, bits = 16): Float32Array {
  const noise = random(seed);
  const grid = 2 ** (bits - 1);
  const onGrid = (x: number) => Math.round(x * grid) / grid;
  const base = 150 + (seed % 7) * 40;
  return stereo(
    frames,
    rate,
    (t) => onGrid(0.4 * Math.sin(2 * Math.PI * (base + 60 * t) * t) + 0.05 * (noise() - 0.5)),
    (t) =>
      onGrid(0.3 * Math.sin(2 * Math.PI * 440 * t) * (0.6 + 0.4 * Math.sin(7 * t)) + 0.05 * (noise() - 0.5)),
  );
}

/** Largest difference, sample by sample; Infinity when the lengths differ. */
export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return worst;
}

/** Ratio in dB of a sine of `hz` fitted to one side of `samples` (least squares: any phase and level) to what is left,
 *  and that sine's delay in frames against sin(2 pi hz t). Frames near the ends can be left out. */
export function fitSine(
  samples: Float32Array,
  rate: number,
  hz: number,
  side: 0 | 1,
  from: number,
  to: number,
): { snrDb: number; delayFrames: number; amplitude: number } {
  const w = (2 * Math.PI * hz) / rate;
  let ss = 0;
  let cc = 0;
  let sc = 0;
  let xs = 0;
  let xc = 0;
  for (let n = from; n < to; n++) {
    const s = Math.sin(w * n);
    const c = Math.cos(w * n);
    const x = samples[2 * n + side] ?? 0;
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += x * s;
    xc += x * c;
  }
  const determinant = ss * cc - sc * sc;
  const a = (xs * cc - xc * sc) / determinant;
  const b = (xc * ss - xs * sc) / determinant;
  let signal = 0;
  let rest = 0;
  for (let n = from; n < to; n++) {
    const fitted = a * Math.sin(w * n) + b * Math.cos(w * n);
    signal += fitted ** 2;
    rest += ((samples[2 * n + side] ?? 0) - fitted) ** 2;
  }
  return {
    snrDb: 10 * Math.log10(signal / rest),
    delayFrames: -Math.atan2(b, a) / w,
    amplitude: Math.hypot(a, b),
  };
}
