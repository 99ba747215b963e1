// Repair at play time: the three repairs, each told, and never more than needed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { repairPoints } from '../../../audio/point-repair.ts';
import type { Points } from '../../../sync/vocabulary/common.ts';

const FILE = 1000;
const whole: Points = {
  startTicks: 0,
  fadeInTicks: null,
  leadInTicks: null,
  leadOutTicks: null,
  fadeOutTicks: null,
  endTicks: FILE,
};

test('good points are left alone and nothing is told', () => {
  const points = {
    ...whole,
    startTicks: 10,
    fadeInTicks: 20,
    fadeOutTicks: 20,
    leadOutTicks: 990,
    endTicks: 990,
  };
  assert.deepEqual(repairPoints(points, FILE), { points, repairs: [] });
});

test('a start that is not before the end gives the whole file', () => {
  const { points, repairs } = repairPoints({ ...whole, startTicks: 600, endTicks: 600 }, FILE);
  assert.deepEqual([points.startTicks, points.endTicks], [0, FILE]);
  assert.deepEqual(repairs, [
    { point: 'startTicks', reason: 'wholeFile', before: 600, after: 0 },
    { point: 'endTicks', reason: 'wholeFile', before: 600, after: FILE },
  ]);
});

test('points outside are clamped, to the file and to the passage', () => {
  const { points, repairs } = repairPoints(
    {
      startTicks: -5,
      fadeInTicks: -1,
      leadInTicks: 2,
      leadOutTicks: 5000,
      fadeOutTicks: 900,
      endTicks: 1200,
    },
    FILE,
  );
  assert.deepEqual(points, {
    startTicks: 0,
    fadeInTicks: 0,
    leadInTicks: 2,
    leadOutTicks: FILE,
    fadeOutTicks: 900,
    endTicks: FILE,
  });
  assert.deepEqual(
    repairs.map((r) => [r.point, r.reason]),
    [
      ['startTicks', 'outside'],
      ['endTicks', 'outside'],
      ['fadeInTicks', 'outside'],
      ['leadOutTicks', 'outside'],
    ],
  );
});

test('a chain out of order meets at the midpoint; the other chain is not touched', () => {
  const { points, repairs } = repairPoints(
    { ...whole, fadeInTicks: 701, fadeOutTicks: 300, leadInTicks: 400, leadOutTicks: 600 },
    FILE,
  );
  assert.deepEqual([points.fadeInTicks, points.fadeOutTicks], [501, 501]);
  assert.deepEqual([points.leadInTicks, points.leadOutTicks], [400, 600]);
  assert.deepEqual(
    repairs.map((r) => [r.point, r.reason, r.before, r.after]),
    [
      ['fadeInTicks', 'outOfOrder', 701, 501],
      ['fadeOutTicks', 'outOfOrder', 300, 501],
    ],
  );
});

test('whatever goes in, both chains hold afterwards, repairing again changes nothing, and every change is told', () => {
  const ticks = fc.integer({ min: -500, max: 1500 });
  const maybe = fc.option(ticks, { nil: null });
  fc.assert(
    fc.property(
      fc.record({
        startTicks: ticks,
        fadeInTicks: maybe,
        leadInTicks: maybe,
        leadOutTicks: maybe,
        fadeOutTicks: maybe,
        endTicks: ticks,
      }),
      (before) => {
        const { points, repairs } = repairPoints(before, FILE);
        for (const [a, b] of [
          [points.fadeInTicks, points.fadeOutTicks],
          [points.leadInTicks, points.leadOutTicks],
        ]) {
          const chain = [0, points.startTicks, a, b, points.endTicks, FILE].filter(
            (p) => typeof p === 'number',
          );
          assert.deepEqual(
            chain,
            [...chain].sort((x, y) => x - y),
          );
        }
        assert.ok(points.startTicks < points.endTicks);
        assert.deepEqual(repairPoints(points, FILE).repairs, []);
        for (const key of Object.keys(before) as (keyof Points)[]) {
          const told = repairs.filter((r) => r.point === key);
          assert.equal(told.length > 0, points[key] !== before[key]);
          if (told.length > 0) assert.equal(told.at(-1)?.after, points[key]);
          assert.equal(points[key] === null, before[key] === null);
        }
      },
    ),
  );
});
