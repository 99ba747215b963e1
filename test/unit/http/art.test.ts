// The route of pictures over a port that a test plays: originals, sizes, what may be kept, and what is refused.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Cover } from '../../../daemon/adapters/http/ports.ts';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

const JPEG = Buffer.from('\xff\xd8 a picture \xff\xd9', 'latin1');
const A_YEAR = 'private, max-age=31536000, immutable';
let server: FakeServer;
let given: Cover | Failure = { kind: 'sized', jpeg: JPEG, size: 384 };
let asked: { path: string; bytes: number; size: number }[] = [];
const { call, refused } = callsTo(() => server);

before(async () => {
  server = await startFakeServer({
    ports: {
      cover: async (path, bytes, size) => {
        asked.push({ path, bytes, size });
        return given;
      },
    },
  });
});
after(() => server.close());

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  // Left to itself, fetch asks caches for nothing of theirs where it is told a tag.
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'Cache-Control': 'max-age=0', ...headers },
  });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

it('sends the picture as it was found, which may be kept', async () => {
  asked = [];
  const { status, headers, bytes } = await get('/api/v1/art/a1');
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'image/png');
  assert.equal(headers.get('cache-control'), A_YEAR);
  assert.equal(headers.get('etag'), '"1"');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  assert.equal(Number(headers.get('content-length')), bytes.length);
  assert.deepEqual(asked, []);
  await refused('GET', '/api/v1/art/a99', undefined, 404, 'NOT_FOUND');
  await refused('GET', '/api/v1/art/a99?size=96', undefined, 404, 'NOT_FOUND');
  await refused('GET', '/api/v1/art/..%2Fsegue.db', undefined, 404, 'NOT_FOUND');
  await refused('GET', '/api/v1/art/..%2Fsegue.db?size=96', undefined, 404, 'NOT_FOUND');
});

it('sends it at a size, which is another picture to a cache', async () => {
  asked = [];
  given = { kind: 'sized', jpeg: JPEG, size: 384 };
  const { status, headers, bytes } = await get('/api/v1/art/a1?size=300');
  assert.equal(status, 200);
  assert.deepEqual(bytes, JPEG);
  assert.equal(headers.get('content-type'), 'image/jpeg');
  assert.equal(headers.get('content-length'), String(JPEG.length));
  assert.equal(headers.get('cache-control'), A_YEAR);
  assert.equal(headers.get('etag'), '"1-384"');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(asked.length, 1);
  assert.match(asked[0]?.path ?? '', /\/art\/1\.png$/);
  assert.equal(asked[0]?.size, 300);
  assert.equal(asked[0]?.bytes, (await get('/api/v1/art/a1')).bytes.length);
  const head = await get('/api/v1/art/a1?size=300', {}, 'HEAD');
  assert.deepEqual([head.status, head.bytes.length], [200, 0]);
});

it('answers 304 to whoever has it', async () => {
  for (const [path, tag] of [
    ['/api/v1/art/a1?size=300', '"1-384"'],
    ['/api/v1/art/a1', '"1"'],
  ] as const) {
    const same = await get(path, { 'If-None-Match': tag });
    assert.deepEqual([same.status, same.bytes.length, same.headers.get('etag')], [304, 0, tag]);
    assert.equal(same.headers.get('cache-control'), A_YEAR);
    assert.equal((await get(path, { 'If-None-Match': '"1-96"' })).status, 200);
  }
});

it('sends the original where there is nothing better: for good, or asked for again the next time', async () => {
  for (const [isFinal, control] of [
    [true, A_YEAR],
    [false, 'private, no-cache'],
  ] as const) {
    given = { kind: 'original', isFinal };
    const { status, headers, bytes } = await get('/api/v1/art/a1?size=96');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'image/png');
    assert.equal(headers.get('cache-control'), control);
    assert.equal(headers.get('etag'), '"1"');
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  }
});

it('says why not, and none of that is kept', async () => {
  for (const [error, status] of [
    ['UNREADABLE', 422],
    ['BUSY', 409],
  ] as const) {
    given = { error, message: 'Some words that help.' };
    const { headers, json } = await call('GET', '/api/v1/art/a1?size=96');
    assert.equal(json.error.message, 'Some words that help.');
    assert.equal(headers.get('cache-control'), 'no-store');
    await refused('GET', '/api/v1/art/a1?size=96', undefined, status, error);
  }
});

it('refuses what is no size, in words', async () => {
  asked = [];
  for (const size of ['0', '-1', '4097', '1.5', 'large', '', '96px', 'NaN', 'Infinity', '1e9']) {
    const { status, json } = await call('GET', `/api/v1/art/a1?size=${size}`);
    assert.equal(status, 400, size);
    assert.equal(json.error.code, 'BAD_REQUEST');
    assert.equal(json.error.message, 'size must be a whole number from 1 to 4096.');
  }
  await refused('GET', '/api/v1/art/a1?width=96', undefined, 400, 'BAD_REQUEST');
  await refused('GET', '/api/v1/art/a1?size=96&size=97', undefined, 400, 'BAD_REQUEST');
  assert.deepEqual(asked, []);
});
