// When a wall clock shows a time next: against a search minute by minute, and across changes of clocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { localTimeAt } from '../../../daemon/local-time.ts';
import { nextOnWall } from '../../../daemon/policy/local-clock.ts';

const MINUTE = 60_000;
const wallOf = (zone: string) => (atMs: number) => localTimeAt(atMs, zone);
const next = (zone: string, time: string, after: string, weekdays: number[] = []) => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const atMs = nextOnWall({ minute: hour * 60 + minute, weekdays }, Date.parse(after), wallOf(zone));
  return new Date(atMs).toISOString().slice(0, 16);
};

test('today if it is still to come, else tomorrow; not at the very moment', () => {
  assert.equal(next('Europe/Vienna', '07:00', '2026-11-20T05:59:59Z'), '2026-11-20T06:00');
  assert.equal(next('Europe/Vienna', '07:00', '2026-11-20T06:00:00Z'), '2026-11-21T06:00');
  assert.equal(next('Asia/Kathmandu', '00:00', '2026-11-20T18:14:00Z'), '2026-11-20T18:15');
});

test('on the days that are named; one that is today and over is a week away', () => {
  // 2026-11-20 is a Friday.
  assert.equal(next('Etc/UTC', '07:00', '2026-11-20T08:00:00Z', [5]), '2026-11-27T07:00');
  assert.equal(next('Etc/UTC', '07:00', '2026-11-20T08:00:00Z', [1, 2, 3, 4, 5]), '2026-11-23T07:00');
  assert.equal(next('Pacific/Auckland', '07:00', '2026-11-20T08:00:00Z', [6]), '2026-11-20T18:00');
});

test('an hour that is skipped: as late as if it had not been; one that comes twice: the first time', () => {
  // Clocks go from 02:00 to 03:00 at 01:00 UTC.
  assert.equal(next('Europe/Vienna', '02:30', '2027-03-28T00:00:00Z'), '2027-03-28T01:30');
  assert.equal(next('Europe/Vienna', '02:30', '2027-03-28T01:30:00Z'), '2027-03-29T00:30');
  // From 03:00 back to 02:00 at 01:00 UTC.
  assert.equal(next('Europe/Vienna', '02:30', '2026-10-25T00:00:00Z'), '2026-10-25T00:30');
  assert.equal(next('Europe/Vienna', '02:30', '2026-10-25T00:30:00Z'), '2026-10-26T01:30');
  // Where midnight itself is skipped (Beirut, 2027-03-28).
  assert.equal(next('Asia/Beirut', '00:00', '2027-03-27T12:00:00Z'), '2027-03-27T22:00');
});

test('what a search minute by minute finds', () => {
  const zones = ['Etc/UTC', 'Europe/Vienna', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 1439 }),
      days,
      fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) }),
      (zone, minute, weekdays, afterMs) => {
        const wall = wallOf(zone);
        const found = nextOnWall({ minute, weekdays }, afterMs, wall);
        const shows = (ms: number) => {
          const shown = wall(ms);
          return shown.minuteOfDay === minute && weekdays.includes(shown.weekday);
        };
        const isSkipped = !shows(found);
        // The first moment at which it is shown, unless clocks went forward over it or back to it.
        let atMs = Math.floor(afterMs / MINUTE) * MINUTE + MINUTE;
        for (let tries = 0; tries < 8 * 1440 && !shows(atMs); tries += 1) atMs += MINUTE;
        const isAgain = wall(atMs - 120 * MINUTE).minuteOfDay !== (minute + 1440 - 120) % 1440;
        return isSkipped || isAgain || atMs === found;
      },
    ),
    { numRuns: 60 },
  );
});

test('days that are none are a fault of the caller', () => {
  assert.throws(
    () => next('Etc/UTC', '07:00', '2026-11-20T08:00:00Z', [7]),
    /No day of the week is one of 7/,
  );
});
