// Signals for tests: every frame is different, so that one lost, doubled or shifted is seen. Deterministic.

/** Interleaved stereo noise, -level to level, on the grid of 16 bit so that every lossless codec keeps it exactly. */
export function noise(frames: number, seed: number, level = 0.4): Float32Array {
  const samples = new Float32Array(2 * frames);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let n = 0; n < samples.length; n++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = ((state >>> 0) / 2 ** 32) * 2 - 1;
    // Never zero: the first frame that sounds can be found.
    samples[n] = (Math.round(value * level * 32_768) || 1) / 32_768;
  }
  return samples;
}

/** Interleaved stereo sine, the right channel a quarter of a period behind. */
export function sine(frames: number, rateHz: number, frequencyHz: number, level = 0.5): Float32Array {
  const samples = new Float32Array(2 * frames);
  for (let n = 0; n < frames; n++) {
    const phase = (2 * Math.PI * frequencyHz * n) / rateHz;
    samples[2 * n] = level * Math.sin(phase);
    samples[2 * n + 1] = -level * Math.cos(phase);
  }
  return samples;
}

export interface SineFit {
  readonly level: number;
  /** Frames by which the signal is later than sin(2 pi f n / rate). */
  readonly delayFrames: number;
  /** RMS of what the sine does not explain over RMS of the sine, dB. */
  readonly noiseDb: number;
}

/** Least-squares fit of a sine of known frequency to one channel of a stretch. */
export function fitSine(
  samples: Float32Array,
  channel: number,
  from: number,
  to: number,
  rateHz: number,
  frequencyHz: number,
): SineFit {
  const omega = (2 * Math.PI * frequencyHz) / rateHz;
  let ss = 0;
  let cc = 0;
  let sc = 0;
  let ys = 0;
  let yc = 0;
  for (let n = from; n < to; n++) {
    const s = Math.sin(omega * n);
    const c = Math.cos(omega * n);
    const y = samples[2 * n + channel] ?? 0;
    ss += s * s;
    cc += c * c;
    sc += s * c;
    ys += y * s;
    yc += y * c;
  }
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let residual = 0;
  for (let n = from; n < to; n++) {
    const model = a * Math.sin(omega * n) + b * Math.cos(omega * n);
    residual += ((samples[2 * n + channel] ?? 0) - model) ** 2;
  }
  const level = Math.hypot(a, b);
  const rms = Math.sqrt(residual / (to - from));
  return {
    level,
    delayFrames: -Math.atan2(b, a) / omega,
    noiseDb: 20 * Math.log10(rms / (level / Math.SQRT2)),
  };
}
