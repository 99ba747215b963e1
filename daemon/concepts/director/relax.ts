// By how much cooldowns are shortened when nothing is free. Pure.

export const SCALES: readonly number[] = [1 / 2, 1 / 4, 0.1, 0.05, 0.01];
/** A choice of one is none: a scale must free this many, or all there are. */
export const ENOUGH = 5;

/** Of what may play, the part nearest to the target that is asked first: what was not heard for longest is often just what
 *  does not suit the hour. */
const NEAR_SHARE = 0.7;

/** That part of the pool; those that are as far as the last of them, too. */
export function nearPart(pool: Uint32Array, distances: Uint32Array): Uint32Array {
  const sorted = pool.map((passage) => distances[passage] as number).sort();
  const farthest = sorted[Math.ceil(NEAR_SHARE * pool.length) - 1] ?? 0;
  return pool.filter((passage) => (distances[passage] as number) <= farthest);
}

/** The largest scale that frees enough of `pool` passages, or null. `freeAt(scale)` counts those it frees. */
export function relaxedScale(pool: number, freeAt: (scale: number) => number): number | null {
  const enough = Math.min(ENOUGH, pool);
  return SCALES.find((scale) => freeAt(scale) >= enough) ?? null;
}
