// Covers from the real daemon and its real program: sized, kept, never enlarged; hostile pictures cost themselves alone.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { Card, Import } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeTone } from '../support/import-rig.ts';
import { deflatedZeros, jpegSides, png, pngOf } from '../support/png.ts';
import { random } from '../support/signals.ts';

const folder = temporaryFolder('covers');
const music = join(folder.path, 'music');
let daemon: Daemon;
const art = new Map<string, string>();

const dice = random(5);
/** Noise: as much to send as there can be. */
const LARGE = png(1200, (x, y) => [255 * x, 255 * y, 255 * dice()]);
const SMALL = png(64, (x, y) => [255 * x, 255 * y, 0]);
const HEAD = LARGE.subarray(0, 60);
const line = deflateSync(Buffer.alloc(100));
/** Covers that lie beside the music. */
const BESIDE: Record<string, Buffer> = {
  'small garbage': Buffer.concat([HEAD, randomBytes(5000)]),
  'large garbage': Buffer.concat([HEAD, randomBytes(600_000)]),
  'a header that lies': pngOf({ width: 60_000, height: 60_000, bits: 8, color: 6, data: line }),
  'more memory than there is': pngOf({
    ...{ width: 8192, height: 8192, bits: 16, color: 6 },
    data: deflatedZeros(2 ** 29),
  }),
};

before(async () => {
  const piece = (album: string, cover?: Buffer) => {
    const path = join(music, album, '1.flac');
    writeTone(path, { tags: { title: album, artist: 'Covers', album }, ...(cover ? { cover } : {}) });
    return path;
  };
  piece('large', LARGE);
  piece('small', SMALL);
  for (const [album, bytes] of Object.entries(BESIDE)) {
    const path = piece(album);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(join(dirname(path), 'cover.png'), bytes);
  }
  daemon = await startDaemon({ state: join(folder.path, 'state'), music });
  await daemon.until(
    'the import',
    () => daemon.get<Import>('/import'),
    ({ status, counts }) => status?.state === 'done' && counts?.passages === 2 + Object.keys(BESIDE).length,
    60_000,
  );
  const { passages } = await daemon.get<{ passages: Card[] }>('/library/search?q=covers');
  for (const { title, art: id } of passages) if (id !== null) art.set(title, id);
  assert.equal(art.size, passages.length);
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

async function get(album: string, query = '', headers: Record<string, string> = {}) {
  const answer = await fetch(`${daemon.url}/api/v1/art/${art.get(album)}${query}`, {
    headers: { 'Cache-Control': 'max-age=0', ...headers },
  });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
const kept = () => readdirSync(join(daemon.state, 'cache/covers')).sort();
const codeOf = (bytes: Buffer) =>
  (JSON.parse(bytes.toString()) as { error: { code: string; message: string } }).error;

test('a large cover is sent at the size that is asked for, and as it was found without one', async () => {
  const sizes: number[] = [];
  for (const [asked, side] of [
    [1, 96],
    [96, 96],
    [97, 192],
    [300, 384],
    [700, 768],
    [900, 1200],
    [4096, 1200],
  ] as const) {
    const { status, headers, bytes } = await get('large', `?size=${asked}`);
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'image/jpeg');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('cache-control') ?? '', /immutable/);
    assert.deepEqual(jpegSides(bytes), [side, side], `${asked}`);
    assert.ok(bytes.length < LARGE.length / 2);
    sizes.push(bytes.length);
  }
  assert.ok((sizes[1] ?? 0) < 20_000 && (sizes[1] ?? 0) < (sizes[3] ?? 0));
  assert.deepEqual((await get('large')).bytes, LARGE);
  assert.equal(kept().length, 5);
  assert.ok(kept().every((name) => !name.includes('.part')));
});

test('who has it is told so; what is no size is refused', async () => {
  const { headers } = await get('large', '?size=300');
  const tag = headers.get('etag') ?? '';
  const same = await get('large', '?size=384', { 'If-None-Match': tag });
  assert.deepEqual([same.status, same.bytes.length], [304, 0]);
  assert.equal((await get('large', '?size=96', { 'If-None-Match': tag })).status, 200);
  for (const size of ['0', '4097', 'big']) {
    const refused = await get('large', `?size=${size}`);
    assert.equal(refused.status, 400);
    assert.equal(codeOf(refused.bytes).message, 'size must be a whole number from 1 to 4096.');
  }
});

test('a small one is sent as it is, unless it has to be smaller', async () => {
  const { headers, bytes } = await get('small', '?size=96');
  assert.deepEqual(bytes, SMALL);
  assert.equal(headers.get('content-type'), 'image/png');
  assert.match(headers.get('cache-control') ?? '', /immutable/);
});

test('twenty at once get the same; the cache may go at any time', async () => {
  rmSync(join(daemon.state, 'cache'), { recursive: true });
  const many = await Promise.all(Array.from({ length: 20 }, () => get('large', '?size=192')));
  assert.ok(many.every(({ status, bytes }) => status === 200 && bytes.equals(many[0]?.bytes as Buffer)));
  assert.equal(kept().length, 1);
  rmSync(join(daemon.state, 'cache'), { recursive: true });
  assert.deepEqual((await get('large', '?size=192')).bytes, many[0]?.bytes);
});

test('hostile pictures cost themselves alone', async () => {
  for (let round = 0; round < 2; round++) {
    const small = await get('small garbage', '?size=96');
    assert.equal(small.status, 200);
    assert.deepEqual(small.bytes, BESIDE['small garbage']);
    const large = await get('large garbage', '?size=96');
    assert.deepEqual([large.status, codeOf(large.bytes).code], [422, 'UNREADABLE']);
    assert.match(codeOf(large.bytes).message, /^[A-Z].*\.$/);
    const lying = await get('a header that lies', '?size=96');
    assert.deepEqual(lying.bytes, BESIDE['a header that lies']);
    const heavy = await get('more memory than there is', '?size=96');
    assert.deepEqual([heavy.status, codeOf(heavy.bytes).code], [422, 'UNREADABLE']);
  }
  assert.equal((await get('large', '?size=768')).status, 200);
  const { playing } = await daemon.get<{ playing: boolean }>('/status');
  assert.equal(playing, true);
  assert.ok(!readFileSync(`/proc/${daemon.pid}/maps`, 'utf8').includes('swscale'), 'it is not loaded here');
  assert.equal(daemon.process.exitCode, null);
  const children = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8');
  for (const pid of children.split(' ').filter((each) => each !== ''))
    assert.ok(!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('segue-cover'));
});
