// The words of the sleep timer and the alarms on the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmLine } from '../../../daemon/adapters/http/shapes.ts';
import { bedsideChip, ringsText, toggled } from '../../../daemon/panel/src/state/bedside.ts';
import { timeOfDay } from '../../../daemon/panel/src/words.ts';

const HOUR = 3_600_000;
/** Local time, as the page has it. */
const now = new Date(2026, 10, 20, 21, 30).getTime();
const sleep = { setAtMs: now, untilMs: now + HOUR / 2, leftMs: HOUR / 2 };
const alarm = (afterMs: number) => ({ alarm: 'w1', atMs: now + afterMs });
const line = (nextMs: number | null, enabled = true) => ({ enabled, nextMs }) as AlarmLine;

test('the header has the time that comes first of what a person set, and its label all of it', () => {
  assert.equal(bedsideChip(null, now), null);
  assert.equal(bedsideChip({ sleep: null, alarm: null }, now), null);
  assert.equal(bedsideChip({ sleep: null, alarm: alarm(25 * HOUR) }, now), null, 'not of tonight');
  const [until, at] = [timeOfDay(sleep.untilMs), timeOfDay(now + 9 * HOUR)];
  assert.deepEqual(bedsideChip({ sleep, alarm: alarm(9 * HOUR) }, now), {
    is: 'sleep',
    time: until,
    label: `fades out at ${until}, alarm at ${at}`,
  });
  assert.deepEqual(bedsideChip({ sleep: null, alarm: alarm(9 * HOUR) }, now), {
    is: 'alarm',
    time: at,
    label: `alarm at ${at}`,
  });
});

test('when an alarm rings, in words', () => {
  const at = timeOfDay(now + HOUR);
  assert.equal(ringsText(line(now + HOUR), now), `rings today at ${at}`);
  assert.match(ringsText(line(now + 9 * HOUR), now), /^rings tomorrow at /);
  assert.match(ringsText(line(now + 60 * HOUR), now), /^rings on Monday at /);
  assert.equal(ringsText(line(null), now), 'switched off');
  assert.equal(ringsText(line(now + HOUR, false), now), 'switched off');
});

test('a day that is on goes off, and the other way round', () => {
  assert.deepEqual(toggled(['mon', 'tue'], 'mon'), ['tue']);
  assert.deepEqual(toggled(['tue'], 'mon'), ['tue', 'mon']);
});
