// Master: room, level and ending of a finished mix, in place. Worker process.
import type { Mix } from './synth.ts';

export type Ending = 'fade' | 'cut' | 'ring';

const COMBS_MS = [29.7, 37.1, 41.1, 43.7];
const ALLPASS_MS = [5, 1.7];

/** A room of four combs and two all-passes a side (Schroeder 1962); the sides differ by 0.7 ms. */
export function addRoom(mix: Mix, share: number): void {
  if (share <= 0) return;
  addReverb(mix.left, mix.rateHz, share, 0);
  addReverb(mix.right, mix.rateHz, share, 0.7);
}

function addReverb(channel: Float32Array, rateHz: number, share: number, offsetMs: number): void {
  const frames = (ms: number) => Math.round(((ms + offsetMs) * rateHz) / 1000);
  const wet = new Float32Array(channel.length);
  for (const ms of COMBS_MS) {
    const line = new Float32Array(frames(ms));
    let at = 0;
    let damped = 0;
    for (let n = 0; n < channel.length; n++) {
      const out = line[at] as number;
      damped += (out - damped) * 0.55;
      line[at] = (channel[n] as number) + damped * 0.8;
      wet[n] = (wet[n] as number) + 0.25 * out;
      if (++at === line.length) at = 0;
    }
  }
  for (const ms of ALLPASS_MS) {
    const line = new Float32Array(frames(ms));
    let at = 0;
    for (let n = 0; n < wet.length; n++) {
      const stored = line[at] as number;
      const input = (wet[n] as number) + 0.6 * stored;
      line[at] = input;
      wet[n] = stored - 0.6 * input;
      if (++at === line.length) at = 0;
    }
  }
  for (let n = 0; n < channel.length; n++) channel[n] = (channel[n] as number) + share * (wet[n] as number);
}

/** Brings the whole to an RMS level, then bends what is above 0.7 towards 0.95. */
export function setLevel(mix: Mix, levelDb: number): void {
  let sum = 0;
  for (let n = 0; n < mix.left.length; n++)
    sum += (mix.left[n] as number) ** 2 + (mix.right[n] as number) ** 2;
  const rms = Math.sqrt(sum / (2 * mix.left.length));
  const gain = rms > 0 ? 10 ** (levelDb / 20) / rms : 0;
  for (const channel of [mix.left, mix.right])
    for (let n = 0; n < channel.length; n++) channel[n] = bend(gain * (channel[n] as number));
}

function bend(value: number): number {
  const size = Math.abs(value);
  return size <= 0.7 ? value : Math.sign(value) * (0.7 + 0.25 * Math.tanh((size - 0.7) / 0.25));
}

const CUT_S = 0.003;
const FADE_S = 6;

export function applyEnding(mix: Mix, ending: Ending): void {
  const seconds = { fade: FADE_S, cut: CUT_S, ring: 0.2 }[ending];
  const frames = Math.min(mix.left.length, Math.round(seconds * mix.rateHz));
  const first = mix.left.length - frames;
  for (let n = 0; n < frames; n++) {
    const gain = (1 - n / frames) ** (ending === 'fade' ? 2 : 1);
    mix.left[first + n] = gain * (mix.left[first + n] as number);
    mix.right[first + n] = gain * (mix.right[first + n] as number);
  }
}

/** Interleaved stereo of the frames from `first` to `end`. */
export function interleave(mix: Mix, first = 0, end = mix.left.length): Float32Array {
  const samples = new Float32Array((end - first) * 2);
  for (let n = first; n < end; n++) {
    samples[2 * (n - first)] = mix.left[n] as number;
    samples[2 * (n - first) + 1] = mix.right[n] as number;
  }
  return samples;
}
