// Bench: how fast tagged files come in without analysis beside Debian's mpd, how long a batch holds the main thread, how long a
// second look at an unchanged folder takes, the most memory of both; and how many times faster than real time the analysis is.
// The real worker process, as it was built, and a database on disk. Arguments: numbers of files (default 2000 and 20000), and a folder of music
// to analyse (default: demo pieces).
import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import { TICKS_PER_SECOND } from '../../audio/ticks.ts';
import { openStore } from '../../daemon/adapters/store/open.ts';
import { composeDemoLibrary } from '../../daemon/demo/compose.ts';
import { demoPieces } from '../../daemon/demo/pieces.ts';
import { importRig, silentLog, temporaryFolder, writeTone } from '../support/import-rig.ts';
import { type Mpd, startMpd } from './support/mpd.ts';
import { children, peakMb } from './support/process-cost.ts';

const DIFFERENT_FILES = 20;
const POLL_MS = 10;
/** As the daemon starts it, not from source. */
const SPAWN_WORKER = '../../dist/daemon/adapters/import/spawn-worker.js';

export const bench = {
  name: 'import',
  summary:
    'files a second without analysis beside mpd (target 1,000), batch times, memory, analysis against real time (target 100 x)',
  async run(args: string[]): Promise<void> {
    const counts = args.filter((arg) => /^\d+$/.test(arg)).map(Number);
    const music = args.find((arg) => !/^\d+$/.test(arg));
    for (const count of counts.length > 0 ? counts : [2000, 20_000])
      await inFolder((dir) => reading(dir, count));
    await inFolder(async (dir) => analysing(music ?? (await demo(dir))));
  },
};

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await run(folder.path);
  } finally {
    folder.remove();
  }
}

/** So many files, of few different contents: each has a path of its own, and most of them another's tags. */
function writeFiles(music: string, count: number): void {
  const pathOf = (n: number) => join(music, String(Math.floor(n / 12)), `${n}.flac`);
  for (let n = 0; n < count; n++) {
    if (n < DIFFERENT_FILES)
      writeTone(pathOf(n), {
        seconds: 1,
        hz: 200 + 20 * n,
        tags: { title: `Title ${n}`, artist: `Artist ${n % 7}`, album: 'Album', track: String(n) },
      });
    else {
      mkdirSync(join(pathOf(n), '..'), { recursive: true });
      copyFileSync(pathOf(n % DIFFERENT_FILES), pathOf(n));
    }
  }
}

async function reading(dir: string, count: number): Promise<void> {
  const music = join(dir, 'music');
  writeFiles(music, count);
  const opened = openStore({ stateDir: join(dir, 'state'), nowMs: Date.now() });
  if ('error' in opened) throw new Error(opened.message);
  const { spawnImportWorker } = (await import(
    SPAWN_WORKER
  )) as typeof import('../../daemon/adapters/import/spawn-worker.ts');
  const spawnWorker = () => spawnImportWorker(silentLog);
  const rig = importRig({ artDir: join(dir, 'art'), db: opened.db, spawnWorker });
  let workerMb = 0;
  const look = () => {
    workerMb = Math.max(workerMb, ...children().map(peakMb));
    return new Promise((resolve) => setTimeout(resolve, POLL_MS));
  };
  const startMs = performance.now();
  await rig.import.actions.start({ path: music });
  let firstMs = 0;
  while (rig.status()?.state !== 'analysing') {
    if (firstMs === 0 && rig.batchMs.length > 0) firstMs = performance.now() - startMs;
    await look();
  }
  const readMs = performance.now() - startMs - firstMs;
  rig.import.stop();
  await rig.import.idle();

  const againMs = performance.now();
  await rig.import.actions.start({ path: music });
  while (rig.status()?.state !== 'analysing') await look();
  const unchangedMs = performance.now() - againMs;
  rig.import.stop();
  await rig.import.idle();
  opened.db.close();

  const sorted = [...rig.batchMs].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const say = (what: string, text: string) => console.log(`${what.padEnd(22)}${text}`);
  say(`${count} files`, '');
  say('first passage after', `${firstMs.toFixed(0)} ms (the start of the worker included)`);
  say(
    'all after',
    `${((firstMs + readMs) / 1000).toFixed(2)} s, ${((count / readMs) * 1000).toFixed(0)} files/s`,
  );
  say('nothing changed', `${(unchangedMs / 1000).toFixed(2)} s`);
  say('batches', `${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`);
  say(
    'memory',
    `worker ${workerMb.toFixed(0)} MB, this process ${peakMb(process.pid).toFixed(0)} MB at most`,
  );
  // It reads what it finds when it starts: so it starts with nothing.
  const empty = join(dir, 'mpd-music');
  mkdirSync(empty);
  const mpd = await startMpd(join(dir, 'mpd'), empty);
  if (mpd === null) say('mpd', 'not measured: install mpd and mpc');
  else {
    symlinkSync(music, join(empty, 'all'));
    const updateMs = timedUpdate(mpd);
    const seconds = ((firstMs + readMs) / updateMs).toFixed(2);
    const known = /Songs:\s+(\d+)/.exec(mpd.mpc('stats'))?.[1] ?? '0';
    if (Number(known) !== count) throw new Error(`mpd knows ${known} of ${count}`);
    say(
      'mpd update',
      `${(updateMs / 1000).toFixed(2)} s, ${peakMb(mpd.pid).toFixed(0)} MB at most; ratio ${seconds}`,
    );
    say('mpd, nothing changed', `${(timedUpdate(mpd) / 1000).toFixed(2)} s`);
    mpd.stop();
  }
  console.log('');
}

function timedUpdate(mpd: Mpd): number {
  const startMs = performance.now();
  mpd.mpc('--wait', 'update');
  return performance.now() - startMs;
}

async function analysing(dir: string): Promise<void> {
  const media = mediaTools();
  const ratios = new Map<string, number[]>();
  for (const name of readdirSync(dir, { recursive: true }).map(String)) {
    const startMs = performance.now();
    const measures = media.measure(join(dir, name));
    if ('error' in measures) continue;
    const kind = name.slice(name.lastIndexOf('.') + 1);
    const ratio = measures.durationTicks / TICKS_PER_SECOND / ((performance.now() - startMs) / 1000);
    ratios.set(kind, [...(ratios.get(kind) ?? []), ratio]);
  }
  for (const [kind, values] of ratios) {
    const sorted = values.sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    console.log(
      `analysis of ${kind.padEnd(10)}${median.toFixed(0)} x real time (median of ${sorted.length})`,
    );
  }
}

async function demo(dir: string): Promise<string> {
  const path = join(dir, 'demo');
  const pieces = demoPieces()
    .slice(0, 12)
    .map((piece) => ({ ...piece, seconds: 40 }));
  const startMs = performance.now();
  await composeDemoLibrary({ dir: path, media: mediaTools(), pieces, onPiece() {} });
  const seconds = (performance.now() - startMs) / 1000;
  console.log(`composing             ${((pieces.length * 40) / seconds).toFixed(0)} x real time`);
  return path;
}
