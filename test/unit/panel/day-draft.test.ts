// The day as a person changes it on the page: splitting, removing, what is wrong with it, and what is written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Card, TimeslotLine } from '../../../daemon/adapters/http/shapes.ts';
import {
  changed,
  coveringAt,
  type Day,
  dayOf,
  drawable,
  faultsOf,
  isChanged,
  MOST_SLOTS,
  onTopOf,
  refusedFaults,
  split,
  suggestedStart,
  without,
  withoutPassage,
  withPassage,
  written,
} from '../../../daemon/panel/src/state/day-draft.ts';

const card = (n: number): Card => ({
  ...{ passage: `p${n}`, title: `Piece ${n}`, artist: 'A', album: null, art: null },
  ...{ durationMs: 1000, state: 'ok' },
});
function line(name: string, start: string, pieces: number[], more: Partial<TimeslotLine> = {}): TimeslotLine {
  const [hours = 0, minutes = 0] = start.split(':').map(Number);
  const passages = pieces.map(card);
  const references = passages.map(({ passage }) => passage);
  const startMinute = 60 * hours + minutes;
  return { name, start, startMinute, passages, references, flavor: null, silent: false, ...more };
}
const FLAVOR = { mood: { calm: 0.75, wild: 0.25 } };
const day = () =>
  dayOf({
    version: 'v1',
    timeslots: [
      line('morning', '06:30', [1, 2]),
      line('evening', '18:00', [3]),
      line('night', '23:00', [], { silent: true, flavor: FLAVOR }),
    ],
  });
const names = ({ slots }: Day) => slots.map(({ name, start }) => `${start} ${name}`);
const said = (of: Day) => faultsOf(of).map(({ key, field, message }) => `${key} ${field}: ${message}`);
function splitAt(from: Day, start: string): { day: Day; key: number } {
  const after = split(from, start);
  assert.ok(typeof after !== 'string', String(after));
  return after;
}

test('a day as it came is unchanged and without fault; what is undone by hand is unchanged again', () => {
  const fresh = day();
  assert.equal(isChanged(fresh), false);
  assert.deepEqual(said(fresh), []);
  const renamed = changed(fresh, 0, { name: 'dawn' });
  const added = splitAt(fresh, '12:00');
  assert.equal(written(changed(added.day, added.key, { name: 'noon' }).slots)[1]?.was, undefined);
  assert.equal(isChanged(renamed), true);
  assert.equal(isChanged(changed(renamed, 0, { name: 'morning ' })), false);
  const other = withPassage(withoutPassage(fresh, 0, 'p1'), 0, card(1));
  assert.deepEqual(
    other.slots[0]?.passages.map(({ passage }) => passage),
    ['p2', 'p1'],
  );
  assert.equal(isChanged(other), false, 'the order of references says nothing');
  assert.equal(isChanged(changed(fresh, 2, { silent: false })), true);
  assert.equal(isChanged(changed(fresh, 1, { start: '18:01' })), true);
});

test('a split begins like the slot that covers that time, over midnight too, with a name of its own', () => {
  for (const [start, like] of [
    ['12:00', 'morning'],
    ['18:01', 'evening'],
    ['23:30', 'night'],
    ['02:00', 'night'],
    ['06:29', 'night'],
  ] as const) {
    const before = day();
    const { day: after, key } = splitAt(before, start);
    const [old, added] = [
      before.slots.find(({ name }) => name === like),
      after.slots.find((s) => s.key === key),
    ];
    assert.equal(added?.name, `${like} 2`);
    assert.deepEqual(
      [added?.passages, added?.flavor, added?.silent, added?.start],
      [old?.passages, old?.flavor, old?.silent, start],
    );
    assert.equal(after.slots.length, 4);
    assert.deepEqual(names(after), names(after).toSorted(), 'it stands where it belongs');
    assert.deepEqual(said(after), []);
  }
  const twice = splitAt(splitAt(day(), '12:00').day, '13:00').day;
  assert.deepEqual(names(twice).slice(1, 3), ['12:00 morning 2', '13:00 morning 3']);
  const long = splitAt(changed(day(), 0, { name: 'm'.repeat(40) }), '12:00').day;
  assert.equal(long.slots[1]?.name, 'm'.repeat(37), 'a long name is cut for it');
  assert.deepEqual(said(long), []);
});

test('a split that cannot be says why', () => {
  assert.equal(split(day(), '18:00'), '“evening” begins at 18:00 already.');
  assert.equal(split(day(), ''), 'Say when it begins.');
  let full = day();
  for (let minute = 0; full.slots.length < MOST_SLOTS; minute++)
    full = splitAt(full, `12:${String(minute).padStart(2, '0')}`).day;
  assert.equal(split(full, '14:00'), 'A day has at most 48 timeslots.');
  const empty = splitAt(dayOf({ version: 'v0', timeslots: [] }), '06:00').day;
  assert.deepEqual(names(empty), ['06:00 day']);
  assert.deepEqual(said(empty), ['0 references: Say what it sounds like: add a piece, or make it silent.']);
});

test('a key is never given again, and stays with its name when all is saved', () => {
  const { day: added, key } = splitAt(day(), '12:00');
  const again = splitAt(without(added, key), '12:00');
  assert.notEqual(again.key, key);
  const saved = { version: 'v2', timeslots: [line('night', '05:00', [1]), line('evening', '18:00', [3])] };
  const after = dayOf(saved, changed(added, 2, { name: ' night ' }));
  assert.deepEqual(
    after.slots.map((slot) => slot.key),
    [2, 1],
  );
  assert.ok(after.nextKey > key);
});

