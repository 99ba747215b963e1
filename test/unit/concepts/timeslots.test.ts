import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minuteOfDay } from '../../../daemon/concepts/timeslots/local-time.ts';
import { slotAt } from '../../../daemon/concepts/timeslots/slots.ts';
import { createTimeslots } from '../../../daemon/concepts/timeslots/timeslots.ts';
import type { Timeslot, TimeslotsVocabulary } from '../../../sync/vocabulary/timeslots.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage, setFlavor } from '../../support/library.ts';
import { recorder } from '../../support/ports.ts';

const MINUTE = 60_000;

function fresh(db = openMemory(), timeZone = 'UTC') {
  const { emit, emitted } = recorder<TimeslotsVocabulary>();
  const timeslots = createTimeslots({ db, emit, timeZone: () => timeZone });
  const at = (iso: string) => timeslots.queries.targetAt({ atMs: Date.parse(iso) })[0];
  return { db, timeslots, at, emitted };
}
const slot = (name: string, hour: number, more: Partial<Timeslot> = {}): Timeslot => ({
  name,
  startMinute: hour * 60,
  references: [],
  flavor: { mood: { a: 0.5, b: 0.5 } },
  silent: false,
  ...more,
});
const energy = (high: number, bright = high) => ({
  'local.energy': { high, low: 1 - high },
  'local.brightness': { bright, dark: 1 - bright },
});

test('every minute of the day is covered by the slot that began last, over midnight too', () => {
  const slots = [slot('day', 10), slot('night', 22), slot('morning', 6)];
  for (let minute = 0; minute < 1440; minute += 1) {
    const expected = minute < 360 || minute >= 1320 ? 'night' : minute < 600 ? 'morning' : 'day';
    assert.equal(slotAt(slots, minute)?.name, expected);
  }
  assert.equal(slotAt([slot('all', 9)], 0)?.name, 'all');
  assert.equal(slotAt([], 0), null);
});

test('slots follow the clock on the wall when clocks change', () => {
  // Vienna 2026: 29 March 02:00 -> 03:00, 25 October 03:00 -> 02:00.
  const zone = 'Europe/Vienna';
  const minutes = (iso: string) => minuteOfDay(Date.parse(iso), zone);
  assert.equal(minutes('2026-03-29T00:59:59Z'), 119);
  assert.equal(minutes('2026-03-29T01:00:00Z'), 180);
  assert.equal(minutes('2026-10-25T00:30:00Z'), 150);
  assert.equal(minutes('2026-10-25T01:30:00Z'), 150);
  assert.equal(minutes('2026-01-01T23:00:00Z'), 0);

  const { timeslots, at } = fresh(openMemory(), zone);
  timeslots.actions.replaceAll({ timeslots: [slot('early', 0), slot('gap', 2.5), slot('late', 3)] });
  assert.equal(at('2026-03-29T00:59:00Z')?.name, 'early');
  assert.equal(at('2026-03-29T01:00:00Z')?.name, 'late', 'the slot in the skipped hour never comes');
  assert.equal(at('2026-10-25T00:45:00Z')?.name, 'gap');
  assert.equal(at('2026-10-25T01:15:00Z')?.name, 'early', 'the repeated hour is repeated');
  for (const day of ['2026-03-29', '2026-10-25']) {
    for (let n = 0; n < 1500; n += 7) {
      assert.ok(
        timeslots.queries.targetAt({ atMs: Date.parse(`${day}T00:00Z`) - 60 * MINUTE + n * MINUTE })[0],
      );
    }
  }
});

test('the minute is what the clock shows, also around each change of a clock and where it is set by half an hour', () => {
  const wrong: string[] = [];
  for (const timeZone of [
    'Europe/Vienna',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
    'UTC',
  ]) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
    });
    const shown = (atMs: number) => {
      const [hour, minute] = format.format(atMs).split(':');
      return Number(hour) * 60 + Number(minute);
    };
    const startMs = Date.UTC(2026, 0, 1);
    for (let atMs = startMs, before = shown(atMs); atMs < startMs + 366 * 86_400_000; atMs += 86_400_000) {
      const isChange = shown(atMs) !== before;
      before = shown(atMs);
      // Minute by minute where the clock was set since it was looked at, backwards, so that nothing helps by its order.
      const minutes = isChange ? 1441 : 1;
      for (let n = 0; n < minutes; n += 1) {
        const momentMs = atMs - n * MINUTE + 59_999;
        if (minuteOfDay(momentMs, timeZone) !== shown(momentMs))
          wrong.push(`${timeZone} ${new Date(momentMs).toISOString()}`);
      }
    }
  }
  assert.deepEqual(wrong.slice(0, 5), []);
});

