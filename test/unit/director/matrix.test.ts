import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlavorMatrix, MICRO } from '../../../daemon/concepts/director/flavor-matrix.ts';
import { flavorDistance } from '../../../daemon/policy/flavor.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import { syntheticFlavor } from '../../support/synthetic.ts';

/** A synthetic flavor with some characteristics left out. */
function partial(seed: number): Flavor {
  return Object.fromEntries(
    Object.entries(syntheticFlavor(seed)).filter((_, n) => (seed * 7 + n * 3) % 5 > 1),
  );
}

test('the matrix gives the distances of the plain formula, whatever is missing on either side', () => {
  const flavors = Array.from({ length: 60 }, (_, n) => (n % 10 === 9 ? {} : partial(n)));
  const matrix = new FlavorMatrix(flavors.length);
  for (const [row, flavor] of flavors.entries()) matrix.set(row, flavor);
  const out = new Uint32Array(flavors.length);
  for (const target of [
    partial(1001),
    partial(1002),
    syntheticFlavor(1003),
    {},
    { unheard_of: { a: 0.5, b: 0.5 } },
  ]) {
    matrix.distances(target, out);
    for (const [row, flavor] of flavors.entries()) {
      const expected = flavorDistance(flavor, target).distance;
      assert.ok(Math.abs((out[row] as number) / MICRO - expected) < 1e-6, `row ${row}`);
    }
  }
});

test('59 columns hold the 71 values: a binary characteristic needs one', () => {
  const matrix = new FlavorMatrix(1000);
  matrix.set(0, syntheticFlavor(1));
  assert.equal(matrix.bytes, 1000 * 59 * 4);
});
