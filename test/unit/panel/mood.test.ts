// The day as a ring, and the words of what holds, on the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status, TimeslotLine } from '../../../daemon/adapters/http/shapes.ts';
import { arcPath, arcsOf, leftText, moodText, onRing } from '../../../daemon/panel/src/state/mood.ts';

const slot = (name: string, startMinute: number, silent = false): TimeslotLine => ({
  ...{ name, startMinute, silent, start: '', references: [], passages: [], flavor: null },
});

test('every slot lasts until the next one starts, the last over midnight; exactly one holds at any minute', () => {
  const slots = [slot('evening', 1110), slot('morning', 360), slot('day', 600)];
  const shown = arcsOf(slots, 0).map(({ name, minutes, holds }) => [name, minutes, holds]);
  assert.deepEqual(shown, [
    ['morning', 240, false],
    ['day', 510, false],
    ['evening', 690, true],
  ]);
  for (let minute = 0; minute < 1440; minute++)
    assert.equal(arcsOf(slots, minute).filter(({ holds }) => holds).length, 1, `minute ${minute}`);
  assert.equal(arcsOf(slots, 360).find(({ holds }) => holds)?.name, 'morning', 'from its first minute on');
  assert.deepEqual(
    arcsOf([slot('all', 300)], 299).map(({ minutes, holds }) => [minutes, holds]),
    [[1440, true]],
  );
});

test('midnight is at the top and the day goes clockwise; long arcs take the long way', () => {
  const near = (minute: number, x: number, y: number) => {
    const at = onRing(minute, 10);
    assert.ok(Math.hypot(at.x - x, at.y - y) < 1e-9, `${minute}: ${at.x} ${at.y}`);
  };
  near(0, 0, -10);
  near(360, 10, 0);
  near(720, 0, 10);
  const [short, long] = [
    arcsOf([slot('a', 0), slot('b', 600)], 0)[0],
    arcsOf([slot('a', 0), slot('b', 840)], 0)[0],
  ];
  assert.match(arcPath(short as never, 10, 0), /^M0\.00 -10\.00A10 10 0 0 1 /);
  assert.match(arcPath(long as never, 10, 0), /^M0\.00 -10\.00A10 10 0 1 1 /);
});

test('what holds is said in a sentence', () => {
  const at = { setAtMs: 0, untilMs: 0, passage: null };
  const over = (
    kind: 'passage' | 'timeslot',
    name: string,
    leftMs: number,
  ): Pick<Status, 'override' | 'timeslot'> => ({
    override: { ...at, kind, name, leftMs },
    timeslot: { name: 'day', kind: 'timeslot' },
  });
  assert.equal(moodText(over('timeslot', 'evening', 3_900_000), 300_000), 'For another 1 h: evening.');
  assert.equal(
    moodText(over('passage', 'Nebula', 60_000), 50_000),
    'For another less than a minute: like “Nebula”.',
  );
  assert.equal(
    moodText({ override: null, timeslot: { name: 'day', kind: 'timeslot' } }, 0),
    'By the time of day: day.',
  );
  assert.equal(
    moodText({ override: null, timeslot: null }, 0),
    'No mood yet: it comes with the first music.',
  );
  assert.deepEqual([3_900_000, 7_200_000, 720_000].map(leftText), ['1 h 5 min', '2 h', '12 min']);
});
