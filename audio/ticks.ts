// Ticks: the one unit of position and length, 28,224,000 per second, which every common rate divides.
// Pure functions. Seconds become ticks, and ticks become frames, by rounding half up.

/** Ticks per second: divisible by 8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48, 88.2, 96, 176.4 and 192 kHz. */
export const TICKS_PER_SECOND = 28_224_000;
const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** Seconds (>= 0, any fraction) to ticks, half up. */
export function secondsToTicks(seconds: number): number {
  return Math.floor(seconds * TICKS_PER_SECOND + 0.5);
}

export function ticksToSeconds(ticks: number): number {
  return ticks / TICKS_PER_SECOND;
}

export function msToTicks(ms: number): number {
  return Math.floor(ms * TICKS_PER_MS + 0.5);
}

export function ticksToMs(ticks: number): number {
  return ticks / TICKS_PER_MS;
}

/** Ticks (an integer >= 0) to frames at `rate` Hz, half up, exact for every tick count below 2^53. */
export function ticksToFrames(ticks: number, rate: number): number {
  // Whole seconds first, so that the product stays far below 2^53.
  const seconds = Math.floor(ticks / TICKS_PER_SECOND);
  const rest = ticks - seconds * TICKS_PER_SECOND;
  return seconds * rate + Math.floor((2 * rest * rate + TICKS_PER_SECOND) / (2 * TICKS_PER_SECOND));
}

/** Frames at `rate` Hz to ticks, half up; exact where the rate divides the tick scale. */
export function framesToTicks(frames: number, rate: number): number {
  const seconds = Math.floor(frames / rate);
  const rest = frames - seconds * rate;
  return seconds * TICKS_PER_SECOND + Math.floor((2 * rest * TICKS_PER_SECOND + rate) / (2 * rate));
}
