// segue sleep and segue alarms, against the real API over the local socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseWeekdays, weekdaysText } from '../../../daemon/cli/weekdays.ts';
import { type FakeDaemon, startFakeDaemon } from '../../support/fake-daemon.ts';

let daemon: FakeDaemon;
before(async () => {
  daemon = await startFakeDaemon();
});
after(() => daemon.close());

async function ok(...words: string[]): Promise<string> {
  const { code, out, err } = await daemon.run(...words);
  assert.equal(code, 0, err || out);
  return out;
}

test('sleep, in minutes or as a person writes it; the status shows it', async () => {
  assert.equal(await ok('sleep'), 'No sleep timer: the music plays on.\n');
  assert.match(await ok('sleep', '45'), /^A sleep timer until .* \(45 min left\)\.\n$/);
  assert.match(await ok('sleep', '1h30m'), /\(1 h 30 min left\)/);
  assert.match(await ok('status'), /· sleep timer until .* \(1 h 30 min left\) · USB DAC/);
  assert.equal(JSON.parse(await ok('sleep', '--json')).sleep.leftMs, 5_400_000);
  assert.equal(await ok('sleep', 'off'), 'The music plays on.\n');
  assert.equal(await ok('sleep', 'off'), 'There was no sleep timer: the music plays on.\n');
});

test('alarms are added, listed, changed, switched and removed', async () => {
  assert.equal(await ok('alarms'), 'There are no alarms.\n');
  const morning = ['--days', 'mon-fri', '--mood', 'morning', '--volume', '40', '--ramp', '2m'];
  assert.match(
    await ok('alarms', 'add', '6:45', ...morning),
    /^w1 {2}06:45 {2}mon-fri {2}2026-11-23 .* {2}like morning, up to 40 %, within 2 min\.\n$/,
  );
  assert.match(await ok('alarms', 'add', '9:00'), /^w2 {2}09:00 {2}once {2}.* {2}within 1 min\.\n$/);
  assert.match(await ok('status'), /· alarm /);
  assert.match(
    await ok(
      'alarms',
      'change',
      'w1',
      '--time',
      '7:15',
      '--days',
      'daily',
      '--mood',
      'any',
      '--volume',
      'same',
    ),
    /^w1 {2}07:15 {2}daily {2}.* {2}within 2 min\.\n$/,
  );
  assert.match(await ok('alarms', 'off', 'w1'), /^w1 {2}07:15 {2}daily {2}off /);
  assert.match(await ok('alarms', 'on', 'w1'), /^w1 {2}07:15 {2}daily {2}2026-/);
  assert.equal((await ok('alarms')).split('\n').length, 3);
  assert.equal(await ok('alarms', 'remove', 'w1'), 'w1 is gone.\n');
  assert.equal(await ok('alarms', 'remove', 'w1'), 'There was no w1.\n');
  await ok('alarms', 'remove', 'w2');
});

test('what is not understood is said with the exit code for it', async () => {
  const code = async (...words: string[]) => (await daemon.run(...words)).code;
  assert.equal(await code('sleep', 'soon'), 2);
  assert.equal(await code('sleep', '30s'), 1);
  assert.equal(await code('alarms', 'add'), 2);
  assert.equal(await code('alarms', 'add', '25:00'), 2);
  assert.equal(await code('alarms', 'add', '7:00', '--days', 'mond-fri,x'), 2);
  assert.equal(await code('alarms', 'add', '7:00', '--volume', '101'), 2);
  assert.equal(await code('alarms', 'add', '7:00', '--ramp', 'slow'), 2);
  assert.equal(await code('alarms', 'change', 'w9', '--time', '7:00'), 1);
  assert.equal(await code('alarms', 'change', 'w9'), 2);
});

test('weekdays as a person writes and reads them', () => {
  const both = (text: string) => {
    const days = parseWeekdays(text);
    return days === null ? null : weekdaysText(days);
  };
  assert.deepEqual(
    ['mon-fri', 'sat,sun', 'Saturday', 'fri-mon', 'mon-sun', 'daily', 'once', 'tue,thu-sat', 'mon,tue'].map(
      both,
    ),
    ['mon-fri', 'sat, sun', 'sat', 'mon, fri-sun', 'daily', 'daily', 'once', 'tue, thu-sat', 'mon, tue'],
  );
  assert.deepEqual(['', 'xyz', 'mon-', 'mon-wed-fri', 'mon,'].map(both), [null, null, null, null, null]);
});
