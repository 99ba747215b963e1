// Likes and dislikes: how what somebody says is shared among songs, when it counts once more or takes something back, how
// near in the day, week or year it was said, and how a mood is bent by what is liked. Pure.
import type { Flavor } from '../../sync/vocabulary/director.ts';
import type { Opinion } from '../../sync/vocabulary/taste.ts';
import { isBinary, rescale } from './flavor.ts';

/** Within this the same again counts once more, and the opposite takes back. */
export const SAME_BREATH_MS = 300_000;

/** Shares of `count` songs that were heard, the one that sounds last: it counts twice as much as each before. Sum 1. */
export function sharesOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? 2 : 1) / (count + 1));
}

export interface Said {
  readonly kind: Opinion;
  readonly weight: number;
  readonly atMs: number;
}

/** What is left of `last` (the newest that this person said of the song) or stands beside it when `weight` of `kind` is
 *  said now: more of it, less of it (0: none), or something new. */
export function sayAgain(
  last: Said | null,
  kind: Opinion,
  weight: number,
  nowMs: number,
): { readonly does: 'add' | 'change'; readonly weight: number } {
  // A clock that was set back makes nothing of it old.
  if (last === null || nowMs - last.atMs > SAME_BREATH_MS) return { does: 'add', weight };
  if (last.kind === kind) return { does: 'change', weight: last.weight + weight };
  const left = last.weight - weight;
  return { does: 'change', weight: left > 1e-9 ? left : 0 };
}

export type Cycle = 'none' | 'day' | 'week' | 'year';

const DAY_MS = 86_400_000;
const CYCLE_MS = { day: DAY_MS, week: 7 * DAY_MS, year: 365.24 * DAY_MS } as const;

/** 1 at the same time of the cycle, falling in a straight line to 0 at the opposite one; always 1 without a cycle. */
export function closeness(aMs: number, bMs: number, cycle: Cycle): number {
  if (cycle === 'none') return 1;
  const length = CYCLE_MS[cycle];
  const apart = Math.abs(aMs - bMs) % length;
  return 1 - Math.min(apart, length - apart) / (length / 2);
}

/** Each value of the target that the taste has too moves towards it by `strength` (0 to 1); complex characteristics then
 *  sum to 1 again. */
export function bent(target: Flavor, taste: Flavor, strength: number): Flavor {
  return Object.fromEntries(
    Object.entries(target).map(([name, labels]) => {
      const liked = taste[name];
      if (liked === undefined) return [name, labels];
      const moved = Object.fromEntries(
        Object.entries(labels).map(([label, value]) => {
          const to = liked[label];
          return [label, to === undefined ? value : value + strength * (to - value)];
        }),
      );
      return [name, isBinary(moved) ? moved : rescale(moved)];
    }),
  );
}
