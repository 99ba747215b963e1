// What the HTTP adapter lets in over a real socket: hosts, origins, sizes, and errors that tell nothing.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FakeRadio } from '../../support/fake-radio.ts';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

let server: FakeServer;
let radio: FakeRadio;
const { call, callRaw, refused } = callsTo(() => server);

before(async () => {
  server = await startFakeServer({ isDevOpen: true });
  radio = server.radio;
});
beforeEach(() => {
  radio.calls.length = 0;
});
after(() => server.close());

describe('who may speak', () => {
  const host = () => `127.0.0.1:${server.port}`;

  it('knows its own names and addresses, and no others', async () => {
    for (const good of [
      'localhost',
      'LOCALHOST:80',
      '192.168.1.7:5720',
      '[::1]:5720',
      'radio.local:5720',
      'radio',
    ])
      assert.equal(await callRaw({ host: good }), 200, good);
    for (const bad of ['evil.example', 'localhost.evil.example', 'radio.local@evil.example', ''])
      assert.notEqual(await callRaw({ host: bad }), 200, bad);
    assert.equal(await callRaw({ host: 'evil.example:5720' }), 403);
  });

  it('refuses other origins, for reading too, and never allows them', async () => {
    assert.equal(await callRaw({ host: host(), origin: `http://${host()}` }), 200);
    assert.equal(await callRaw({ host: host(), origin: 'http://evil.example' }), 403);
    assert.equal(await callRaw({ host: host(), origin: 'null' }), 403);
    const { headers } = await call('GET', '/api/v1/status', undefined, { origin: server.url });
    assert.equal(headers.get('access-control-allow-origin'), null);
  });

  it('wants JSON where something changes', async () => {
    const post = (headers: Record<string, string>) =>
      callRaw({ host: host(), ...headers }, 'POST', '/api/v1/play');
    assert.equal(await post({}), 415);
    assert.equal(await post({ 'content-type': 'text/plain' }), 415);
    assert.equal(await post({ 'content-type': 'application/json; charset=utf-8' }), 200);
    const foreign = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
    assert.equal(await post(foreign), 403);
  });

  it('takes at most 1 MiB, and only JSON', async () => {
    const big = JSON.stringify({ passage: 'x'.repeat(1024 * 1024) });
    await refused('POST', '/api/v1/queue', big, 413, 'TOO_LARGE');
    await refused('POST', '/api/v1/queue', '{"passage":', 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/play', { loud: true }, 400, 'BAD_REQUEST');
  });

  it('knows its routes and methods', async () => {
    await refused('GET', '/api/v1/nothing', undefined, 404, 'NOT_FOUND');
    await refused('GET', '/api/v1/library/passages/%', undefined, 404, 'NOT_FOUND');
    const wrong = await call('GET', '/api/v1/skip');
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get('allow'), 'POST');
  });

  it('says that a mistake of ours is one, and tells only the log', async () => {
    radio.answer('Timeslots.all', () => {
      throw new Error('secret detail');
    });
    const { message } = await refused('GET', '/api/v1/timeslots', undefined, 500, 'INTERNAL');
    radio.answers.delete('Timeslots.all');
    assert.ok(!message.includes('secret'));
    assert.ok(server.logged.some((line) => line.includes('secret detail')));
  });

  it('says what to do while the panel is not built', async () => {
    const { status, text } = await call('GET', '/');
    assert.equal(status, 503);
    assert.match(text, /npm run build/);
  });
});
