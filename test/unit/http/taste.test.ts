// The routes of likes and dislikes, over the fake radio and a real socket.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

let server: FakeServer;
const { call, refused } = callsTo(() => server);
before(async () => {
  server = await startFakeServer();
});
after(() => server.close());
afterEach(() => {
  server.radio.opinions.clear();
  server.radio.answers.clear();
});
const asked = () => server.radio.calls.at(-1);

test('what sounds is liked at the place where it is; the status tells how often', async () => {
  server.radio.setPosition(42_000);
  assert.deepEqual((await call('POST', '/api/v1/passages/current/like')).json, { likes: 1, dislikes: 0 });
  assert.equal(asked()?.name, 'Taste.like');
  assert.deepEqual(asked()?.input, { passage: 1, positionMs: 42_000, by: 'household' });
  const { current } = (await call('GET', '/api/v1/status')).json;
  assert.deepEqual([current.likes, current.dislikes], [1, 0]);
});

test('what does not sound is liked as a whole, and by whom is kept', async () => {
  await call('POST', '/api/v1/passages/p4/like', { by: 'Ana' });
  assert.deepEqual(asked()?.input, { passage: 4, positionMs: null, by: 'Ana' });
});

test('disliked, for good if wanted, and taken back', async () => {
  await call('POST', '/api/v1/passages/p4/dislike');
  assert.deepEqual(asked()?.input, { passage: 4, positionMs: null, by: 'household', forGood: false });
  await call('POST', '/api/v1/passages/p4/dislike', { never: true });
  assert.deepEqual(asked()?.input, { passage: 4, positionMs: null, by: 'household', forGood: true });
  const back = await call('DELETE', '/api/v1/passages/p4/dislike?by=Bo');
  assert.deepEqual(back.json, { likes: 0, dislikes: 0 });
  assert.deepEqual(asked()?.input, { passage: 4, opinion: 'dislike', by: 'Bo' });
});

test('all of it together; weights are told to the hundredth', async () => {
  server.radio.opinions.set(1, { likes: 2 / 3, dislikes: 0 });
  const { songs } = (await call('GET', '/api/v1/taste')).json;
  assert.deepEqual(songs, [
    {
      ...{ title: 'Harbour Lights', artist: 'Ana Lindqvist' },
      ...{ likes: 0.67, dislikes: 0, never: false, atMs: server.radio.nowMs },
    },
  ]);
});

test('every fault is said', async () => {
  await refused('POST', '/api/v1/passages/p99/like', {}, 404, 'NO_SUCH_PASSAGE');
  await refused('POST', '/api/v1/passages/x/like', {}, 404, 'NO_SUCH_PASSAGE');
  await refused('DELETE', '/api/v1/passages/x/dislike', undefined, 404, 'NO_SUCH_PASSAGE');
  await refused('POST', '/api/v1/passages/p1/like', { by: '' }, 400, 'BAD_REQUEST');
  await refused('POST', '/api/v1/passages/p1/dislike', { never: 'yes' }, 400, 'BAD_REQUEST');
  server.radio.answers.set('Player.status', () => [{ ...server.radio.status(), passage: null }]);
  await refused('POST', '/api/v1/passages/current/like', {}, 409, 'NOTHING_PLAYS');
});
