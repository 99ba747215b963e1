// Clocks. Calendar time never goes below the last time saved: a Pi has no clock of its own, and wakes in the past.
import type { Clock } from './ports.ts';

/** `floorMs`: the newest calendar time that was ever written down. */
export function createClock(floorMs: number): Clock {
  let newest = floorMs;
  return {
    nowMs() {
      newest = Math.max(newest, Date.now());
      return newest;
    },
    monotonicMs: () => performance.now(),
  };
}