test('what is removed leaves its time to the one before; the last one stays', () => {
  const fewer = without(day(), 1);
  assert.deepEqual(names(fewer), ['06:30 morning', '23:00 night']);
  assert.equal(coveringAt(fewer.slots, 1200)?.name, 'morning');
  const one = without(fewer, 2);
  assert.equal(without(one, 0), one);
});

test('every minute is covered by the slot that began last', () => {
  const { slots } = day();
  for (let minute = 0; minute < 1440; minute++) {
    const expected = minute < 390 || minute >= 1380 ? 'night' : minute < 1080 ? 'morning' : 'evening';
    assert.equal(coveringAt(slots, minute)?.name, expected, `minute ${minute}`);
  }
  assert.equal(coveringAt([], 0), null);
});

test('a start is suggested in the middle of the longest slot', () => {
  assert.equal(suggestedStart(day()), '12:30');
  const nightly = dayOf({ version: 'v', timeslots: [line('a', '18:00', [1]), line('b', '20:00', [1])] });
  assert.equal(suggestedStart(nightly), '07:00', 'over midnight');
  assert.equal(suggestedStart(dayOf({ version: 'v', timeslots: [line('a', '18:00', [1])] })), '06:00');
});

test('what the daemon would refuse is said of its field, with what to do', () => {
  assert.deepEqual(said(changed(day(), 0, { name: ' ' })), ['0 name: Give it a name.']);
  assert.deepEqual(said(changed(day(), 0, { name: 'EVENING ' })), [
    '0 name: Another timeslot has this name too.',
    '1 name: Another timeslot has this name too.',
  ]);
  assert.deepEqual(said(changed(day(), 0, { name: 'x'.repeat(41) })), [
    '0 name: A name has at most 40 characters.',
  ]);
  assert.deepEqual(said(changed(day(), 0, { start: '18:00' })), [
    '0 start: Another timeslot begins at 18:00 too.',
    '1 start: Another timeslot begins at 18:00 too.',
  ]);
  assert.deepEqual(said(changed(day(), 0, { start: '' })), ['0 start: Say when it begins.']);
  const bare = withoutPassage(day(), 1, 'p3');
  assert.deepEqual(said(bare), ['1 references: Say what it sounds like: add a piece, or make it silent.']);
  assert.deepEqual(said(changed(bare, 1, { silent: true })), [], 'nothing has to be known of silence');
  assert.deepEqual(said(changed(day(), 2, { silent: false })), [], 'a flavor by hand is enough');
  const hushed = changed(changed(day(), 0, { silent: true }), 1, { silent: true });
  assert.deepEqual(said(hushed), ['null null: At least one timeslot has to sound.']);
  const passages = Array.from({ length: 101 }, (_, n) => card(n + 1));
  assert.deepEqual(said(changed(day(), 0, { passages })), ['0 references: At most 100 pieces.']);
});

test('a passage takes the place of a flavor by hand; one that is in is not added twice', () => {
  const sounding = changed(day(), 2, { silent: false });
  const after = withPassage(sounding, 2, card(9));
  assert.deepEqual(written(after.slots)[2], {
    name: 'night',
    start: '23:00',
    silent: false,
    references: ['p9'],
  });
  assert.equal(withPassage(after, 2, card(9)), after);
});

test('what is written is what the daemon takes, flavors that were not touched with it', () => {
  const { slots } = changed(day(), 0, { name: ' dawn ', start: '05:00' });
  assert.deepEqual(written(slots), [
    { name: 'dawn', was: 'morning', start: '05:00', silent: false, references: ['p1', 'p2'] },
    { name: 'evening', start: '18:00', silent: false, references: ['p3'] },
    { name: 'night', start: '23:00', silent: true, references: [], flavor: FLAVOR },
  ]);
});

test('what was changed here is kept on top of what somebody else saved', () => {
  const theirs = { version: 'v2', timeslots: [line('always', '00:00', [1])] };
  const mine = changed(day(), 0, { name: 'dawn' });
  const kept = onTopOf(mine, theirs);
  assert.deepEqual([names(kept), kept.saved.version, isChanged(kept)], [names(mine), 'v2', true]);
  assert.equal(written(kept.slots)[0]?.was, undefined, 'there is none any more that was called so');
  const still = onTopOf(mine, { version: 'v3', timeslots: [line('morning', '07:00', [1])] });
  assert.equal(written(still.slots)[0]?.was, 'morning');
});

test('what the daemon says goes to the field it says it of', () => {
  const moved = splitAt(day(), '12:00').day;
  const found = refusedFaults(moved, [
    { path: 'timeslots[1].name', message: 'another timeslot has this name' },
    { path: 'timeslots[3].flavor', message: 'the values of mood do not sum to 1' },
    { path: 'timeslots[2].start', message: 'must be a time of day such as 06:45' },
    { path: 'timeslots', message: 'at most 48 timeslots' },
    { path: 'timeslots[9].name', message: 'what?' },
  ]);
  assert.deepEqual(found, [
    { key: 3, field: 'name', message: 'Another timeslot has this name.' },
    { key: 2, field: 'references', message: 'The values of mood do not sum to 1.' },
    { key: 1, field: 'start', message: 'Must be a time of day such as 06:45.' },
    { key: null, field: null, message: 'At most 48 timeslots.' },
    { key: null, field: null, message: 'What?' },
  ]);
  assert.equal(refusedFaults(moved, undefined), null);
  assert.equal(refusedFaults(moved, { key: 'crossfade_s' }), null);
});

test('the ring draws what it can: a start that is typed, or that two have, once or not at all', () => {
  const twins = changed(changed(day(), 0, { start: '18:00' }), 2, { start: '' });
  assert.deepEqual(drawable(twins), [{ name: 'morning', startMinute: 1080, silent: false }]);
  assert.equal(drawable(day()).length, 3);
});
