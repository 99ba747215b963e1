// segue override, against the real API over the local socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { durationText, parseDuration } from '../../../daemon/cli/words.ts';
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

test('like a passage, by its id or by what it is called; for two hours unless told', async () => {
  assert.equal(await ok('override'), 'None: the timeslots hold.\n');
  assert.match(await ok('override', 'set', 'p1'), /^Like Harbour Lights until .* \(2 h left\)\.\n$/);
  assert.match(
    await ok('override', 'set', 'copper', 'wire', '--for', '90m'),
    /Like Copper Wire .*1 h 30 min/,
  );
  assert.match(await ok('override'), /^Copper Wire until /);
  assert.match(await ok('status'), /· Copper Wire until .* left\) · USB DAC/);
  assert.equal(JSON.parse(await ok('override', '--json')).override.kind, 'passage');
});

test('like a timeslot, by its name; and off', async () => {
  assert.match(await ok('override', 'set', 'Evening', '--name', 'dinner'), /^Like dinner until/);
  assert.equal(await ok('override', 'off'), 'The timeslots hold again.\n');
  assert.equal(await ok('override', 'off'), 'There was none: the timeslots hold.\n');
});

test('what is not understood is said with the exit code for it', async () => {
  const code = async (...words: string[]) => (await daemon.run('override', 'set', ...words)).code;
  assert.equal(await code(), 2);
  assert.equal(await code('p1', '--for', 'ever'), 2);
  assert.equal(await code('p1', 'p2'), 2);
  assert.equal(await code('no', 'such', 'thing'), 1);
  assert.equal(await code('p1', '--for', '10s'), 1);
});

test('durations as a person writes and reads them', () => {
  assert.deepEqual(['90m', '2h', '1h30m', '1.5h', '1d', '2', 'h', '', '-1h'].map(parseDuration), [
    5_400_000,
    7_200_000,
    5_400_000,
    5_400_000,
    86_400_000,
    null,
    null,
    null,
    null,
  ]);
  assert.deepEqual([59_999, 60_000, 3_600_000, 5_460_000].map(durationText), [
    'less than a minute',
    '1 min',
    '1 h',
    '1 h 31 min',
  ]);
});
