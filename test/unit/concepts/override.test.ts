// Override: until when it holds, by which clock, and that it is on disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOverride } from '../../../daemon/concepts/override/override.ts';
import type { OverrideVocabulary } from '../../../sync/vocabulary/override.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { type HandClock, handClock, recorder } from '../../support/ports.ts';

const HOUR = 3_600_000;
const flavor = { 'local.energy': { high: 0.9, low: 0.1 } };
const party = { name: 'party', kind: 'flavor', passage: null, flavor, durationMs: 2 * HOUR } as const;

function fresh(db = openMemory(), clock: HandClock = handClock()) {
  const { emit, emitted } = recorder<OverrideVocabulary>();
  const { actions, queries } = createOverride({ db, clock, emit });
  const name = () => queries.active({})[0]?.name ?? null;
  return { db, clock, emitted, actions, queries, name };
}

test('it holds for its time and is over after it, whatever the calendar says', () => {
  const { actions, queries, clock, name, emitted } = fresh();
  const startMs = clock.nowMs();
  assert.deepEqual(actions.set(party), {
    ...{ name: 'party', kind: 'flavor', passage: null, flavor },
    ...{ setAtMs: startMs, untilMs: startMs + 2 * HOUR, leftMs: 2 * HOUR },
  });
  assert.deepEqual(
    emitted.map(({ event, payload }) => [event, payload]),
    [
      ['changed', { name: 'party', untilMs: startMs + 2 * HOUR, reason: 'set' }],
      ['leadWanted', { name: 'party', flavor }],
    ],
  );
  clock.pass(2 * HOUR - 1);
  assert.equal(name(), 'party');
  assert.deepEqual(queries.over({}), []);
  clock.pass(1);
  assert.equal(name(), null);
  assert.deepEqual(queries.over({}), [{ name: 'party' }]);
  assert.deepEqual(actions.expire({}), { ended: 'party' });
  assert.deepEqual(queries.over({}), []);
  assert.deepEqual(actions.expire({}), { ended: null });
  assert.equal(emitted.filter(({ event }) => event === 'changed').length, 2);
});

test('a target time is covered until the end, and not after', () => {
  const { actions, queries, clock } = fresh();
  actions.set(party);
  const endMs = clock.nowMs() + 2 * HOUR;
  assert.deepEqual(queries.at({ atMs: endMs - 1 }), [{ name: 'party', flavor }]);
  assert.deepEqual(queries.at({ atMs: endMs }), []);
});

test('the clock is set while it holds: it lasts as long as it would have, and that is what a restart finds', () => {
  for (const jumpMs of [5 * 86_400_000, -3 * HOUR]) {
    const { db, actions, queries, clock, name } = fresh();
    actions.set(party);
    clock.pass(HOUR / 2);
    assert.deepEqual(queries.shifted({}), []);
    clock.set(clock.nowMs() + jumpMs);
    assert.equal(name(), 'party');
    const untilMs = clock.nowMs() + 1.5 * HOUR;
    assert.equal(queries.active({})[0]?.untilMs, untilMs);
    assert.deepEqual(queries.shifted({}), [{ untilMs }]);
    actions.moveEnd({ untilMs });
    assert.deepEqual(queries.shifted({}), []);
    const again = fresh(db, clock);
    assert.equal(again.name(), 'party');
    clock.pass(1.5 * HOUR - 1);
    assert.deepEqual([name(), again.name()], ['party', 'party']);
    clock.pass(1);
    assert.deepEqual([name(), again.name()], [null, null]);
  }
});

test('after a restart the calendar says how much of it went by meanwhile', () => {
  const { db, actions, clock } = fresh();
  actions.set(party);
  clock.pass(HOUR);
  const soon = fresh(db, handClock(clock.nowMs()));
  assert.equal(soon.queries.active({})[0]?.leftMs, HOUR);
  const late = fresh(db, handClock(clock.nowMs() + HOUR));
  assert.equal(late.name(), null);
  assert.deepEqual(late.queries.over({}), [{ name: 'party' }]);
});

test('a clock that woke in the past does not prolong it; put right, it ends what is over', () => {
  const { db, actions, clock } = fresh();
  actions.set(party);
  const woken = handClock(clock.nowMs() - 86_400_000);
  const again = fresh(db, woken);
  assert.equal(again.queries.active({})[0]?.leftMs, 2 * HOUR);
  woken.pass(HOUR);
  assert.equal(again.queries.active({})[0]?.leftMs, HOUR);
  woken.set(clock.nowMs() + 3 * HOUR);
  assert.equal(again.name(), null);
  assert.deepEqual(again.queries.over({}), [{ name: 'party' }]);
});

test('a second one takes the place of the first, its lead too', () => {
  const { actions, queries, clock, name, db } = fresh();
  actions.set(party);
  actions.noteLead({ entry: 7 });
  assert.deepEqual(queries.lead({}), [{ entry: 7 }]);
  actions.set({ ...party, name: 'dinner', durationMs: HOUR });
  assert.equal(name(), 'dinner');
  assert.deepEqual(queries.lead({}), []);
  assert.equal(queries.active({})[0]?.untilMs, clock.nowMs() + HOUR);
  assert.equal(db.prepare('SELECT count(*) FROM override').pluck().get(), 1);
});

test('cancelled it is gone at once; nothing to cancel is said and is no fault', () => {
  const { actions, name, emitted } = fresh();
  assert.deepEqual(actions.cancel({}), { cancelled: false });
  actions.set(party);
  assert.deepEqual(actions.cancel({}), { cancelled: true });
  assert.equal(name(), null);
  assert.deepEqual(emitted.at(-1), {
    event: 'changed',
    payload: { name: null, untilMs: null, reason: 'cancelled' },
  });
});

test('without a flavor, or for too short or too long, nothing changes', () => {
  const { actions, name, emitted } = fresh();
  const refused = (change: object) => {
    const answer = actions.set({ ...party, ...change });
    return 'error' in answer ? answer.error : null;
  };
  assert.equal(refused({ flavor: {} }), 'NO_FLAVOR');
  for (const durationMs of [0, 59_999, 7 * 86_400_000 + 1, Number.NaN])
    assert.equal(refused({ durationMs }), 'OUT_OF_RANGE');
  assert.equal(name(), null);
  assert.deepEqual(emitted, []);
});

test('an entry that cannot begin it is forgotten, and another one wanted while it holds', () => {
  const { actions, queries, emitted, clock } = fresh();
  actions.set(party);
  actions.noteLead({ entry: 7 });
  actions.loseLead({ entry: 8 });
  assert.deepEqual(queries.lead({}), [{ entry: 7 }]);
  actions.loseLead({ entry: 7 });
  assert.deepEqual(queries.lead({}), []);
  const wanted = () => emitted.filter(({ event }) => event === 'leadWanted').length;
  assert.equal(wanted(), 2);
  actions.noteLead({ entry: 9 });
  clock.pass(2 * HOUR);
  assert.deepEqual(queries.lead({}), [], 'over: nothing is to give way any more');
  actions.loseLead({ entry: 9 });
  assert.equal(wanted(), 2);
});

test('like a passage that leaves the library it still holds', () => {
  const { db, actions, queries } = fresh();
  const passage = addPassage(db);
  actions.set({ ...party, kind: 'passage', passage });
  db.prepare('DELETE FROM passages WHERE id = ?').run(passage);
  assert.equal(queries.active({})[0]?.passage, null);
});
