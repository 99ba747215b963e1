// The folder watch on real folders, looked at by hand.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type FolderWatch, watchFolders } from '../../daemon/adapters/import/folder-watch.ts';
import { openNotices } from '../../daemon/notices.ts';

let root = '';
let music = '';
let said: string[] = [];
let row = { folder: 1, path: '', available: true };
let isBusy = false;
let watch: FolderWatch;
/** How many directories the kernel watches. */
let room = Number.POSITIVE_INFINITY;
let open = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'segue-watch-'));
  music = join(root, 'music');
  mkdirSync(join(music, 'sub'), { recursive: true });
  writeFileSync(join(music, 'a.flac'), 'x');
  for (const dir of [music, join(music, 'sub')]) utimesSync(dir, 1000, 1000);
  said = [];
  isBusy = false;
  room = Number.POSITIVE_INFINITY;
  row = { folder: 1, path: music, available: true };
  watch = watchFolders({
    folders: () => [row],
    lost: async (folder, seen) => void said.push(`lost ${folder} ${JSON.stringify(seen)}`),
    rescan: async () => {
      said.push('rescan');
      return !isBusy;
    },
    notices() {
      const real = openNotices();
      if (real === null) return null;
      open += 1;
      let left = room;
      return {
        ...real,
        add: (directory) => left-- > 0 && real.add(directory),
        close() {
          open -= 1;
          real.close();
        },
      };
    },
    unwatched: () => void said.push('unwatched'),
    every: () => () => {},
  });
});
afterEach(() => {
  watch.stop();
  assert.equal(open, 0, 'a descriptor stays open');
  rmSync(root, { recursive: true });
});

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

async function listens(count: number): Promise<string[]> {
  for (let n = 0; n < count; n++) await watch.listen();
  return said.splice(0);
}

test('what the kernel notices is scanned when it has been quiet for three seconds', async () => {
  await looks(1);
  assert.deepEqual(await listens(10), []);
  writeFileSync(join(music, 'sub', 'new.flac'), 'x');
  assert.deepEqual(await listens(2), []);
  writeFileSync(join(music, 'sub', 'more.flac'), 'x');
  assert.deepEqual(await listens(3), []);
  assert.deepEqual(await listens(1), ['rescan']);
  assert.deepEqual(await listens(40), []);
  // The comparison finds nothing more.
  assert.deepEqual(await looks(12), []);
});

test('a file that is rewritten in its place is noticed, one that is only read is not', async () => {
  await looks(1);
  readFileSync(join(music, 'a.flac'));
  assert.deepEqual(await listens(5), []);
  writeFileSync(join(music, 'a.flac'), 'y');
  assert.deepEqual(await listens(5), ['rescan']);
});

test('a new directory is watched too', async () => {
  await looks(1);
  mkdirSync(join(music, 'sub', 'album', 'disc 2'), { recursive: true });
  assert.deepEqual(await listens(5), ['rescan']);
  writeFileSync(join(music, 'sub', 'album', 'disc 2', 'new.flac'), 'x');
  assert.deepEqual(await listens(5), ['rescan']);
});

test('what changes on and on is scanned all the same', async () => {
  await looks(1);
  const scans: string[] = [];
  for (let n = 0; n < 60; n++) {
    writeFileSync(join(music, `${n}.flac`), 'x');
    scans.push(...(await listens(1)));
  }
  assert.deepEqual(scans, ['rescan', 'rescan']);
});

test('while an import runs it is asked again at the next look', async () => {
  await looks(1);
  writeFileSync(join(music, 'new.flac'), 'x');
  isBusy = true;
  assert.deepEqual(await listens(10), ['rescan']);
  assert.deepEqual(await looks(1), ['rescan']);
  isBusy = false;
  assert.deepEqual(await looks(1), ['rescan']);
  assert.deepEqual(await looks(12), []);
});

test('where the kernel watches no more it is said once, and the comparison notices', async () => {
  room = 1;
  assert.deepEqual(await looks(1), ['unwatched']);
  writeFileSync(join(music, 'sub', 'new.flac'), 'x');
  assert.deepEqual(await listens(10), []);
  assert.deepEqual(await looks(6), ['rescan']);
  assert.deepEqual(await looks(12), []);
});

test('a folder that is back is watched again, one that is none any more is not', async () => {
  await looks(1);
  renameSync(music, `${music}-away`);
  assert.deepEqual(await listens(4), ['lost 1 null']);
  row = { ...row, available: false };
  renameSync(`${music}-away`, music);
  assert.deepEqual(await looks(1), ['rescan']);
  row = { ...row, available: true };
  writeFileSync(join(music, 'sub', 'new.flac'), 'x');
  assert.deepEqual(await listens(5), ['rescan']);
  assert.equal(open, 1);
  row = { ...row, path: join(music, 'sub') };
  await looks(1);
  assert.equal(open, 1);
});
