// Sleep: when the fade is due, by which clock, and that it is on disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSleep } from '../../../daemon/concepts/sleep/sleep.ts';
import type { SleepVocabulary } from '../../../sync/vocabulary/sleep.ts';
import { openMemory } from '../../support/database.ts';
import { type HandClock, handClock, recorder } from '../../support/ports.ts';

const MINUTE = 60_000;

function fresh(db = openMemory(), clock: HandClock = handClock()) {
  const { emit, emitted } = recorder<SleepVocabulary>();
  const sleep = createSleep({ db, clock, emit });
  const told = (event: string) => emitted.filter((each) => each.event === event).length;
  return { db, clock, emitted, told, sleep, ...sleep };
}

test('due half a minute before its end, and told each second until it has fallen', () => {
  const { actions, queries, clock, sleep, told, emitted } = fresh();
  const startMs = clock.nowMs();
  const set = { setAtMs: startMs, untilMs: startMs + 45 * MINUTE, leftMs: 45 * MINUTE };
  assert.deepEqual(actions.set({ durationMs: 45 * MINUTE }), set);
  assert.deepEqual(queries.active({}), [set]);
  clock.pass(44.5 * MINUTE - 1);
  sleep.tick();
  assert.deepEqual([queries.due({}), told('dueNow')], [[], 0]);
  clock.pass(1);
  sleep.tick();
  sleep.tick();
  assert.deepEqual([queries.due({}), told('dueNow')], [[{ fadeMs: 30_000 }], 2]);
  assert.deepEqual(actions.fall({}), { fell: true });
  assert.deepEqual(actions.fall({}), { fell: false });
  sleep.tick();
  assert.deepEqual([queries.active({}), queries.due({}), told('dueNow')], [[], [], 2]);
  assert.deepEqual(
    emitted.filter(({ event }) => event === 'changed').map(({ payload }) => payload),
    [
      { untilMs: set.untilMs, reason: 'set' },
      { untilMs: null, reason: 'fell' },
    ],
  );
});

test('set anew it counts from then; cancelled it never falls', () => {
  const { actions, queries, clock, sleep, told } = fresh();
  actions.set({ durationMs: 2 * MINUTE });
  clock.pass(MINUTE);
  actions.set({ durationMs: 10 * MINUTE });
  clock.pass(9 * MINUTE);
  assert.deepEqual(queries.active({})[0]?.leftMs, MINUTE);
  assert.deepEqual(actions.cancel({}), { cancelled: true });
  assert.deepEqual(actions.cancel({}), { cancelled: false });
  clock.pass(MINUTE);
  sleep.tick();
  assert.equal(told('dueNow'), 0);
});

test('whatever is done to the calendar, minutes are minutes', () => {
  const { actions, queries, clock, sleep, told } = fresh();
  actions.set({ durationMs: 20 * MINUTE });
  clock.pass(5 * MINUTE);
  clock.set(clock.nowMs() + 400 * 86_400_000);
  sleep.tick();
  assert.equal(told('dueNow'), 0);
  assert.deepEqual(queries.active({}), [
    { setAtMs: queries.active({})[0]?.setAtMs, untilMs: clock.nowMs() + 15 * MINUTE, leftMs: 15 * MINUTE },
  ]);
});

test('it outlives a restart, and is due at once where its time came meanwhile', () => {
  const { db, actions, clock } = fresh();
  actions.set({ durationMs: 20 * MINUTE });
  const later = handClock(clock.nowMs() + 15 * MINUTE);
  assert.equal(fresh(db, later).queries.active({})[0]?.leftMs, 5 * MINUTE);
  const tooLate = fresh(db, handClock(clock.nowMs() + 8 * 60 * MINUTE));
  tooLate.sleep.tick();
  assert.deepEqual([tooLate.told('dueNow'), tooLate.queries.due({})], [1, [{ fadeMs: 30_000 }]]);
  // A calendar that has fallen behind does not make it longer than it was.
  const before = fresh(db, handClock(clock.nowMs() - 86_400_000));
  assert.equal(before.queries.active({})[0]?.leftMs, 20 * MINUTE);
});

test('a minute to a day', () => {
  const { actions } = fresh();
  for (const durationMs of [59_999, 24 * 60 * MINUTE + 1, Number.NaN]) {
    const answer = actions.set({ durationMs });
    assert.equal('error' in answer && answer.error, 'OUT_OF_RANGE');
  }
});
