// By how much cooldowns are shortened when nothing is free. Pure.

export const SCALES: readonly number[] = [1 / 2, 1 / 4, 0.1, 0.05, 0.01];
/** A choice of one is none: a scale must free this many, or all there are. */
export const ENOUGH = 5;

/** Of what may play, the part nearest to the target that is asked first: what was not heard for longest is often just what
 *  does not suit the hour. */
const NEAR_SHARE = 0.7;

/** That part of the pool; those that are as far as the last of them, too. */
export function nearPart(pool: Uint32Array, distances: Uint32Array): Uint32Array {
  const sorted = new Uint32Array(pool.length);
  for (let i = 0; i < pool.length; i += 1) sorted[i] = distances[pool[i] as number] as number;
  sorted.sort();
  const farthest = sorted[Math.ceil(NEAR_SHARE * pool.length) - 1] ?? 0;
  let size = 0;
  for (const passage of pool) if ((distances[passage] as number) <= farthest) sorted[size++] = passage;
  return sorted.subarray(0, size);
}

/** The largest scale that frees enough of these passages, or null. `freedFrom`: for each passage, how many scales leave it
 *  in cooldown. */
export function relaxedScale(passages: Uint32Array, freedFrom: Uint8Array): number | null {
  const freed = SCALES.map(() => 0);
  for (const passage of passages) {
    const at = freedFrom[passage] as number;
    if (at < SCALES.length) freed[at] = (freed[at] as number) + 1;
  }
  const enough = Math.min(ENOUGH, passages.length);
  let free = 0;
  for (const [at, scale] of SCALES.entries()) {
    free += freed[at] as number;
    if (free >= enough) return scale;
  }
  return null;
}
