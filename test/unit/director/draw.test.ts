import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawWeighted, sfc32, tieRank } from '../../../daemon/concepts/director/draw.ts';
import { Nearest } from '../../../daemon/concepts/director/nearest.ts';
import { nearPart, relaxedScale, SCALES } from '../../../daemon/concepts/director/relax.ts';

/** sfc32 once more, in integers of any size, from its definition. */
function reference(seed: number, skip: number): () => bigint {
  const m = 0xffffffffn;
  let [a, b, c, n] = [0x9e3779b9n, 0x243f6a88n, 0xb7e15162n, BigInt(seed)];
  const next = () => {
    const t = (a + b + n) & m;
    n = (n + 1n) & m;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & m;
    c = ((((c << 21n) | (c >> 11n)) & m) + t) & m;
    return t;
  };
  for (let i = 0; i < skip; i += 1) next();
  return next;
}

test('the generator is sfc32, to the bit', () => {
  for (const seed of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const dice = sfc32(seed);
    const next = reference(seed, 15);
    for (let i = 0; i < 100; i += 1) {
      const hi = Number(next() >> 5n);
      const lo = Number(next() >> 6n);
      assert.equal(dice(), (hi * 2 ** 26 + lo) / 2 ** 53);
    }
  }
});

/** Pearson's chi-square of 100,000 draws against the shares of `expected`. */
function chiSquare(
  weights: readonly number[],
  expected: readonly number[],
  diceOf: (draw: number) => () => number,
): number {
  const draws = 100_000;
  const counts = new Array<number>(weights.length).fill(0);
  for (let n = 0; n < draws; n += 1) {
    const { chosen } = drawWeighted(weights, diceOf(n));
    counts[chosen] = (counts[chosen] as number) + 1;
  }
  const total = expected.reduce((sum, weight) => sum + weight, 0);
  return counts.reduce((sum, count, i) => {
    const due = (draws * (expected[i] as number)) / total;
    return sum + (count - due) ** 2 / due;
  }, 0);
}
const WEIGHTS = [1, 2, 3, 0.25, 1.5, 4, 0.5, 1, 2.5, 0.75];
/** Nine degrees of freedom: a fair draw is above it once in a thousand. */
const CRITICAL = 27.88;

test('100,000 draws follow the weights, from one seed and from a seed for each', () => {
  const dice = sfc32(42);
  assert.ok(chiSquare(WEIGHTS, WEIGHTS, () => dice) < CRITICAL);
  assert.ok(chiSquare(WEIGHTS, WEIGHTS, (n) => sfc32(n)) < CRITICAL, 'seeds that follow each other');
  assert.ok(
    chiSquare(WEIGHTS, WEIGHTS, (n) => sfc32(Math.imul(n, 0x10001))) < CRITICAL,
    'seeds that are like each other',
  );
});

test('a draw that follows other weights is noticed', () => {
  const off = WEIGHTS.map((weight, i) => (i === 5 ? weight * 1.05 : weight));
  assert.ok(chiSquare(WEIGHTS, off, (n) => sfc32(n)) > CRITICAL);
  assert.ok(chiSquare(WEIGHTS, WEIGHTS, (n) => () => (n % 1000) / 1100) > CRITICAL);
});

test('a draw at the very end stays within the list', () => {
  assert.equal(drawWeighted([0.1, 0.2], () => 1).chosen, 1);
  assert.equal(drawWeighted([0.1, 0.2], () => 0).chosen, 0);
});

test('ties come in another order for another seed, evenly', () => {
  const order = (seed: number) => [1, 2, 3, 4].sort((a, b) => tieRank(seed, a) - tieRank(seed, b)).join('');
  const orders = new Map<string, number>();
  for (let seed = 0; seed < 24_000; seed += 1) orders.set(order(seed), (orders.get(order(seed)) ?? 0) + 1);
  assert.equal(orders.size, 24);
  for (const count of orders.values()) assert.ok(count > 850 && count < 1150, String(count));
});

test('the nearest are those a full sort would give', () => {
  const dice = sfc32(7);
  for (const [total, most] of [
    [3, 10],
    [1000, 1],
    [1000, 100],
    [100, 100],
  ] as const) {
    const keys = Array.from({ length: total }, () => Math.floor(dice() * 200));
    const nearest = new Nearest(most);
    for (const [item, key] of keys.entries()) nearest.offer(key, item);
    const kept = nearest.sorted().map((item) => keys[item]);
    assert.deepEqual(kept, keys.toSorted((a, b) => a - b).slice(0, most));
  }
});

test('the largest scale that frees five, or all there are', () => {
  /** How many scales leave each passage in cooldown, by how many passages there are of each. */
  const ask = (...counts: readonly number[]) => {
    const freed = Uint8Array.from(counts.flatMap((count, at) => new Array<number>(count).fill(at)));
    return relaxedScale(Uint32Array.from(freed.keys()), freed);
  };
  assert.deepEqual(SCALES, [0.5, 0.25, 0.1, 0.05, 0.01]);
  assert.equal(ask(4, 0, 1, 45), 0.1);
  assert.equal(ask(2, 1), 0.25);
  assert.equal(ask(0, 0, 0, 0, 4, 46), null);
  assert.equal(ask(50), 0.5);
});

test('the nearer part of a pool is the nearest 0.7 of it, all that are equally far included', () => {
  const near = (distances: readonly number[], pool: readonly number[]) => [
    ...nearPart(Uint32Array.from(pool), Uint32Array.from(distances)),
  ];
  assert.deepEqual(
    near([9, 1, 8, 2, 7, 3, 6, 4, 5, 0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    [1, 3, 5, 6, 7, 8, 9],
  );
  assert.deepEqual(near([5, 5, 5, 5], [0, 2, 3]), [0, 2, 3]);
  assert.deepEqual(near([5, 1, 7], [2]), [2]);
  assert.deepEqual(near([5, 1, 100], [0, 1, 2]), [0, 1, 2]);
});
