import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { centroid, flavorDistance, unsoundCharacteristics } from '../../../daemon/policy/flavor.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
const binary = (yes: number) => ({ no: 1 - yes, yes });

test('the binary half is the mean square of the first label over what both have', () => {
  const a = { happy: binary(0.9), party: binary(0.2), only_a: binary(0) };
  const b = { happy: binary(0.5), party: binary(0.2), only_b: binary(1) };
  const d = flavorDistance(a, b);
  near(d.binaryHalf, (0.4 ** 2 + 0) / 2);
  assert.equal(d.complexHalf, 1);
  near(d.distance, (d.binaryHalf + 1) / 2);
});

test('the complex half is the mean over characteristics of the mean over shared labels', () => {
  const a = {
    genre: { jazz: 0.5, pop: 0.3, rock: 0.2 },
    mood: { x: 1, y: 0, z: 0 },
    odd: { a: 1, b: 0, c: 0 },
  };
  const b = {
    genre: { jazz: 0.1, pop: 0.3, folk: 0.6 },
    mood: { x: 0, y: 1, z: 0 },
    odd: { d: 1, e: 0, f: 0 },
  };
  const d = flavorDistance(a, b);
  near(d.complexHalf, (0.16 / 2 + 2 / 3) / 2);
  assert.equal(d.binaryHalf, 1);
});

test('nothing on one side is as far as it gets', () => {
  assert.equal(flavorDistance({}, { happy: binary(1) }).distance, 1);
  assert.equal(flavorDistance({}, {}).distance, 1);
});

const value = fc.double({ min: 0, max: 1, noNaN: true });
const anyFlavor: fc.Arbitrary<Flavor> = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(
    value.map(binary),
    fc.tuple(value, value, value).map(([x, y, z]) => {
      const sum = x + y + z || 1;
      return { x: x / sum, y: y / sum, z: z / sum };
    }),
  ),
);

test('distance is symmetric, within 0..1, and 0 to itself where both halves are there', () => {
  const both = { b: binary(0.3), c: { x: 0.2, y: 0.3, z: 0.5 } };
  assert.equal(flavorDistance(both, both).distance, 0);
  fc.assert(
    fc.property(anyFlavor, anyFlavor, (a, b) => {
      const kinds = (f: Flavor, g: Flavor) =>
        Object.keys(f).every(
          (k) => !g[k] || Object.keys(f[k] ?? {}).length === Object.keys(g[k] ?? {}).length,
        );
      fc.pre(kinds(a, b));
      const d = flavorDistance(a, b).distance;
      assert.ok(d >= 0 && d <= 1);
      near(d, flavorDistance(b, a).distance);
    }),
  );
});

test('the order of characteristics and labels, and what only one side has, changes nothing', () => {
  const turned = (flavor: Flavor): Flavor =>
    Object.fromEntries(
      Object.entries(flavor)
        .reverse()
        .map(([name, labels]) => [name, Object.fromEntries(Object.entries(labels).reverse())]),
    );
  const only = (prefix: string, flavor: Flavor): Flavor =>
    Object.fromEntries(Object.entries(flavor).map(([name, labels]) => [`${prefix}.${name}`, labels]));
  fc.assert(
    fc.property(anyFlavor, anyFlavor, anyFlavor, (a, b, more) => {
      const d = flavorDistance(a, b).distance;
      near(flavorDistance(turned(a), turned(b)).distance, d);
      near(flavorDistance({ ...a, ...only('a', more) }, { ...b, ...only('b', more) }).distance, d);
    }),
  );
});

test('a centroid is the weighted mean of those that have a value, complex ones rescaled', () => {
  const c = centroid([
    { flavor: { happy: binary(1), genre: { jazz: 0.6, pop: 0.4, rock: 0 } }, weight: 3 },
    { flavor: { happy: binary(0), genre: { jazz: 0.2, folk: 0.8, pop: 0 } }, weight: 1 },
    { flavor: { happy: binary(0) }, weight: 0 },
  ]);
  near(c.happy?.yes ?? -1, 0.75);
  // jazz 0.5, pop 0.3, rock 0 (of one), folk 0.8 (of one): 1.6 in all.
  near(c.genre?.jazz ?? -1, 0.5 / 1.6);
  near(c.genre?.folk ?? -1, 0.8 / 1.6);
  assert.deepEqual(centroid([]), {});
});

test('a characteristic that is no distribution is reported', () => {
  assert.deepEqual(
    unsoundCharacteristics({ good: binary(0.3), off: { a: 0.5, b: 0.51 }, wild: { a: 1.5, b: -0.5 } }),
    ['off', 'wild'],
  );
});
