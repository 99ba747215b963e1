// The scales of a library: where its middle and quarters come to lie, and how far a small one may bend them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calibrationOf, isOutgrown } from '../../../daemon/policy/calibration.ts';
import {
  FIRST_CALIBRATION,
  localFlavor,
  NOTHING_MEASURED,
  SCALES,
} from '../../../daemon/policy/local-flavor.ts';
import type { LocalMeasures } from '../../../sync/vocabulary/library.ts';

/** Levels of a library, evenly from one to another; everything else as in general. */
function levels(from: number, to: number, count: number): LocalMeasures[] {
  return Array.from({ length: count }, (_, i) => ({
    ...NOTHING_MEASURED,
    levelDb: from + ((to - from) * i) / (count - 1),
  }));
}
const dynamics = (from: number, to: number, count: number): LocalMeasures[] =>
  levels(from, to, count).map(({ levelDb }) => ({ ...NOTHING_MEASURED, dynamicsOctaves: levelDb }));

test('in a large library a quarter is below 0.25, half below 0.5, three quarters below 0.75', () => {
  const sample = dynamics(1, 4, 1001);
  const calibration = calibrationOf(sample, 1_000_000);
  const wide = sample.map((each) => localFlavor(each, calibration)['local.dynamics']?.wide as number);
  for (const share of [0.25, 0.5, 0.75])
    assert.ok(Math.abs((wide[share * 1000] as number) - share) < 0.01, `${share}: ${wide[share * 1000]}`);
});

test('a small one bends the scales a little, a large one all the way', () => {
  const middle = (passages: number) => calibrationOf(levels(-12, -8, 101), passages).levelDb.middle;
  const first = FIRST_CALIBRATION.levelDb.middle;
  assert.ok(middle(10) > first && middle(10) < -15.5, `${middle(10)}`);
  assert.ok(Math.abs(middle(50) - (first - 10) / 2) < 1e-9, 'fifty passages count half');
  assert.ok(middle(100_000) > -10.01);
});

test('a library that is all alike is not torn apart, and one of everything not pressed together', () => {
  const spread = (from: number, to: number) => calibrationOf(levels(from, to, 101), 1e9).levelDb.spread;
  const first = FIRST_CALIBRATION.levelDb.spread;
  assert.ok(Math.abs(spread(-10.01, -10) - first / 2) < 1e-6);
  assert.ok(Math.abs(spread(-60, 0) - first * 2) < 1e-6);
});

test('what nobody measured says nothing, and every scale keeps its order', () => {
  assert.deepEqual(calibrationOf([], 0), FIRST_CALIBRATION);
  assert.deepEqual(calibrationOf([NOTHING_MEASURED], 1), FIRST_CALIBRATION);
  const value = fc.option(fc.double({ min: -60, max: 60, noNaN: true }));
  const measures = fc.record({
    ...Object.fromEntries(SCALES.map((name) => [name, value])),
    isMajor: fc.boolean(),
  }) as fc.Arbitrary<LocalMeasures>;
  fc.assert(
    fc.property(
      fc.array(measures, { maxLength: 60 }),
      fc.integer({ min: 0, max: 1e6 }),
      (sample, passages) => {
        const calibration = calibrationOf(sample, passages);
        return SCALES.every((name) => {
          const { middle, spread } = calibration[name];
          const first = FIRST_CALIBRATION[name].spread;
          return Number.isFinite(middle) && spread >= first / 2 - 1e-9 && spread <= first * 2 + 1e-9;
        });
      },
    ),
  );
});

test('it is outgrown at twenty, and then by a quarter either way', () => {
  assert.deepEqual(
    [
      [19, null],
      [20, null],
      [24, 20],
      [25, 20],
      [76, 100],
      [75, 100],
      [19, 100],
    ].map(([passages, fitted]) => isOutgrown(passages as number, fitted as number | null)),
    [false, true, false, true, false, true, false],
  );
});
