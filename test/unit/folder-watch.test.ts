// The folder watch on real folders, looked at by hand.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type FolderWatch, watchFolders } from '../../daemon/adapters/import/folder-watch.ts';

let root = '';
let music = '';
let said: string[] = [];
let row = { folder: 1, path: '', available: true };
let isBusy = false;
let watch: FolderWatch;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'segue-watch-'));
  music = join(root, 'music');
  mkdirSync(join(music, 'sub'), { recursive: true });
  writeFileSync(join(music, 'a.flac'), 'x');
  for (const dir of [music, join(music, 'sub')]) utimesSync(dir, 1000, 1000);
  said = [];
  isBusy = false;
  row = { folder: 1, path: music, available: true };
  watch = watchFolders({
    folders: () => [row],
    lost: async (folder, seen) => void said.push(`lost ${folder} ${JSON.stringify(seen)}`),
    rescan: async () => {
      said.push('rescan');
      return !isBusy;
    },
    every: () => () => {},
  });
});
afterEach(() => rmSync(root, { recursive: true }));

async function looks(count: number): Promise<string[]> {
  for (let n = 0; n < count; n++) await watch.look();
  return said.splice(0);
}

test('a folder that stays as it is says nothing', async () => {
  assert.deepEqual(await looks(20), []);
});

test('a folder that is gone is lost, and scanned when it is back', async () => {
  await looks(1);
  renameSync(music, `${music}-away`);
  assert.deepEqual(await looks(1), ['lost 1 null']);
  row = { ...row, available: false };
  assert.deepEqual(await looks(5), []);
  renameSync(`${music}-away`, music);
  assert.deepEqual(await looks(1), ['rescan']);
  row = { ...row, available: true };
  assert.deepEqual(await looks(10), []);
});

test('an empty mount point is told once', async () => {
  renameSync(music, `${music}-away`);
  mkdirSync(music);
  assert.deepEqual(await looks(3), ['lost 1 []']);
});

test('a new file below is noticed within six looks; a busy import is asked again', async () => {
  await looks(1);
  writeFileSync(join(music, 'sub', 'new.flac'), 'x');
  isBusy = true;
  assert.deepEqual(await looks(12), ['rescan', 'rescan']);
  isBusy = false;
  assert.deepEqual(await looks(6), ['rescan']);
  assert.deepEqual(await looks(12), []);
});

test('a new directory below, and a file in it later, are noticed too', async () => {
  await looks(1);
  mkdirSync(join(music, 'sub', 'album'));
  assert.deepEqual(await looks(6), ['rescan']);
  utimesSync(join(music, 'sub', 'album'), 1000, 1000);
  assert.deepEqual(await looks(6), ['rescan']);
  assert.deepEqual(await looks(12), []);
  writeFileSync(join(music, 'sub', 'album', 'new.flac'), 'x');
  assert.deepEqual(await looks(6), ['rescan']);
  rmSync(join(music, 'sub', 'album'), { recursive: true });
  assert.deepEqual(await looks(6), ['rescan']);
  assert.deepEqual(await looks(12), []);
});

test('a directory that changes again before its time does is read again', async () => {
  const now = Date.now() / 1000;
  utimesSync(join(music, 'sub'), now, now);
  await looks(1);
  mkdirSync(join(music, 'sub', 'album'));
  utimesSync(join(music, 'sub'), now, now);
  assert.deepEqual(await looks(6), ['rescan']);
});

test('a folder in which there is no music any more is not scanned again and again', async () => {
  row = { ...row, available: false };
  assert.deepEqual(await looks(20), ['rescan']);
});
