// The PNG writer, read back by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { paintCover } from '../../../daemon/demo/cover.ts';
import { encodePng } from '../../../daemon/demo/png.ts';

function chunksOf(png: Uint8Array): { type: string; data: Buffer }[] {
  const bytes = Buffer.from(png);
  assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    assert.equal(bytes.readUInt32BE(at + 8 + length), crc32(body));
    chunks.push({ type: body.subarray(0, 4).toString('latin1'), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

test('a picture comes back pixel by pixel', () => {
  const rgb = Uint8Array.from({ length: 5 * 3 * 3 }, (_, n) => (n * 37) % 256);
  const chunks = chunksOf(encodePng(5, 3, rgb));
  assert.deepEqual(
    chunks.map(({ type }) => type),
    ['IHDR', 'IDAT', 'IEND'],
  );
  const header = chunks[0]?.data as Buffer;
  assert.deepEqual(
    [header.readUInt32BE(0), header.readUInt32BE(4), ...header.subarray(8)],
    [5, 3, 8, 2, 0, 0, 0],
  );
  const rows = inflateSync(chunks[1]?.data as Buffer);
  for (let y = 0; y < 3; y++) {
    assert.equal(rows[y * 16], 0);
    assert.deepEqual([...rows.subarray(y * 16 + 1, y * 16 + 16)], [...rgb.subarray(y * 15, y * 15 + 15)]);
  }
});

test('a picture of the wrong size is a bug, and said', () => {
  assert.throws(() => encodePng(2, 2, new Uint8Array(11)));
});

test('covers are the same for a seed and differ between seeds', () => {
  assert.deepEqual(paintCover('a', 20), paintCover('a', 20));
  assert.notDeepEqual(paintCover('a', 20), paintCover('b', 20));
});