test('a target is the centroid of the references, all their sources together, or the flavor set', () => {
  const { db, timeslots, at } = fresh();
  const [a, b, c] = [
    addPassage(db, { flavor: energy(1) }),
    addPassage(db, { flavor: energy(0.5) }),
    addPassage(db),
  ];
  setFlavor(db, a, { mood: { happy: 1, sad: 0 } }, 'acousticbrainz');
  const answer = timeslots.actions.replaceAll({
    timeslots: [slot('x', 0, { references: [a, b, c], flavor: null }), slot('y', 12)],
  });
  assert.deepEqual(answer, { count: 2 });
  const x = at('2026-01-05T03:00Z');
  assert.deepEqual(x?.flavor['local.energy'], { high: 0.75, low: 0.25 });
  assert.deepEqual(x?.flavor.mood, { happy: 1, sad: 0 });
  assert.deepEqual(at('2026-01-05T13:00Z')?.flavor, { mood: { a: 0.5, b: 0.5 } });
});

test('what a slot aims at is worked out once, and anew when the library or the slots have changed', () => {
  const { db, timeslots, at } = fresh();
  const a = addPassage(db, { flavor: energy(1) });
  const high = () => at('2026-01-05T03:00Z')?.flavor['local.energy']?.high;
  timeslots.actions.replaceAll({ timeslots: [slot('x', 0, { references: [a], flavor: null })] });
  assert.equal(high(), 1);
  setFlavor(db, a, energy(0.25));
  timeslots.actions.reload({});
  assert.equal(high(), 0.25);
  timeslots.actions.replaceAll({ timeslots: [slot('y', 0, { flavor: energy(0.5) })] });
  assert.equal(high(), 0.5);
});

test('without slots there is still an answer', () => {
  assert.deepEqual(fresh().at('2026-01-05T03:00Z'), { name: 'any time', flavor: {}, kind: 'none' });
});

test('a bad set is refused with every fault, and nothing changes', () => {
  const { db, timeslots, emitted } = fresh();
  timeslots.actions.replaceAll({ timeslots: [slot('good', 0)] });
  const answer = timeslots.actions.replaceAll({
    timeslots: [
      slot('', 0),
      slot('twin', 0),
      slot('far', 24),
      slot('bare', 3, { flavor: null }),
      slot('ghost', 4, { references: [77] }),
      slot('off', 5, { flavor: { mood: { a: 0.9, b: 0.9 } } }),
    ],
  });
  assert.ok('error' in answer && answer.error === 'INVALID');
  assert.deepEqual(
    (answer.details as { path: string }[]).map(({ path }) => path),
    [
      'timeslots[0].name',
      'timeslots[1].start',
      'timeslots[2].start',
      'timeslots[3].references',
      'timeslots[4].references',
      'timeslots[5].flavor',
    ],
  );
  assert.match(answer.message, /"twin": another timeslot starts at 00:00; /);
  assert.deepEqual(fresh(db).timeslots.queries.all({}), [slot('good', 0)]);
  assert.equal(emitted.length, 1);
  const empty = timeslots.actions.replaceAll({ timeslots: [] });
  assert.ok('error' in empty);
});

test('two of one name are refused, and names differ by more than their case', () => {
  const { timeslots } = fresh();
  const twins = timeslots.actions.replaceAll({ timeslots: [slot('Day', 0), slot(' day', 12)] });
  assert.deepEqual('details' in twins && twins.details, [
    { path: 'timeslots[1].name', message: 'another timeslot has this name' },
  ]);
});

