// The envelope of a passage from the real daemon and its real worker, on files that are there, gone and broken.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Import, PassageEnvelope } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeArc } from '../support/import-rig.ts';

const folder = temporaryFolder('envelope');
const music = join(folder.path, 'music');
let daemon: Daemon;

before(async () => {
  writeArc(join(music, '1.flac'));
  writeArc(join(music, '2.mp3'), 'mp3');
  daemon = await startDaemon({ state: join(folder.path, 'state'), music });
  await daemon.until(
    'the import',
    () => daemon.get<Import>('/import'),
    ({ status, counts }) => status?.state === 'done' && counts?.passages === 2,
    30_000,
  );
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

type Answered = PassageEnvelope & { error?: { code: string; message: string } };
const ask = async (passage: string) => {
  const answer = await fetch(`${daemon.url}/api/v1/passages/${passage}/envelope`);
  return { status: answer.status, ...((await answer.json()) as Answered) };
};
const cacheDir = () => join(daemon.state, 'cache/envelopes');

test('a FLAC and an MP3 are drawn as they were made, with the points the analysis found', async () => {
  for (const passage of ['p1', 'p2']) {
    const e = await ask(passage);
    assert.equal(e.status, 200, JSON.stringify(e.error));
    assert.equal(e.fileMs, 13_500);
    assert.ok(e.peaks.length >= 1900 && e.peaks.length <= 2001 && e.rms.length === e.peaks.length);
    assert.equal(Math.ceil(e.fileMs / e.spanMs), e.peaks.length);
    const at = (ms: number) => Math.floor(ms / e.spanMs);
    assert.equal(e.peaks[at(500)], 0);
    assert.ok(Math.abs((e.peaks[at(6500)] ?? 0) - 0.25) < 0.02);
    assert.ok(Math.abs((e.rms[at(6500)] ?? 0) - 0.25 * Math.SQRT1_2) < 0.02);
    assert.ok((e.peaks[at(2000)] ?? 1) < 0.05);
    const { startMs, leadInMs, leadOutMs, endMs, fadeInMs } = e.points;
    assert.ok(Math.abs(startMs - 950) < 60 && Math.abs(endMs - 12_050) < 60, JSON.stringify(e.points));
    assert.ok(Math.abs((leadInMs ?? 0) - 3800) < 120 && Math.abs((leadOutMs ?? 0) - 9200) < 120);
    assert.equal(fadeInMs, null);
  }
});

test('it is kept, and the setting of content points shows at once', async () => {
  assert.equal(readdirSync(cacheDir()).length, 2);
  await daemon.send('PUT', '/settings', { content_points: false });
  const { points } = await ask('p1');
  assert.deepEqual([points.startMs, points.leadInMs, points.endMs], [0, null, 13_500]);
  await daemon.send('PUT', '/settings', { content_points: true });
  const [kept] = readdirSync(cacheDir());
  assert.ok(statSync(join(cacheDir(), kept ?? '')).size < 60_000);
});

test('a file that is gone, and one that is no music any more, are said in words', async () => {
  renameSync(join(music, '1.flac'), join(folder.path, 'away.flac'));
  const gone = await ask('p1');
  assert.deepEqual([gone.status, gone.error?.code], [404, 'FILE_GONE']);
  truncateSync(join(music, '2.mp3'), 50);
  const broken = await ask('p2');
  assert.deepEqual([broken.status, broken.error?.code], [422, 'UNREADABLE']);
  assert.ok(!broken.error?.message.includes(music), broken.error?.message);
  renameSync(join(folder.path, 'away.flac'), join(music, '1.flac'));
  assert.equal((await ask('p1')).status, 200);
});

test('no worker is left when its client leaves', async () => {
  // Other bytes at the same place: not in the cache.
  writeArc(join(music, '1.flac'), 'flac', { title: 'other bytes' });
  const leaving = new AbortController();
  const asked = fetch(`${daemon.url}/api/v1/passages/p1/envelope`, { signal: leaving.signal });
  const workers = () =>
    readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8')
      .split(' ')
      .filter((pid) => {
        try {
          return pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('envelope-worker');
        } catch {
          return false;
        }
      });
  while (workers().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  leaving.abort();
  await assert.rejects(asked);
  await daemon.until(
    'the end of the worker',
    async () => workers().length,
    (count) => count === 0,
  );
});
