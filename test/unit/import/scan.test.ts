// The scan, on real folders and on a file system that refuses (root may read everything, so that one is played).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { isAudioName, type ScanFiles, scan } from '../../../daemon/import/scan.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'segue-scan-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), path);
  }
}
async function scanned(options: { files?: ScanFiles; others?: string[] } = {}) {
  const paths: string[] = [];
  const unreadable: Record<string, string> = {};
  const { files, others = [] } = options;
  for await (const file of scan({
    folder: 1,
    root,
    others: new Set(others),
    onUnreadable: (path, reason) => {
      unreadable[path] = reason;
    },
    ...(files ? { files } : {}),
  }))
    paths.push(file.path);
  return { paths, unreadable };
}

test('audio files in order, without hidden ones and other things', async () => {
  put(
    'b.flac',
    'a.MP3',
    'c/2.opus',
    'c/1.ogg',
    'c/d/x.m4a',
    '.hidden.mp3',
    '.git/x.flac',
    'notes.txt',
    'noext',
    'e.wv',
  );
  assert.deepEqual(await scanned(), {
    paths: ['a.MP3', 'b.flac', 'e.wv', 'c/1.ogg', 'c/2.opus', 'c/d/x.m4a'],
    unreadable: {},
  });
});

test('links are followed, each folder once, and loops end', async () => {
  put('music/a.flac', 'music/deep/b.flac');
  symlinkSync('music', join(root, 'z-again'));
  symlinkSync('..', join(root, 'music', 'up'));
  symlinkSync('me', join(root, 'me'));
  symlinkSync('music/a.flac', join(root, 'linked.flac'));
  symlinkSync('gone.flac', join(root, 'dangling.flac'));
  symlinkSync('gone', join(root, 'dangling-folder'));
  const { paths, unreadable } = await scanned();
  assert.deepEqual(paths, ['linked.flac', 'music/a.flac', 'music/deep/b.flac']);
  assert.deepEqual(Object.keys(unreadable).sort(), ['dangling.flac', 'me']);
});

test('another music folder inside this one is left to itself', async () => {
  put('a.flac', 'other/b.flac');
  assert.deepEqual((await scanned({ others: [join(root, 'other')] })).paths, ['a.flac']);
});

test('a place that may not be read is said, and the rest is scanned', async () => {
  put('a.flac', 'secret/b.flac', 'dead/c.flac', 'z/d.flac');
  const refuse = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  const files: ScanFiles = {
    readdir: (path) =>
      path.endsWith('secret')
        ? refuse('EACCES')
        : path.endsWith('dead')
          ? refuse('EIO')
          : readdir(path, { withFileTypes: true }),
    stat,
    realpath,
  };
  const { paths, unreadable } = await scanned({ files });
  assert.deepEqual(paths, ['a.flac', 'z/d.flac']);
  assert.match(unreadable.secret ?? '', /may not read this folder/);
  assert.match(unreadable.dead ?? '', /EIO/);
});

test('a music folder that is not there is one unreadable place with an empty path', async () => {
  rmSync(root, { recursive: true });
  assert.deepEqual(Object.keys((await scanned()).unreadable), ['']);
  mkdirSync(root);
});

test('names: the extension decides, whatever its case', () => {
  assert.ok(isAudioName('x.FLAC') && isAudioName('a.b.aiff'));
  assert.ok(!isAudioName('flac') && !isAudioName('.flac') && !isAudioName('x.flac.part'));
});