test('who has seen other slots than there are changes nothing; who does not say replaces them', () => {
  const { timeslots } = fresh();
  const version = () => timeslots.queries.version({})[0]?.version ?? '';
  const none = version();
  assert.deepEqual(timeslots.actions.replaceAll({ timeslots: [slot('a', 0)], version: none }), { count: 1 });
  const seen = version();
  assert.notEqual(seen, none);
  assert.equal(version(), seen, 'the same slots, the same version');
  timeslots.actions.replaceAll({ timeslots: [slot('a', 0), slot('b', 12)] });
  const late = timeslots.actions.replaceAll({ timeslots: [slot('mine', 0)], version: seen });
  assert.ok('error' in late && late.error === 'CHANGED_MEANWHILE');
  assert.deepEqual(
    timeslots.queries.all({}).map(({ name }) => name),
    ['a', 'b'],
  );
  assert.deepEqual(timeslots.actions.replaceAll({ timeslots: [slot('mine', 0)], version: version() }), {
    count: 1,
  });
});

test('that a slot is called otherwise now is told when it is so', () => {
  const { timeslots, emitted } = fresh();
  const told = () => emitted.filter(({ event }) => event === 'renamed').map(({ payload }) => payload);
  const renamed = [{ from: 'good', to: 'better' }];
  timeslots.actions.replaceAll({ timeslots: [slot('better', 24)], renamed });
  timeslots.actions.replaceAll({ timeslots: [slot('good', 0)] });
  assert.deepEqual(told(), []);
  timeslots.actions.replaceAll({ timeslots: [slot('better', 0)], renamed });
  assert.deepEqual(told(), [{ names: renamed }]);
});

test('the starter set comes from the library itself: calm at night, lively by day, whatever the values', () => {
  for (const [low, high] of [
    [0, 1],
    [0.8, 0.9],
  ] as const) {
    const { db, timeslots, at, emitted } = fresh();
    for (let n = 0; n < 100; n += 1) {
      const [x, y] = [(n % 10) / 10, Math.floor(n / 10) / 10];
      addPassage(db, { flavor: energy(low + x * (high - low), low + y * (high - low)) });
    }
    assert.deepEqual(timeslots.actions.ensureStarterSet({}), { created: 4 });
    assert.deepEqual(timeslots.actions.ensureStarterSet({}), { created: 0 });
    assert.equal(emitted.length, 1);
    const of = (hour: string) => at(`2026-01-05T${hour}:00Z`)?.flavor['local.energy']?.high ?? -1;
    const [night, morning, day, evening] = [of('23'), of('07'), of('12'), of('20')];
    assert.ok(night < morning && morning < evening && evening < day, String([night, morning, day, evening]));
    assert.ok(timeslots.queries.all({}).every(({ references }) => references.length === 10));
  }
});

test('a library of one has a starter set, one not yet measured has none', () => {
  const { db, timeslots } = fresh();
  addPassage(db);
  assert.deepEqual(timeslots.actions.ensureStarterSet({}), { created: 0 });
  addPassage(db, { flavor: energy(0.3) });
  assert.deepEqual(timeslots.actions.ensureStarterSet({}), { created: 4 });
});

test('the flavor of a slot is found by its name', () => {
  const { timeslots } = fresh();
  timeslots.actions.replaceAll({ timeslots: [slot('Evening', 18), slot('night', 22)] });
  const flavor = { mood: { a: 0.5, b: 0.5 } };
  assert.deepEqual(timeslots.queries.flavorOf({ name: ' evening' }), [{ name: 'Evening', flavor }]);
  assert.deepEqual(timeslots.queries.flavorOf({ name: 'noon' }), []);
});

