// Alarms: when which rings, once and again, across restarts and clocks that are set.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlarms } from '../../../daemon/concepts/alarms/alarms.ts';
import { localTimeAt } from '../../../daemon/local-time.ts';
import type { Alarm, AlarmSetting, AlarmsVocabulary } from '../../../sync/vocabulary/alarms.ts';
import { openMemory } from '../../support/database.ts';
import { type HandClock, handClock, recorder } from '../../support/ports.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** A Friday. */
const EVENING = Date.UTC(2026, 10, 20, 21);
const setting: AlarmSetting = {
  minute: 7 * 60,
  weekdays: [],
  timeslot: null,
  volume: null,
  rampMs: MINUTE,
  enabled: true,
};
const weekly = { ...setting, weekdays: [1, 2, 3, 4, 5], timeslot: 'morning', volume: 0.4 };

function fresh(db = openMemory(), clock: HandClock = handClock(EVENING), zone = { name: 'Etc/UTC' }) {
  const { emit, emitted } = recorder<AlarmsVocabulary>();
  const alarms = createAlarms({
    ...{ db, clock, emit },
    timeZone: () => zone.name,
    wallOf: (name) => (atMs) => localTimeAt(atMs, name),
  });
  const told = () => emitted.filter(({ event }) => event === 'dueNow').length;
  const add = (given: AlarmSetting) => {
    const added = alarms.actions.add(given);
    assert.ok('alarm' in added, JSON.stringify(added));
    return added as Alarm;
  };
  const due = () => alarms.queries.due({}).map(({ alarm }) => alarm);
  return { db, clock, zone, emitted, alarms, told, add, due, ...alarms };
}
const at = (iso: string) => Date.parse(iso);

test('once: the next time the clock shows it, and then it is switched off', () => {
  const { add, actions, queries, clock, alarms, told, due } = fresh();
  const added = add(setting);
  assert.deepEqual(added, { ...setting, alarm: 1, nextMs: at('2026-11-21T07:00:00Z') });
  assert.deepEqual(queries.next({}), [{ alarm: 1, atMs: added.nextMs }]);
  alarms.tick();
  clock.pass(10 * 60 * MINUTE - 1);
  alarms.tick();
  assert.deepEqual([told(), due()], [0, []]);
  clock.pass(1);
  alarms.tick();
  assert.deepEqual([told(), due()], [1, [1]]);
  actions.ring({ alarm: 1 });
  alarms.tick();
  assert.deepEqual([told(), due()], [1, []]);
  assert.deepEqual(queries.all({}), [{ ...setting, alarm: 1, enabled: false, nextMs: null }]);
  clock.pass(DAY);
  alarms.tick();
  assert.equal(told(), 1);
});

test('on its days, again and again, and with what it asks for', () => {
  const { add, actions, queries, clock, alarms, told } = fresh();
  add(weekly);
  const rang: string[] = [];
  for (let minute = 0; minute < 7 * 1440; minute += 1) {
    clock.pass(MINUTE);
    const before = told();
    alarms.tick();
    if (told() === before) continue;
    rang.push(new Date(clock.nowMs()).toISOString().slice(0, 16));
    const [row] = queries.due({});
    assert.deepEqual(row, { alarm: 1, timeslot: 'morning', volume: 0.4, rampMs: MINUTE });
    actions.ring({ alarm: 1 });
  }
  assert.deepEqual(rang, [
    '2026-11-23T07:00',
    '2026-11-24T07:00',
    '2026-11-25T07:00',
    '2026-11-26T07:00',
    '2026-11-27T07:00',
  ]);
});

test('a change of clocks in the night moves nothing on the wall', () => {
  const { add, queries } = fresh(openMemory(), handClock(at('2027-03-27T20:00:00Z')), {
    name: 'Europe/Vienna',
  });
  add({ ...setting, weekdays: [0, 1, 2, 3, 4, 5, 6] });
  assert.equal(queries.next({})[0]?.atMs, at('2027-03-28T05:00:00Z'));
});

test('another time zone is another moment, seen at the next tick', () => {
  const { add, clock, zone, alarms, told } = fresh();
  add(setting);
  alarms.tick();
  clock.pass(9 * 60 * MINUTE);
  alarms.tick();
  assert.equal(told(), 0);
  zone.name = 'Europe/Vienna';
  alarms.tick();
  assert.equal(told(), 1, 'it is seven in Vienna');
});

test('one that was missed by ten minutes at most still rings; later nobody wants it', () => {
  for (const { lateMs, rings } of [
    { lateMs: 10 * MINUTE - 1, rings: 1 },
    { lateMs: 10 * MINUTE, rings: 0 },
  ]) {
    const first = fresh();
    first.add(setting);
    const started = fresh(first.db, handClock(at('2026-11-21T07:00:00Z') + lateMs));
    started.alarms.tick();
    assert.equal(started.told(), rings, `${lateMs} ms late`);
    // So it is when the clock is put right.
    first.alarms.tick();
    first.clock.set(at('2026-11-21T07:00:00Z') + lateMs);
    first.alarms.tick();
    assert.equal(first.told(), rings, `${lateMs} ms late by the clock`);
  }
});

test('one that is set for this very minute rings at its next time, not now', () => {
  const { add, alarms, told, clock, queries } = fresh();
  add({ ...setting, minute: 21 * 60 });
  clock.pass(30_000);
  alarms.tick();
  assert.deepEqual([told(), queries.next({})[0]?.atMs], [0, EVENING + DAY]);
});

test('changed, switched off and on, removed', () => {
  const { add, actions, queries, emitted } = fresh();
  add(weekly);
  add({ ...setting, minute: 6 * 60 });
  assert.deepEqual(
    queries.all({}).map(({ alarm, minute }) => [alarm, minute]),
    [
      [2, 360],
      [1, 420],
    ],
  );
  const off = actions.change({ alarm: 1, setting: { enabled: false } });
  assert.deepEqual(off, { ...weekly, alarm: 1, enabled: false, nextMs: null });
  const later = actions.change({ alarm: 1, setting: { enabled: true, weekdays: [6], timeslot: null } });
  assert.deepEqual(later, {
    ...weekly,
    alarm: 1,
    weekdays: [6],
    timeslot: null,
    nextMs: at('2026-11-21T07:00:00Z'),
  });
  assert.deepEqual(actions.remove({ alarm: 2 }), { removed: true });
  assert.deepEqual(actions.remove({ alarm: 2 }), { removed: false });
  assert.equal(emitted.filter(({ event }) => event === 'changed').length, 5);
  const gone = actions.change({ alarm: 2, setting: { enabled: false } });
  assert.equal('error' in gone && gone.error, 'NO_SUCH_ALARM');
});

test('every fault is said, and nothing is changed', () => {
  const { actions, queries } = fresh();
  const wrong = { minute: 1440, weekdays: [7, 1, 1], timeslot: ' ', volume: 1.1, rampMs: -1, enabled: true };
  const answer = actions.add(wrong);
  assert.equal('error' in answer && answer.error, 'INVALID');
  assert.match(
    'message' in answer ? answer.message : '',
    /minute of the day.*; a weekday is 0.*; a weekday is named twice; the name of a timeslot.*; the volume.*; it gets louder/,
  );
  assert.deepEqual(queries.all({}), []);
  for (let i = 0; i < 50; i += 1) actions.add(setting);
  const over = actions.add(setting);
  assert.equal('error' in over && over.error, 'TOO_MANY');
});
