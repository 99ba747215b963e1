// Tags from the head of a file, and from all of it where the head is not enough: FLAC headers made by hand.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { contentKey } from '../../../daemon/import/content-key.ts';
import { readTags } from '../../../daemon/import/read-tags.ts';

const dir = mkdtempSync(join(tmpdir(), 'segue-tags-'));
after(() => rmSync(dir, { recursive: true }));

function block(type: number, data: Buffer, isLast = false): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(((isLast ? 128 : 0) | type) * 2 ** 24 + data.length);
  return Buffer.concat([head, data]);
}
function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}
/** STREAMINFO, `padding` bytes of padding, comments, then `audio` bytes. */
function flac(name: string, title: string, padding: number, audio: number): { path: string; size: number } {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(4096, 0);
  info.writeUInt16BE(4096, 2);
  info.set([0x0a, 0xc4, 0x42, 0xf0], 10);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(1);
  const bytes = Buffer.concat([
    Buffer.from('fLaC'),
    block(0, info),
    block(1, Buffer.alloc(padding)),
    block(4, Buffer.concat([text('me'), count, text(`TITLE=${title}`)]), true),
    Buffer.alloc(audio, 7),
  ]);
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return { path, size: bytes.length };
}

test('tags are found in the head, behind it, and in a file shorter than it', async () => {
  for (const [padding, audio] of [
    [100, 200_000],
    [150_000, 200_000],
    [10, 10],
  ] as const) {
    const { path, size } = flac(`${padding}.flac`, `Padded ${padding}`, padding, audio);
    assert.equal((await readTags(path, size)).common.title, `Padded ${padding}`);
  }
});

test('the content key follows the content, not the name', () => {
  const a = flac('a.flac', 'Same', 1000, 100_000);
  const b = flac('b.flac', 'Same', 1000, 100_000);
  const c = flac('c.flac', 'Sama', 1000, 100_000);
  assert.equal(contentKey(a.path, a.size), contentKey(b.path, b.size));
  assert.notEqual(contentKey(a.path, a.size), contentKey(c.path, c.size));
  const tail = flac('d.flac', 'Same', 1000, 100_000);
  writeFileSync(tail.path, 'x', { flag: 'r+' });
  assert.notEqual(contentKey(tail.path, tail.size), contentKey(a.path, a.size));
});

test('a key of an empty file is a key, and of a file that is gone an error', () => {
  const path = join(dir, 'empty');
  writeFileSync(path, '');
  assert.equal(contentKey(path, 0).length, 32);
  assert.throws(() => contentKey(join(dir, 'gone'), 1));
});
