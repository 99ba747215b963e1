// The points of a passage: what a person set is never moved, what the analysis found holds where it fits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type FoundPoints,
  NOTHING_FOUND,
  type OwnPoints,
  pointsOf,
} from '../../../daemon/concepts/library/points.ts';

const NOTHING_SET: OwnPoints = {
  startTicks: null,
  fadeInTicks: null,
  leadInTicks: null,
  leadOutTicks: null,
  fadeOutTicks: null,
  endTicks: null,
};
const FILE = 1000;
const found: FoundPoints = { startTicks: 50, leadInTicks: 120, leadOutTicks: 870, endTicks: 950 };
const of = (own: Partial<OwnPoints>, given = found) => pointsOf({ ...NOTHING_SET, ...own }, given, FILE);

test('nothing set and nothing found is the whole file, its leads left to the pair', () => {
  assert.deepEqual(of({}, NOTHING_FOUND), {
    startTicks: 0,
    fadeInTicks: null,
    leadInTicks: null,
    leadOutTicks: null,
    fadeOutTicks: null,
    endTicks: FILE,
  });
});

test('what was found holds where nobody set anything', () => {
  assert.deepEqual(of({}), {
    startTicks: 50,
    fadeInTicks: null,
    leadInTicks: 120,
    leadOutTicks: 870,
    fadeOutTicks: null,
    endTicks: 950,
  });
});

test('a point of a person stands, also at the very start and end of the file', () => {
  const points = of({ startTicks: 0, endTicks: FILE, leadInTicks: 200, leadOutTicks: 700 });
  assert.deepEqual(
    [points.startTicks, points.leadInTicks, points.leadOutTicks, points.endTicks],
    [0, 200, 700, FILE],
  );
});

test('found points give way where they would lie on the wrong side of one that is set', () => {
  assert.equal(of({ startTicks: 130 }).leadInTicks, null, 'the lead-in lies before the start');
  assert.equal(of({ endTicks: 860 }).leadOutTicks, null, 'the lead-out lies behind the end');
  assert.equal(of({ fadeInTicks: 40 }).startTicks, 0, 'the fade-in lies before the found start');
  assert.equal(of({ fadeOutTicks: 960 }).endTicks, FILE, 'the fade-out lies behind the found end');
  assert.equal(of({ leadOutTicks: 100 }).leadInTicks, null);
  assert.equal(of({ leadInTicks: 900 }).leadOutTicks, null);
  assert.equal(of({ endTicks: 50 }).startTicks, 0, 'nothing would be left');
  assert.equal(of({ startTicks: 950 }).endTicks, FILE);
});

test('whatever is set in order stays in order', () => {
  let seed = 11;
  const dice = () => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    return seed / 2 ** 32;
  };
  const some = (values: number[]) => values.map((value) => (dice() < 0.5 ? null : value));
  for (let round = 0; round < 2000; round++) {
    const sorted = () => Array.from({ length: 4 }, () => Math.floor(dice() * FILE)).sort((a, b) => a - b);
    const [start = null, leadIn = null, leadOut = null, end = null] = some(sorted());
    const [foundStart = 0, foundLeadIn = 0, foundLeadOut = 0, foundEnd = 0] = sorted();
    if ((start ?? 0) >= (end ?? FILE)) continue;
    const points = of(
      { startTicks: start, leadInTicks: leadIn, leadOutTicks: leadOut, endTicks: end },
      { startTicks: foundStart, leadInTicks: foundLeadIn, leadOutTicks: foundLeadOut, endTicks: foundEnd },
    );
    const chain = [points.startTicks, points.leadInTicks, points.leadOutTicks, points.endTicks].filter(
      (value) => value !== null,
    );
    assert.deepEqual(
      chain,
      [...chain].sort((a, b) => a - b),
      JSON.stringify({ points, start, leadIn, leadOut, end }),
    );
    assert.ok(points.startTicks < points.endTicks);
  }
});
