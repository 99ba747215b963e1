// The replay of a log of writes, which the proof of power cuts rests on: read, cut, applied.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/import-rig.ts';
import { apply, readWriteLog, survivors } from '../support/write-log.ts';

const SECTOR = 512;

function entry(sector: number, fill: number | null, flags: number): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.writeBigUInt64LE(BigInt(sector), 0);
  head.writeBigUInt64LE(fill === null ? 0n : 1n, 8);
  head.writeBigUInt64LE(BigInt(flags), 16);
  return Buffer.concat([head, ...(fill === null ? [] : [Buffer.alloc(SECTOR, fill)])]);
}
function log(path: string, ...entries: Buffer[]): void {
  const head = Buffer.alloc(SECTOR);
  head.writeBigUInt64LE(0x6a736677736872n, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeUInt32LE(SECTOR, 24);
  writeFileSync(path, Buffer.concat([head, ...entries]));
}

test('a log is read to its last whole entry, and applied to the part of the disk that is asked for', () => {
  const folder = temporaryFolder();
  const [path, disk] = [join(folder.path, 'log'), join(folder.path, 'disk')];
  log(
    path,
    entry(9, 1, 0),
    entry(10, 2, 0),
    entry(0, null, 1),
    entry(11, 3, 2),
    entry(12, 4, 0).subarray(0, 600),
  );
  const writes = readWriteLog(path);
  assert.deepEqual(
    writes.map(({ at, bytes, flush, fua }) => [at / SECTOR, bytes, flush, fua]),
    [
      [9, SECTOR, false, false],
      [10, SECTOR, false, false],
      [0, 0, true, false],
      [11, SECTOR, false, true],
    ],
  );
  writeFileSync(disk, Buffer.alloc(2 * SECTOR));
  const [from, to] = [openSync(path, 'r'), openSync(disk, 'r+')];
  for (const write of writes) apply(from, write, to, 10 * SECTOR, 2 * SECTOR);
  closeSync(from);
  closeSync(to);
  assert.deepEqual([...new Set(readFileSync(disk))], [2, 3]);
  assert.throws(() => readWriteLog(disk), /no log of writes/);
  folder.remove();
});

test('what a flush has made safe survives every cut; what came after it may not', () => {
  const plain = { at: 0, bytes: 1, discard: false, dataAt: 0, endsAt: 0, flush: false, fua: false };
  const writes = [plain, plain, { ...plain, flush: true }, plain, { ...plain, fua: true }, plain];
  assert.deepEqual(
    survivors(writes, 2, () => false),
    [],
  );
  assert.deepEqual(
    survivors(writes, 6, () => false),
    [0, 1, 4],
  );
  assert.deepEqual(
    survivors(writes, 6, () => true),
    [0, 1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    survivors(writes, 4, () => false),
    [0, 1],
  );
});
