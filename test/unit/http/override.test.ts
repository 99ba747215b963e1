// The routes of the override, over the fake radio and a real socket.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely here, and wrong shapes fail the test
type Json = any;
let server: FakeServer;
before(async () => {
  server = await startFakeServer();
});
after(() => server.close());
afterEach(() => {
  server.radio.override = null;
  server.radio.answers.clear();
});

async function call(method: string, path: string, body?: object): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

test('like a passage, under its title; the status tells it, with its end', async () => {
  const { status, json } = await call('POST', '/override', { passage: 'p1', durationS: 7200 });
  assert.equal(status, 200, JSON.stringify(json));
  const setAtMs = server.radio.nowMs;
  const expected = {
    name: 'Harbour Lights',
    kind: 'passage',
    passage: 'p1',
    setAtMs,
    untilMs: setAtMs + 7_200_000,
    leftMs: 7_200_000,
  };
  assert.deepEqual(json, { override: expected });
  assert.deepEqual((await call('GET', '/status')).json.override, expected);
});

test('like a timeslot, under a name of its own', async () => {
  const body = { timeslot: 'evening', durationS: 60.5, name: 'dinner' };
  const { json } = await call('POST', '/override', body);
  assert.deepEqual(
    [json.override.name, json.override.kind, json.override.passage],
    ['dinner', 'timeslot', null],
  );
  assert.deepEqual(server.radio.calls.at(-1)?.input, {
    timeslot: 'evening',
    durationMs: 60_500,
    name: 'dinner',
  });
});

test('ended it is gone from the status; nothing to end is no fault', async () => {
  await call('POST', '/override', { passage: 'p1', durationS: 3600 });
  assert.deepEqual((await call('DELETE', '/override')).json, { cancelled: true });
  assert.deepEqual((await call('DELETE', '/override')).json, { cancelled: false });
  assert.equal((await call('GET', '/status')).json.override, null);
});

test('every fault of a request is said, and nothing is asked of anybody', async () => {
  server.radio.calls.length = 0;
  const refused = async (body: object, pattern: RegExp) => {
    const { status, json } = await call('POST', '/override', body);
    assert.equal(status, 400);
    assert.equal(json.error.code, 'BAD_REQUEST');
    assert.match(json.error.message, pattern);
  };
  await refused({ durationS: 60 }, /either passage or timeslot/);
  await refused({ passage: 'p1', timeslot: 'evening', durationS: 60 }, /either passage or timeslot/);
  await refused({ passage: 'p1' }, /durationS is missing/);
  await refused({ passage: 'e1', durationS: 59 }, /passage must be a passage id.*; durationS must be/);
  await refused({ passage: 'p1', durationS: 604_801 }, /from 60 to 604800/);
  await refused({ passage: 'p1', durationS: 60, name: '' }, /name must be 1 to 40/);
  await refused({ passage: 'p1', durationS: 60, mood: 'party' }, /mood unknown/);
  assert.deepEqual(server.radio.calls, []);
});

test('what is not there is 404, what is not known well enough 409', async () => {
  const status = async (body: object) => {
    const answer = await call('POST', '/override', { ...body, durationS: 60 });
    return [answer.status, answer.json.error.code];
  };
  assert.deepEqual(await status({ passage: 'p999' }), [404, 'NO_SUCH_PASSAGE']);
  assert.deepEqual(await status({ timeslot: 'noon' }), [404, 'NO_SUCH_TIMESLOT']);
  server.radio.answer('Override.askLikePassage', () => ({
    error: 'NO_FLAVOR',
    message: 'Not analysed yet.',
  }));
  assert.deepEqual(await status({ passage: 'p1' }), [409, 'NO_FLAVOR']);
});
