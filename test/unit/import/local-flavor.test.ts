// The local flavor: form, order and range, from what the core measures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Measures } from '../../../audio/media.ts';
import { localMeasures } from '../../../daemon/import/local-measures.ts';
import { FIRST_CALIBRATION, localFlavor } from '../../../daemon/policy/local-flavor.ts';

const typical: Measures = {
  durationTicks: 28_224_000,
  rmsDb: -17,
  peakDb: -1,
  dynamicRangeDb: 10,
  centroidHz: 450,
  lowShare: 0.4,
  highShare: 0.006,
  tempoBpm: 110,
  rhythmClarity: 0.5,
  onsetRate: 5,
  tonality: 0.7,
  isMajor: true,
  zeroCrossingKhz: 2,
  loudnessLufs: -14,
  truePeakDb: -0.5,
  content: null,
};
const flavorOf = (measures: Partial<Measures>) =>
  localFlavor(localMeasures({ ...typical, ...measures }), FIRST_CALIBRATION);
const value = (measures: Partial<Measures>, characteristic: string, label: string) =>
  flavorOf(measures)[`local.${characteristic}`]?.[label] ?? Number.NaN;

test('every characteristic sums to 1 whatever was measured', () => {
  const number = fc.double({ noNaN: false });
  fc.assert(
    fc.property(
      fc.record({
        rmsDb: number,
        dynamicRangeDb: number,
        centroidHz: number,
        highShare: number,
        tempoBpm: number,
        rhythmClarity: number,
        onsetRate: number,
        tonality: number,
        isMajor: fc.boolean(),
      }),
      (measures) => {
        for (const labels of Object.values(flavorOf(measures))) {
          const values = Object.values(labels);
          const sum = values.reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(sum - 1) < 1e-4, `${sum}`);
          assert.ok(
            values.every((v) => v >= -1e-9 && v <= 1),
            `${values}`,
          );
        }
      },
    ),
  );
});

test('each measure moves its characteristic the right way', () => {
  assert.ok(value({ rmsDb: -10 }, 'energy', 'high') > value({ rmsDb: -25 }, 'energy', 'high'));
  assert.ok(
    value({ centroidHz: 2000 }, 'brightness', 'bright') > value({ centroidHz: 200 }, 'brightness', 'bright'),
  );
  assert.ok(
    value({ dynamicRangeDb: 25 }, 'dynamics', 'wide') > value({ dynamicRangeDb: 3 }, 'dynamics', 'wide'),
  );
  assert.ok(
    value({ rhythmClarity: 0.9 }, 'rhythm', 'clear') > value({ rhythmClarity: 0.1 }, 'rhythm', 'clear'),
  );
  assert.ok(value({ tempoBpm: 150 }, 'tempo', 'fast') > value({ tempoBpm: 70 }, 'tempo', 'fast'));
  assert.ok(value({ tonality: 0.9 }, 'tonality', 'tonal') > value({ tonality: 0.4 }, 'tonality', 'tonal'));
  assert.ok(
    value({ isMajor: true }, 'mode', 'major') > 0.5 && value({ isMajor: false }, 'mode', 'major') < 0.5,
  );
});

test('moods are where one expects them', () => {
  const moodOf = (measures: Partial<Measures>) => {
    const mood = flavorOf(measures)['local.mood'] ?? {};
    return Object.entries(mood).sort((a, b) => b[1] - a[1])[0]?.[0];
  };
  const loud = { rmsDb: -9, onsetRate: 9, tempoBpm: 150, rhythmClarity: 0.9 };
  const quiet = { rmsDb: -26, onsetRate: 1, tempoBpm: 65, rhythmClarity: 0.2 };
  assert.equal(moodOf({ ...loud, isMajor: true }), 'joyful');
  assert.equal(moodOf({ ...loud, isMajor: false }), 'driving');
  assert.equal(moodOf({ ...quiet, isMajor: true }), 'serene');
  assert.equal(moodOf({ ...quiet, isMajor: false }), 'wistful');
});
