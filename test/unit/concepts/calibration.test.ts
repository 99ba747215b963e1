// The library's own scales, over a real database in memory: made when it has grown, followed some passages a time, over a
// restart too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTHING_MEASURED } from '../../../daemon/policy/local-flavor.ts';
import type { AnalysedFile } from '../../../sync/vocabulary/library.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

function fresh(db?: ReturnType<typeof openLibrary>['db']) {
  const library = openLibrary(db === undefined ? {} : { db });
  if (db === undefined) library.actions.addFolder({ path: '/music' });
  /** Files `from` to `to`, each a little louder than the one before. */
  const add = (from: number, to: number) => {
    const paths = Array.from({ length: to - from }, (_, i) => `${from + i}.flac`);
    library.actions.addFiles({ files: paths.map((path) => fileOf(path)) });
    library.actions.setAnalysis({
      files: paths.map(
        (path, i): AnalysedFile => ({
          folder: 1,
          path,
          durationTicks: 28_224_000,
          peakDb: -1,
          audioKey: null,
          loudnessLufs: -12,
          truePeakDb: -1,
          content: null,
          measures: { ...NOTHING_MEASURED, levelDb: -12 + 0.01 * (from + i) },
          parts: null,
          flavorVersion: 2,
          analysisVersion: 1,
          remark: null,
        }),
      ),
    });
    library.events.length = 0;
  };
  const high = (passage: number) =>
    library.queries.flavor({ passage })[0]?.flavor['local.energy']?.high as number;
  const goesOn = () => library.events.filter(({ event }) => event === 'calibrationGoesOn').length;
  const told = () => library.events.filter(({ event }) => event === 'changed').length;
  return { ...library, add, high, goesOn, told };
}

test('too few passages change nothing; twenty have scales of their own, at once and said once', () => {
  const { add, actions, high, told } = fresh();
  add(0, 19);
  const before = high(1);
  assert.deepEqual(actions.calibrate({}), { version: 0, passages: 0, done: true });
  add(19, 20);
  assert.deepEqual(actions.calibrate({}), { version: 1, passages: 20, done: true });
  assert.ok(high(1) < before, 'what is loud in general is in the middle of a loud library');
  assert.equal(told(), 1);
  assert.deepEqual(actions.calibrate({}), { version: 1, passages: 0, done: true });
  assert.equal(told(), 1);
});

test('what comes later is put on the same scales; a quarter more makes new ones', () => {
  const { add, actions, high } = fresh();
  add(0, 40);
  actions.calibrate({});
  add(40, 49);
  assert.deepEqual(actions.calibrate({}), { version: 1, passages: 0, done: true });
  assert.ok(high(49) > high(40) && high(40) > high(1));
  add(49, 50);
  assert.deepEqual(actions.calibrate({}), { version: 2, passages: 50, done: true });
});

test('many follow some a time, also over a restart; the Director is told when all have', () => {
  const first = fresh();
  first.add(0, 450);
  const before = [1, 201, 450].map(first.high);
  assert.deepEqual(first.actions.calibrate({}), { version: 1, passages: 200, done: false });
  assert.deepEqual([first.goesOn(), first.told()], [0, 0], 'the next step is not of this turn');
  first.settle();
  assert.equal(first.goesOn(), 1);
  const halfway = [1, 201, 450].map(first.high);
  assert.notEqual(halfway[0], before[0]);
  assert.deepEqual(halfway.slice(1), before.slice(1));

  const second = fresh(first.db);
  assert.deepEqual(second.actions.calibrate({}), { version: 1, passages: 200, done: false });
  assert.deepEqual(second.actions.calibrate({}), { version: 1, passages: 50, done: true });
  assert.equal(second.told(), 1);
  const values = Array.from({ length: 450 }, (_, i) => second.high(i + 1));
  assert.deepEqual(
    values,
    values.toSorted((a, b) => a - b),
    'all of them are on one scale',
  );
});

test('other content is measured anew, and what was measured of the old is gone', () => {
  const { add, actions, db } = fresh();
  add(0, 2);
  actions.addFiles({ files: [fileOf('0.flac', { contentKey: 'other' })] });
  assert.deepEqual(db.prepare('SELECT passage FROM measures').pluck().all(), [2]);
});
