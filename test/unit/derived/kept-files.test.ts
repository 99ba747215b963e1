// Files that are kept below a bound: what was not read for longest goes, a folder that is deleted or no folder is no error.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { createKeptFiles } from '../../../daemon/adapters/derived/kept-files.ts';
import { scratchFolder } from '../../support/scratch.ts';

const folder = scratchFolder('kept');
const DAY_S = 24 * 3600;
let place = '';
let places = 0;
beforeEach(() => {
  place = join(folder, String(places++));
});

const names = () => readdirSync(place).sort();
const age = (name: string, days: number) => {
  const atS = Date.now() / 1000 - days * DAY_S;
  utimesSync(join(place, name), atS, atS);
};

test('kept below the bound, also by another daemon; the oldest go, the newest stay', async () => {
  const kept = createKeptFiles(place, 8000);
  for (let n = 0; n < 8; n++) {
    await kept.write(`f${n}`, Buffer.alloc(1000, n));
    age(`f${n}`, 100 - n);
  }
  assert.equal(names().length, 8, 'the bound itself is not above it');
  await kept.write('f8', Buffer.alloc(1000, 8));
  assert.deepEqual(names(), ['f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8']);
  assert.deepEqual(await kept.read('f8'), Buffer.alloc(1000, 8));
  assert.equal(await kept.read('f1'), null);
  const another = createKeptFiles(place, 3000);
  await another.write('f9', Buffer.alloc(1000));
  assert.deepEqual(names(), ['f8', 'f9']);
});

test('what is read stays, though it was made first; a read is noted once a day', async () => {
  const kept = createKeptFiles(place, 4000);
  for (let n = 0; n < 4; n++) {
    await kept.write(`f${n}`, Buffer.alloc(1000));
    age(`f${n}`, 100 - n);
  }
  await kept.read('f0');
  const notedMs = statSync(join(place, 'f0')).mtimeMs;
  assert.ok(Date.now() - notedMs < 60_000);
  age('f0', 0.5);
  const beforeMs = statSync(join(place, 'f0')).mtimeMs;
  await kept.read('f0');
  assert.equal(statSync(join(place, 'f0')).mtimeMs, beforeMs);
  await kept.write('f4', 'x'.repeat(1000));
  assert.deepEqual(names(), ['f0', 'f3', 'f4']);
});

test('nothing half written is ever seen under its name, and halves that were left go with the rest', async () => {
  const kept = createKeptFiles(place, 2500);
  const text = 'x'.repeat(1000);
  // Each write counts and removes: never what another has just put there.
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 20 }, () => kept.write('same', text)));
    assert.deepEqual(names(), ['same']);
  }
  writeFileSync(join(place, 'same.0badcafe.part'), text);
  age('same.0badcafe.part', 1);
  await createKeptFiles(place, 2500).write('next', text);
  assert.deepEqual(names(), ['next', 'same']);
});

test('the folder may go at any time, and what is no folder is no error', async () => {
  const kept = createKeptFiles(place, 3000);
  await kept.write('a', 'one');
  rmSync(place, { recursive: true });
  assert.equal(await kept.read('a'), null);
  await kept.write('a', 'two');
  assert.equal(String(await kept.read('a')), 'two');
  for (let n = 0; n < 20; n++) {
    await kept.write('a', 'x'.repeat(900));
    unlinkSync(join(place, 'a'));
  }
  await kept.write('b', 'counted anew: what was deleted by hand takes no room');
  await kept.write('c', 'it stays');
  assert.deepEqual(names(), ['b', 'c']);
  rmSync(place, { recursive: true });
  writeFileSync(place, 'a file where the folder should be');
  await kept.write('d', 'x');
  assert.equal(await kept.read('d'), null);
});
