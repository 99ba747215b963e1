// What the owner says passages are like, over a real database in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlavor } from '../../support/library.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

function fresh() {
  const library = openLibrary();
  library.actions.addFolder({ path: '/music' });
  library.actions.addFiles({ files: ['a', 'b', 'c'].map((name) => fileOf(`${name}.flac`)) });
  library.events.length = 0;
  const say = (passages: number[], amount: number | null, characteristic = 'christmas') =>
    library.actions.sayOwnFlavor({ passages, characteristic, amount });
  const flavor = (passage: number) => library.queries.flavor({ passage })[0]?.flavor;
  const having = (least = 0.5) => library.queries.having({ characteristic: 'christmas', least })[0]?.passages;
  return { ...library, say, flavor, having };
}

test('it is believed before what was measured, and beside it', () => {
  const { db, say, flavor, events } = fresh();
  setFlavor(db, 1, { 'user.christmas': { no: 0.9, yes: 0.1 }, 'local.energy': { high: 1, low: 0 } });
  assert.deepEqual(say([1, 2, 99], 1), { passages: 2 });
  assert.deepEqual(flavor(1), { 'user.christmas': { no: 0, yes: 1 }, 'local.energy': { high: 1, low: 0 } });
  assert.deepEqual(flavor(2), { 'user.christmas': { no: 0, yes: 1 } });
  assert.deepEqual(
    events.map(({ event }) => event),
    ['changed'],
  );
  assert.deepEqual(say([1], 1), { passages: 0 });
  assert.equal(events.length, 1, 'nothing new is nothing to tell');
  const labels = db.prepare("SELECT labels FROM characteristics WHERE name = 'user.christmas'").pluck().get();
  assert.equal(labels, '["no","yes"]');
});

test('several of one passage; taken back one by one', () => {
  const { db, say, flavor, having } = fresh();
  say([3], 0.75);
  say([3], 0.25, 'children');
  assert.deepEqual(flavor(3), {
    'user.christmas': { no: 0.25, yes: 0.75 },
    'user.children': { no: 0.75, yes: 0.25 },
  });
  say([3], null);
  assert.deepEqual(flavor(3), { 'user.children': { no: 0.75, yes: 0.25 } });
  say([3], null, 'children');
  assert.deepEqual(say([3], null, 'children'), { passages: 0 });
  assert.deepEqual([flavor(3), having()], [{}, []]);
  assert.equal(db.prepare('SELECT count(*) FROM flavors').pluck().get(), 0);
});

test('who has enough of it', () => {
  const { say, having } = fresh();
  say([1], 0.4);
  say([2], 0.5);
  say([3], 1);
  say([1], 1, 'christmas_pop');
  assert.deepEqual([having(), having(0.4), having(1), having(0)], [[2, 3], [1, 2, 3], [3], [1, 2, 3]]);
});

test('a name or an amount that is none is refused', () => {
  const { say, events } = fresh();
  for (const answer of [
    say([1], 1.5),
    say([1], -1),
    say([1], 1, 'Christmas'),
    say([1], 1, 'a".b'),
    say([1], 1, ''),
  ])
    assert.equal('error' in answer && answer.error, 'BAD_VALUE');
  assert.deepEqual(events, []);
});
