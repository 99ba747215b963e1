// The routes of what others measured, of what the owner says and of lyrics, over the fake radio and a real socket.
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

test('what the owner says is handed over, asked for and taken back', async () => {
  const own = `${PATH}/own`;
  const body = { characteristic: 'christmas', amount: 0.75, passages: ['p1', 'p3'] };
  assert.deepEqual((await call('PUT', own, body)).json, { passages: 2 });
  assert.deepEqual(server.radio.calls.at(-1)?.input, { ...body, passages: [1, 3] });
  const having = async (query: string) =>
    ((await call('GET', `${own}/christmas${query}`)).json.passages as { passage: string }[]).map(
      ({ passage }) => passage,
    );
  assert.deepEqual([await having(''), await having('?least=0.8')], [['p1', 'p3'], []]);
  await call('PUT', own, { ...body, amount: null });
  assert.deepEqual(await having('?least=0'), []);
  await refused('PUT', own, { ...body, amount: 1.1 }, 400, 'BAD_REQUEST');
  await refused('PUT', own, { ...body, characteristic: 'Christmas time' }, 400, 'BAD_REQUEST');
  await refused('PUT', own, { ...body, passages: [] }, 400, 'BAD_REQUEST');
});

test('what a passage is like can be asked', async () => {
  const { json } = await call('GET', '/api/v1/library/passages/p1/flavor');
  assert.deepEqual(json, { passage: 'p1', title: 'Harbour Lights', flavor });
  await refused('GET', '/api/v1/library/passages/p999/flavor', undefined, 404, 'NO_SUCH_PASSAGE');
  await refused('GET', '/api/v1/library/passages/x/flavor', undefined, 404, 'NO_SUCH_PASSAGE');
});

test('lyrics of a passage, and of what sounds', async () => {
  const words = { passage: 'p1', title: 'Harbour Lights', lines: ['One', 'Two'] };
  assert.deepEqual((await call('GET', '/api/v1/library/passages/p1/lyrics')).json, words);
  assert.deepEqual((await call('GET', '/api/v1/library/passages/current/lyrics')).json, words);
  await refused('GET', '/api/v1/library/passages/p2/lyrics', undefined, 404, 'NO_LYRICS');
  await refused('GET', '/api/v1/library/passages/e2/lyrics', undefined, 404, 'NO_SUCH_PASSAGE');
});
