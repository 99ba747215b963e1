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
