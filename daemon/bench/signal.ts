// What benchmarks play: a rising tone, a pulsing one and a little noise, the same on every machine. Pure.

/** Interleaved stereo on a grid of 16 bits, so that every lossless codec keeps it. */
export function benchSignal(frames: number, rateHz: number, seed: number): Float32Array {
  const samples = new Float32Array(2 * frames);
  const grid = 2 ** 15;
  let noise = (seed * 2_654_435_761) >>> 0;
  let phase = 0;
  for (let n = 0; n < frames; n++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
    const hiss = 0.05 * (noise / 2 ** 32 - 0.5);
    const t = n / rateHz;
    phase += (2 * Math.PI * (200 + 40 * seed + 900 * (0.5 + 0.5 * Math.sin(t / 9)))) / rateHz;
    samples[2 * n] = Math.round(grid * (0.35 * Math.sin(phase) + hiss)) / grid;
    samples[2 * n + 1] =
      Math.round(grid * (0.3 * Math.sin(880 * Math.PI * t) * (0.6 + 0.4 * Math.sin(7 * t)) - hiss)) / grid;
  }
  return samples;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
