// The director's dice: sfc32, ties in an order of the seed's own, and the weighted draw. Pure; same seed, same choice.

/** A generator of doubles in [0, 1) with 53 random bits. */
export type Dice = () => number;

/** sfc32 (Chris Doty-Humphrey, PractRand) with the state (0x9e3779b9, 0x243f6a88, 0xb7e15162, seed), its first 15
 *  numbers thrown away. A double is made of two: the upper 27 bits of the first, the upper 26 of the second. */
export function sfc32(seed: number): Dice {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = seed | 0;
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  for (let i = 0; i < 15; i += 1) next();
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
}

/** A passage's rank among equally distant ones: an unsigned 32-bit mix of seed and id (the finaliser of MurmurHash3). */
export function tieRank(seed: number, passage: number): number {
  let h = Math.imul(passage, 0x9e3779b1) ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The index whose share of the summed weights covers `draw`, and `draw` itself: 0 <= draw < sum. Weights > 0. */
export function drawWeighted(weights: readonly number[], dice: Dice): { chosen: number; draw: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const draw = dice() * total;
  let upTo = 0;
  for (let i = 0; i < weights.length; i += 1) {
    upTo += weights[i] as number;
    if (draw < upTo) return { chosen: i, draw };
  }
  // dice() * total may round up to total itself.
  return { chosen: weights.length - 1, draw };
}
