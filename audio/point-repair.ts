// Repairs the six points of a passage at play time: never refuses, and says what it changed. Pure functions.
// (At the API the same faults are refused with the full list.)
import type { Points, Ticks } from '../sync/vocabulary/common.ts';

export interface PointRepair {
  readonly point: keyof Points;
  /** wholeFile: start was not before end. outside: clamped to the file or the passage. outOfOrder: both at the midpoint. */
  readonly reason: 'wholeFile' | 'outside' | 'outOfOrder';
  readonly before: Ticks;
  readonly after: Ticks;
}

export interface RepairedPoints {
  readonly points: Points;
  /** Empty when nothing was wrong. */
  readonly repairs: readonly PointRepair[];
}

const PAIRS = [
  ['fadeInTicks', 'fadeOutTicks'],
  ['leadInTicks', 'leadOutTicks'],
] as const;

/** `fileTicks` is the length of the whole file. */
export function repairPoints(points: Points, fileTicks: Ticks): RepairedPoints {
  const fixed: { -readonly [K in keyof Points]: Points[K] } = { ...points };
  const repairs: PointRepair[] = [];
  const set = (point: keyof Points, after: Ticks, reason: PointRepair['reason']): void => {
    const before = fixed[point];
    if (before === null || before === after) return;
    repairs.push({ point, reason, before, after });
    fixed[point] = after;
  };
  set('startTicks', clamp(fixed.startTicks, 0, fileTicks), 'outside');
  set('endTicks', clamp(fixed.endTicks, 0, fileTicks), 'outside');
  if (fixed.startTicks >= fixed.endTicks) {
    set('startTicks', 0, 'wholeFile');
    set('endTicks', fileTicks, 'wholeFile');
  }
  for (const [first, last] of PAIRS) {
    for (const point of [first, last]) {
      const ticks = fixed[point];
      if (ticks !== null) set(point, clamp(ticks, fixed.startTicks, fixed.endTicks), 'outside');
    }
    const from = fixed[first];
    const to = fixed[last];
    if (from === null || to === null || from <= to) continue;
    const midpoint = Math.floor((from + to + 1) / 2);
    set(first, midpoint, 'outOfOrder');
    set(last, midpoint, 'outOfOrder');
  }
  return { points: fixed, repairs };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
