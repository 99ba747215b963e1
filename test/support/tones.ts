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

/** Silence of 0.2 s before each of three parts of 1 s, and after the last. */
export const TEST_TONE_MS = 3800;

/** What the test tone must sound like: 440 Hz at a tenth of full scale on the left, on the right, on both, each part rising
 *  and falling within 10 ms. */
export function testTone(rateHz: number): Float64Array {
  const frames = (TEST_TONE_MS / 1000) * rateHz;
  const samples = new Float64Array(2 * frames);
  const ramp = 0.01 * rateHz;
  for (const [part, [left, right]] of [[1, 0] as const, [0, 1] as const, [1, 1] as const].entries()) {
    const from = Math.round((0.2 + 1.2 * part) * rateHz);
    for (let n = 0; n < rateHz; n++) {
      const gain = 0.1 * Math.min(1, n / ramp, (rateHz - 1 - n) / ramp);
      const sample = gain * Math.sin((2 * Math.PI * 440 * n) / rateHz);
      samples[2 * (from + n)] = left * sample;
      samples[2 * (from + n) + 1] = right * sample;
    }
  }
  return samples;
}
