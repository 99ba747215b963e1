// Files that kill or hang the process that reads them, planted under the real daemon: after a crash it starts again without
// the file that did it; a stick that never answers costs one entry and nothing of what sounds; the import goes on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AudioStats, History, Import, Queue, Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { write } from '../support/media-files.ts';
import { plant, plantingEnvironment, uproot } from '../support/plant.ts';
import { music } from '../support/signals.ts';

const folder = temporaryFolder('crash');
const SECONDS = 40;
const RATE = 44_100;
const files: string[] = [];
let environment: NodeJS.ProcessEnv;
let daemon: Daemon;

const state = join(folder.path, 'state');
const start = async () => {
  daemon = await startDaemon({ state, music: join(folder.path, 'music'), environment });
};
const status = () => daemon.get<Status>('/status');
const file = (index: number) => files[index] as string;
const passageOf = async (index: number) => {
  const { passages } = await daemon.get<{ passages: { passage: string; state: string; title: string }[] }>(
    `/library/search?q=piece${index}`,
  );
  const [card] = passages;
  assert.ok(card, `piece${index} is not in the library`);
  return card;
};
const playing = () => daemon.until('playing', status, (now) => (now.current?.positionMs ?? 0) > 0, 30_000);
const ended = () => new Promise((resolve) => daemon.process.once('close', (_, signal) => resolve(signal)));
/** Puts a piece next, so that the core opens it now. */
const next = async (index: number) =>
  daemon.send('POST', '/queue', { passage: (await passageOf(index)).passage, where: 'next' });

before(async () => {
  environment = plantingEnvironment(folder.path);
  mkdirSync(join(folder.path, 'music'));
  for (let index = 0; index < 8; index++)
    files.push(
      write(
        join(folder.path, 'music'),
        `piece${index}`,
        'flac',
        RATE,
        music(SECONDS * RATE, RATE, index + 1),
      ),
    );
  await start();
  await daemon.until(
    'the import',
    () => daemon.get<Import>('/import'),
    (job) => job.status?.state === 'done',
    60_000,
  );
  await playing();
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

async function isOutOfPlay(index: number, reason: RegExp): Promise<void> {
  assert.equal((await passageOf(index)).state, 'broken');
  const { failures } = await daemon.get<Import>('/import');
  assert.match(failures.find(({ path }) => path.includes(`piece${index}`))?.reason ?? '', reason);
  const { entries } = await daemon.get<Queue>('/queue');
  assert.ok(!entries.some(({ title }) => title === `piece${index}`), 'it is queued still');
}

test('a file that crashes the daemon when it is opened is passed over and marked at the next start', async () => {
  plant('crash', file(1));
  const crashed = ended();
  await next(1).catch(() => null);
  assert.equal(await crashed, 'SIGSEGV');
  await start();
  await playing();
  await isOutOfPlay(1, /Opening it crashed Segue \(SIGSEGV\)/);
  assert.match(daemon.log(), /piece1\.flac is passed over/);
  // Its exit code speaks of this machine, too: it may have no sound device.
  const doctor = spawnSync(process.execPath, ['deploy/segue.mjs', 'doctor', '--json'], {
    env: { ...process.env, SEGUE_STATE: state },
    encoding: 'utf8',
  });
  const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; message: string }[] };
  assert.match(
    checks.find(({ name }) => name === 'daemon library')?.message ?? '',
    /1 file cannot be played/,
  );
});

test('one that crashes it while it is decoded is, too, and its play has failed', async () => {
  plant('crash', file(2), 600_000);
  await next(2);
  const crashed = ended();
  await daemon.send('POST', '/skip').catch(() => null);
  assert.equal(await crashed, 'SIGSEGV');
  await start();
  await playing();
  await isOutOfPlay(2, /Reading it crashed Segue \(SIGSEGV\)/);
  const { plays } = await daemon.get<History>('/history');
  const open = plays.filter(({ title, ended: how }) => title === 'piece2' && how === null);
  assert.deepEqual(open, []);
});

test('a kill while a file is opened blames it the second time in a row, not the first', async () => {
  plant('hang', file(3));
  await next(3);
  const isHead = (queue: Queue) => queue.entries.find(({ sounding }) => !sounding)?.title === 'piece3';
  await new Promise((resolve) => setTimeout(resolve, 500));
  // Whatever another process sends, a watchdog say, is a kill.
  const killed = ended();
  daemon.process.kill('SIGABRT');
  assert.equal(await killed, 'SIGABRT');
  await start();
  await playing();
  assert.equal((await passageOf(3)).state, 'ok');
  await daemon.until('it to be next again', () => daemon.get<Queue>('/queue'), isHead);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await daemon.kill();
  await start();
  await playing();
  await isOutOfPlay(3, /killed twice in a row/);
});

test('a stick that never answers costs its entry: what sounds is not starved, and another follows', async () => {
  plant('hang', file(4));
  // From its beginning: it must outlast the waiting below.
  await daemon.send('POST', '/seek', { positionMs: 0 });
  const before = (await status()).current?.entry;
  await next(4);
  await daemon.until(
    'the hanging file to be given up',
    () => passageOf(4),
    (card) => card.state === 'missing',
    20_000,
  );
  const stats = await daemon.until(
    'its thread to be counted',
    () => daemon.get<AudioStats>('/audio'),
    ({ counters }) => counters.leakedSources === 1,
    20_000,
  );
  assert.equal(stats.counters.underruns, 0);
  assert.equal((await status()).current?.entry, before);
  const { entries } = await daemon.get<Queue>('/queue');
  assert.ok(
    entries.some(({ sounding, title }) => !sounding && title !== 'piece4'),
    'nothing follows',
  );
  uproot(file(4));
});

test('a stick that dies under what sounds: that plays as far as it was read, has failed, and the next begins', async () => {
  // A fifth of the file: less than its ring holds, so that the hanging read is under way at once.
  plant('hang', file(5), Math.floor(statSync(file(5)).size / 5));
  await next(5);
  const titled = async () => (await status()).current?.title;
  const isIt = (title: string | undefined) => title === 'piece5';
  await daemon.send('POST', '/skip');
  await daemon.until('it to sound', titled, isIt, 20_000);
  await daemon.until('another to follow', titled, (title) => title !== undefined && !isIt(title), 40_000);
  await daemon.until(
    'its play to have failed',
    () => daemon.get<History>('/history'),
    ({ plays }) => plays.find(({ title }) => title === 'piece5')?.ended === 'failed',
    20_000,
  );
  const after = (await status()).current?.entry;
  assert.match(
    (await daemon.get<{ sentence: string }>(`/why/${after}`)).sentence,
    / It began when “piece5” could not be played on\.$/,
  );
  await daemon.until(
    'its thread to be counted, too',
    () => daemon.get<AudioStats>('/audio'),
    ({ counters }) => counters.leakedSources === 2,
    20_000,
  );
  uproot(file(5));
});

test('it stops cleanly with threads that hang, and nothing is blamed afterwards', async () => {
  assert.equal(await daemon.stop(), 0);
  await start();
  await playing();
  await daemon.until(
    'the scan at the start to see it again',
    () => passageOf(4),
    (card) => card.state === 'ok',
    30_000,
  );
  const { failures } = await daemon.get<Import>('/import');
  assert.equal(failures.length, 3, JSON.stringify(failures));
});
