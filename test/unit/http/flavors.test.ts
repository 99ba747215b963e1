// The routes of what others measured, over the fake radio and a real socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

const PATH = '/api/v1/library/flavors';
const ID = '11111111-1111-4111-8111-111111111111';
const flavor = { mood: { happy: 0.25, sad: 0.75 } };

let server: FakeServer;
const { call, refused } = callsTo(() => server);
before(async () => {
  server = await startFakeServer();
});
after(() => server.close());

test('recordings are handed over as they came', async () => {
  const odd = { mood: { happy: 0.25, sad: 0.5 } };
  const recordings = [
    { recording: ID, flavor },
    { artist: 'Mirea', title: 'Glasshouse', flavor: odd },
  ];
  assert.deepEqual((await call('POST', PATH, { recordings })).json, {
    byId: 1,
    byName: 0,
    unknown: 1,
    unsound: 0,
  });
  assert.deepEqual(server.radio.calls.at(-1)?.input, {
    byName: false,
    recordings: [
      { recording: ID, artist: null, title: null, flavor },
      { recording: null, artist: 'Mirea', title: 'Glasshouse', flavor: odd },
    ],
  });
  assert.equal((await call('POST', PATH, { recordings, byName: true })).json.byName, 1);
});

test('what is no recording is refused with every fault', async () => {
  await refused('POST', PATH, { recordings: [] }, 400, 'BAD_REQUEST');
  await refused('POST', PATH, { recordings: [{ recording: 'x', flavor }] }, 400, 'BAD_REQUEST');
  await refused('POST', PATH, { recordings: [{ recording: ID, flavor: {} }] }, 400, 'BAD_REQUEST');
  await refused(
    'POST',
    PATH,
    { recordings: [{ recording: ID, flavor: { mood: { a: 2 } } }] },
    400,
    'BAD_REQUEST',
  );
  await refused('POST', PATH, { recordings: [{ recording: ID, flavor: [1] }] }, 400, 'BAD_REQUEST');
});

test('all is forgotten', async () => {
  assert.deepEqual((await call('DELETE', PATH)).json, { songs: 2 });
});
