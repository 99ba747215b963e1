// Music that is copied, retagged and taken away while the daemon plays: noticed by itself, within seconds.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeTone } from '../support/import-rig.ts';

const folder = temporaryFolder('watch');
const music = join(folder.path, 'music');
let daemon: Daemon;

interface Import {
  readonly status: { readonly state: string } | null;
  readonly counts: { readonly files: number; readonly missing: number };
}
const found = (q: string) =>
  daemon.get<{ passages: { title: string; artist: string }[] }>(`/library/search?q=${q}`);
/** Less than a comparison takes: it is the kernel that says so. */
const SOON_MS = 30_000;

before(async () => {
  writeTone(join(music, 'a', 'one.flac'), { seconds: 60, tags: { title: 'First', artist: 'Ann' } });
  daemon = await startDaemon({ state: join(folder.path, 'state'), music });
  const done = ({ status, counts }: Import) => status?.state === 'done' && counts.files === 1;
  await daemon.until('the first import', () => daemon.get<Import>('/import'), done, 60_000);
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

test('new, in a new folder; retagged in its place; gone', async () => {
  const second = join(music, 'b', 'deep', 'two.flac');
  mkdirSync(join(music, 'b', 'deep'), { recursive: true });
  writeTone(second, { seconds: 5, tags: { title: 'Second', artist: 'Ben' } });
  const isBy = (name: string) => (answer: Awaited<ReturnType<typeof found>>) =>
    answer.passages.some(({ artist }) => artist === name);
  await daemon.until('the new one', () => found('second'), isBy('Ben'), SOON_MS);
  writeTone(second, { seconds: 5, tags: { title: 'Second', artist: 'Benjamin' } });
  await daemon.until('the retagged one', () => found('second'), isBy('Benjamin'), SOON_MS);
  rmSync(second);
  const isGone = ({ counts }: Import) => counts.missing === 1;
  await daemon.until('that it is gone', () => daemon.get<Import>('/import'), isGone, SOON_MS);
  assert.equal((await daemon.get<Import>('/import')).counts.files, 2);
});
