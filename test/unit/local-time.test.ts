// Local time: what the clock on the wall shows, over a change of clocks and a change of date.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTimeAt } from '../../daemon/local-time.ts';

test('the same moment is another time and another day elsewhere', () => {
  const newYear = Date.UTC(2026, 11, 31, 23, 30);
  const parts = { year: 2026, month: 12, dayOfMonth: 31, weekday: 4, minuteOfDay: 23 * 60 + 30 };
  assert.deepEqual(localTimeAt(newYear, 'UTC'), parts);
  assert.deepEqual(localTimeAt(newYear, 'Europe/Vienna'), {
    year: 2027,
    month: 1,
    dayOfMonth: 1,
    weekday: 5,
    minuteOfDay: 30,
  });
});

test('clocks that are changed skip an hour', () => {
  const before = Date.UTC(2026, 2, 29, 0, 59);
  const minute = (ms: number) => localTimeAt(ms, 'Europe/Vienna').minuteOfDay;
  assert.deepEqual([minute(before), minute(before + 60_000)], [119, 180]);
});
