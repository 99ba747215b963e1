// Clocks. Calendar time never goes below the last time saved: a Pi has no clock of its own, and wakes in the past.
import type { Clock } from './ports.ts';

const { hrtime } = process;

/** Milliseconds since some moment before this process began. By hrtime, since the engine reads it twice an activation and
 *  performance.now costs twice as much. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** `floorMs`: the newest calendar time that was ever written down. */
export function createClock(floorMs: number): Clock {
  let newest = floorMs;
  return {
    nowMs() {
      newest = Math.max(newest, Date.now());
      return newest;
    },
    monotonicMs,
  };
}
