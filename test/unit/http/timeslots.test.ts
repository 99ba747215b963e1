// The routes of the day in slots, over the fake radio (with the real check of slots) and a real socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo, type Json } from '../../support/http-calls.ts';

let server: FakeServer;
before(async () => {
  server = await startFakeServer();
});
after(() => server.close());
const { call, refused } = callsTo(() => server);
const PATH = '/api/v1/timeslots';

test('what is read can be written, and is the same then', async () => {
  const before = (await call('GET', PATH)).json.timeslots;
  const evening = { name: 'evening', start: '18:30', references: ['p1', 'p4'], flavor: null, silent: false };
  const [{ passages, ...line }] = before;
  assert.deepEqual(line, { ...evening, startMinute: 1110 });
  assert.deepEqual(
    passages.map(({ passage, title, artist }: Json) => [passage, title, artist]),
    [
      ['p1', 'Harbour Lights', 'Ana Lindqvist'],
      ['p4', 'Glasshouse', 'Mirea'],
    ],
  );
  const { flavor: _, ...given } = evening;
  const written = await call('PUT', PATH, { timeslots: [given] });
  assert.deepEqual([written.status, written.json.timeslots], [200, before]);
});

test('other slots, one of them silent, one with a flavor of its own', async () => {
  const flavor = { 'local.energy': { high: 0.9, low: 0.1 } };
  const { json } = await call('PUT', PATH, {
    timeslots: [
      { name: 'quiet', start: '23:00', silent: true },
      { name: 'day', start: '7:00', flavor },
    ],
  });
  const none = { references: [], passages: [] };
  assert.deepEqual(json.timeslots, [
    { name: 'day', start: '07:00', startMinute: 420, ...none, flavor, silent: false },
    { name: 'quiet', start: '23:00', startMinute: 1380, ...none, flavor: null, silent: true },
  ]);
});

test('who has seen other slots is refused, and told where to look', async () => {
  const seen = (await call('GET', PATH)).json.version;
  const day = { name: 'day', start: '07:00', references: ['p1'] };
  const first = await call('PUT', PATH, { timeslots: [day], version: seen });
  assert.equal(first.status, 200);
  assert.notEqual(first.json.version, seen);
  await refused(
    'PUT',
    PATH,
    { timeslots: [{ ...day, name: 'mine' }], version: seen },
    409,
    'CHANGED_MEANWHILE',
  );
  const now = (await call('GET', PATH)).json;
  assert.deepEqual([now.timeslots[0].name, now.version], ['day', first.json.version]);
});

test('every fault says of which field of which slot it is', async () => {
  const day = { name: 'day', start: '07:00', references: ['p1'] };
  const { details } = await refused(
    'PUT',
    PATH,
    { timeslots: [day, { name: 'Day', start: '07:00' }] },
    400,
    'INVALID',
  );
  assert.deepEqual(
    details.map(({ path }: Json) => path),
    ['timeslots[1].name', 'timeslots[1].start', 'timeslots[1].references'],
  );
});

test('every fault is said, and nothing is changed', async () => {
  const before = (await call('GET', PATH)).text;
  const day = { name: 'day', start: '07:00', references: ['p1'] };
  await refused('PUT', PATH, { timeslots: [] }, 400, 'BAD_REQUEST');
  await refused('PUT', PATH, { timeslots: [{ ...day, start: '24:00' }] }, 400, 'BAD_REQUEST');
  await refused('PUT', PATH, { timeslots: [{ ...day, mood: 'calm' }] }, 400, 'BAD_REQUEST');
  await refused('PUT', PATH, { timeslots: [{ name: 'day', start: '07:00' }] }, 400, 'INVALID');
  await refused('PUT', PATH, { timeslots: [day, { ...day, start: '08:00', name: 'Day' }] }, 400, 'INVALID');
  await refused('PUT', PATH, { timeslots: [day, { ...day, name: 'other' }] }, 400, 'INVALID');
  await refused('PUT', PATH, { timeslots: [{ ...day, references: ['p999'] }] }, 400, 'INVALID');
  await refused('PUT', PATH, { timeslots: [{ ...day, silent: true }] }, 400, 'INVALID');
  assert.equal((await call('GET', PATH)).text, before);
});

test('the name that a slot had goes with it, where it is another now', async () => {
  const day = { name: 'noon', was: 'day', start: '07:00', references: ['p1'] };
  const night = { name: 'night', was: 'night', start: '22:00', references: ['p2'] };
  assert.equal((await call('PUT', PATH, { timeslots: [day, night] })).status, 200);
  const renamed = () => (server.radio.calls.at(-1) as Json).input.renamed;
  assert.deepEqual(renamed(), [{ from: 'day', to: 'noon' }]);
  await call('PUT', PATH, { timeslots: [{ ...night, start: '23:00' }] });
  assert.equal(renamed(), undefined);
});
