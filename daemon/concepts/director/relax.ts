// By how much cooldowns are shortened when nothing is free. Pure.

export const SCALES: readonly number[] = [1 / 2, 1 / 4, 0.1, 0.05, 0.01];
/** A choice of one is none: a scale must free this many, or all there are. */
export const ENOUGH = 5;

/** The largest scale that frees enough of `pool` passages, or null. `freeAt(scale)` counts those it frees. */
export function relaxedScale(pool: number, freeAt: (scale: number) => number): number | null {
  const enough = Math.min(ENOUGH, pool);
  return SCALES.find((scale) => freeAt(scale) >= enough) ?? null;
}
