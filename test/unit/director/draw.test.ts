import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawWeighted, sfc32, tieRank } from '../../../daemon/concepts/director/draw.ts';
import { Nearest } from '../../../daemon/concepts/director/nearest.ts';
import { relaxedScale } from '../../../daemon/concepts/director/relax.ts';

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

test('a draw follows the weights', () => {
  const counts = [0, 0, 0];
  const dice = sfc32(42);
  for (let i = 0; i < 60_000; i += 1) {
    const { chosen } = drawWeighted([1, 2, 3], dice);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  for (const [i, expected] of [10_000, 20_000, 30_000].entries()) {
    assert.ok(Math.abs((counts[i] as number) - expected) < 500, String(counts));
  }
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
  const frees = (byScale: Record<number, number>) => (scale: number) => byScale[scale] ?? 0;
  assert.equal(relaxedScale(50, frees({ 0.5: 4, 0.25: 4, 0.1: 5, 0.05: 50 })), 0.1);
  assert.equal(relaxedScale(3, frees({ 0.5: 2, 0.25: 3 })), 0.25);
  assert.equal(relaxedScale(50, frees({ 0.01: 4 })), null);
});
