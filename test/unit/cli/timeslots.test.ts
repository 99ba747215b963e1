// segue timeslots, against the real API over the local socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
const lines = async (...words: string[]) => (await ok('timeslots', ...words)).trimEnd().split('\n');

test('slots are listed, added, changed, silenced and removed', async () => {
  assert.deepEqual(await lines(), ['18:30  evening  like 2 passages']);
  assert.deepEqual(await lines('set', 'morning', 'p2', 'p3', 'p5', '--from', '6:00'), [
    '06:00  morning  like 3 passages',
    '18:30  evening  like 2 passages',
  ]);
  assert.deepEqual(await lines('set', 'Evening', '--from', '19:00'), [
    '06:00  morning  like 3 passages',
    '19:00  evening  like 2 passages',
  ]);
  assert.match(
    (await lines('set', 'night', '--from', '23:00', '--silent')).at(-1) ?? '',
    /^23:00 {2}night +silent$/,
  );
  assert.match((await lines('set', 'night', 'copper', 'wire')).join('\n'), /23:00 {2}night +like 1 passage$/);
  assert.deepEqual(await lines('show', 'NIGHT'), [
    '23:00  night  like 1 passage',
    'p10  Copper Wire — Vektor',
  ]);
  assert.match((await lines('set', 'night', '--name', 'late')).join('\n'), /23:00 {2}late +like 1 passage$/);
  const { input } = daemon.radio.calls.findLast(({ name }) => name === 'Timeslots.replaceAll') ?? {};
  assert.deepEqual((input as { renamed?: object }).renamed, [{ from: 'night', to: 'late' }]);
  assert.equal((await lines('remove', 'late')).length, 2);
});

test('what is not there, or cannot be, is said', async () => {
  const run = async (...words: string[]) => {
    const { code, err } = await daemon.run('timeslots', ...words);
    return [code, err.trim()];
  };
  assert.deepEqual(await run('remove', 'noon'), [
    1,
    'There is no timeslot "noon": "segue timeslots" lists them.',
  ]);
  assert.deepEqual(await run('set', 'noon', 'p1'), [
    1,
    'There is no timeslot "noon": say when it starts, with --from.',
  ]);
  assert.deepEqual(await run('show', 'noon'), await run('remove', 'noon'));
  assert.equal((await run('set', 'noon', '--from', '12:00'))[0], 1);
  assert.equal((await run('set'))[0], 2);
});

test('what somebody else changes between reading and writing is not undone', async () => {
  const { radio } = daemon;
  const theirs = { ...radio.timeslots[0], name: 'theirs' } as (typeof radio.timeslots)[number];
  radio.answer('Timeslots.all', () => {
    const seen = radio.timeslots;
    radio.answers.delete('Timeslots.all');
    setImmediate(() => {
      radio.timeslots = [theirs];
    });
    return seen;
  });
  const { code, err } = await daemon.run('timeslots', 'set', 'noon', 'p1', '--from', '12:00');
  assert.equal(code, 1);
  assert.match(err, /Somebody else has changed the timeslots/);
  assert.deepEqual(radio.timeslots, [theirs]);
});
