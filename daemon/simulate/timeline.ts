// A clock that is moved by hand, and what is due on it. Calendar and steady time run alike: nobody sets this clock.
import type { Clock } from '../ports.ts';

export interface Timeline extends Clock {
  /** The first thing that is due, at whatever time; Infinity: nothing. */
  nextDueMs(): number;
  /** Moves to a time, and does what is due by then, in order. */
  moveTo(ms: number): void;
  after(delayMs: number, run: () => void): () => void;
}

export function createTimeline(startMs: number): Timeline {
  let nowMs = startMs;
  /** Few at a time: rate limits of rules. */
  let due: { readonly atMs: number; readonly run: () => void }[] = [];
  const first = () => due.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    nextDueMs: first,
    moveTo(ms) {
      for (let atMs = first(); atMs <= ms; atMs = first()) {
        const timer = due.find((each) => each.atMs === atMs);
        due = due.filter((each) => each !== timer);
        nowMs = Math.max(nowMs, atMs);
        timer?.run();
      }
      nowMs = Math.max(nowMs, ms);
    },
    after(delayMs, run) {
      const timer = { atMs: nowMs + Math.max(0, Math.ceil(delayMs)), run };
      due.push(timer);
      return () => {
        due = due.filter((each) => each !== timer);
      };
    },
  };
}
