// Encoded files carry their tags and cover, as the tag library of the import reads them, and are the same each time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { parseFile } from 'music-metadata';
import { EXTENSIONS, media, succeed } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { music } from '../support/signals.ts';

const folder = scratchFolder('encode');
const samples = music(48_000, 48_000);

for (const codec of ['flac', 'mp3', 'opus', 'vorbis', 'aac', 'alac'] as const) {
  test(`${codec}: tags and cover`, async () => {
    const path = join(folder, `tagged-${codec}.${EXTENSIONS[codec]}`);
    const tags = {
      title: 'Grüße',
      artist: 'The Örchestra',
      album: 'Nº 1',
      track: '3',
      disc: '1',
      genre: 'Test',
      date: '2021',
    };
    const cover = png(8, 6);
    const { bytes } = succeed(media.encode({ path, codec, rateHz: 48_000, samples, tags, cover }));
    assert.equal(bytes, readFileSync(path).length);
    const { common } = await parseFile(path);
    assert.equal(common.title, tags.title);
    assert.equal(common.artist, tags.artist);
    assert.equal(common.album, tags.album);
    assert.equal(common.track.no, 3);
    assert.deepEqual(common.genre, ['Test']);
    assert.equal(common.year, 2021);
    assert.equal(common.picture?.length, 1);
    assert.equal(common.picture[0]?.format, 'image/png');
    assert.deepEqual(Buffer.from(common.picture[0]?.data ?? []), Buffer.from(cover));
  });
}

test('the same input gives the same bytes', () => {
  for (const codec of ['flac', 'mp3', 'opus', 'aac', 'wav16'] as const) {
    const path = join(folder, `same.${EXTENSIONS[codec]}`);
    const once = () => {
      succeed(media.encode({ path, codec, rateHz: 48_000, samples, tags: { title: 'x' } }));
      return readFileSync(path);
    };
    assert.deepEqual(once(), once(), codec);
  }
});

test('a cover that is no picture is refused', () => {
  const result = media.encode({
    path: join(folder, 'bad.flac'),
    codec: 'flac',
    rateHz: 48_000,
    samples,
    tags: {},
    cover: Buffer.from('not a picture'),
  });
  assert.ok('error' in result && result.error === 'UNSUPPORTED');
});

/** A grey PNG. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((width + 1) * height, 0x80).fill(0, 0, 1));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