test('another slot is seen once, however it came: by time, a change of clocks, a clock that was set, other slots', () => {
  const db = openMemory();
  const zone = 'Europe/Vienna';
  const { timeslots, emitted } = fresh(db, zone);
  const told = () => emitted.filter(({ event }) => event === 'slotChanged').map(({ payload }) => payload);
  const look = (iso: string) => {
    const [turn] = timeslots.queries.turn({ atMs: Date.parse(iso) });
    if (turn !== undefined) timeslots.actions.enter({ name: turn.to });
    return turn ?? null;
  };
  assert.equal(look('2026-03-29T00:00:00Z'), null, 'no slots');
  timeslots.actions.replaceAll({ timeslots: [slot('early', 0), slot('gap', 2.5), slot('late', 3)] });
  assert.deepEqual(look('2026-03-29T00:59:30Z'), { from: null, to: 'early' });
  assert.deepEqual(told(), [], 'a start announces nothing');
  assert.equal(look('2026-03-29T00:59:59Z'), null);
  assert.deepEqual(look('2026-03-29T01:00:00Z'), { from: 'early', to: 'late' }, 'an hour is skipped');
  assert.equal(look('2026-03-29T20:00:00Z'), null);
  look('2026-10-25T00:45:00Z');
  look('2026-10-25T01:15:00Z');
  look('2026-10-25T01:45:00Z');
  const pairs = [
    ['early', 'late'],
    ['late', 'gap'],
    ['gap', 'early'],
    ['early', 'gap'],
  ];
  assert.deepEqual(
    told(),
    pairs.map(([from, to]) => ({ from, to })),
    'an hour is repeated, and so are its slots',
  );
  look('2030-01-01T12:00:00Z');
  assert.deepEqual(told().at(-1), { from: 'gap', to: 'late' }, 'the clock was set');
  timeslots.actions.replaceAll({ timeslots: [slot('always', 0)] });
  look('2030-01-01T12:00:00Z');
  assert.deepEqual(told().at(-1), { from: 'late', to: 'always' });
  assert.equal(told().length, 6);
});

test('what is chosen for a silent slot is like the one in which it will be heard', () => {
  const { timeslots, at } = fresh();
  const silent = { flavor: null, silent: true };
  const day = slot('day', 7, { flavor: energy(0.9) });
  timeslots.actions.replaceAll({
    timeslots: [day, slot('evening', 20), slot('hush', 22, silent), slot('night', 23, silent)],
  });
  assert.equal(at('2026-06-01T21:59Z')?.name, 'evening');
  for (const hushed of ['2026-06-01T22:00Z', '2026-06-01T23:30Z', '2026-06-02T06:59Z'])
    assert.deepEqual(at(hushed), { name: 'day', flavor: energy(0.9), kind: 'timeslot' });
  const none = timeslots.actions.replaceAll({ timeslots: [slot('hush', 0, silent)] });
  assert.match('message' in none ? none.message : '', /at least one timeslot that is not silent/);
});

test('a slot that is called otherwise while it holds is not entered again, and nobody is told of a turn', () => {
  const { timeslots, emitted } = fresh();
  const nine = Date.parse('2026-01-05T09:00:00Z');
  timeslots.actions.replaceAll({ timeslots: [slot('a', 0), slot('b', 12)] });
  timeslots.actions.enter({ name: 'a' });
  const renamed = [{ from: 'a', to: 'z' }];
  timeslots.actions.replaceAll({ timeslots: [slot('z', 0), slot('b', 12)], renamed });
  assert.deepEqual(timeslots.queries.turn({ atMs: nine }), []);
  assert.ok(!emitted.some(({ event }) => event === 'slotChanged'));
  // Without that word it is another one.
  timeslots.actions.replaceAll({ timeslots: [slot('y', 0), slot('b', 12)] });
  assert.deepEqual(timeslots.queries.turn({ atMs: nine }), [{ from: 'z', to: 'y' }]);
});

test('a slot that becomes silent while it holds is entered again; whose silence it is outlives a restart', () => {
  const { db, timeslots } = fresh();
  const [a, b] = [slot('a', 0), slot('b', 12)];
  timeslots.actions.replaceAll({ timeslots: [a, b] });
  const turn = () => timeslots.queries.turn({ atMs: Date.parse('2026-06-01T01:00Z') });
  assert.deepEqual(timeslots.actions.enter({ name: 'a' }), { from: null, to: 'a', silent: false });
  assert.deepEqual(turn(), []);
  timeslots.actions.replaceAll({ timeslots: [{ ...a, silent: true }, b] });
  assert.deepEqual(turn(), [{ from: 'a', to: 'a' }]);
  assert.deepEqual(timeslots.actions.enter({ name: 'a' }), { from: 'a', to: 'a', silent: true });
  assert.deepEqual(turn(), []);
  timeslots.actions.noteSilenced({ silenced: true });
  timeslots.actions.noteSilenced({ silenced: true });
  const restarted = fresh(db).timeslots;
  assert.deepEqual(restarted.queries.silenced({}), [{ silenced: true }]);
  restarted.actions.noteSilenced({ silenced: false });
  assert.deepEqual(restarted.queries.silenced({}), []);
});
