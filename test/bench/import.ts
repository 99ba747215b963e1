// Bench: how fast tagged files come in without analysis, how long a batch holds the main thread, and how many times
// faster than real time the analysis is. The real worker process and a database on disk.
// Arguments: the number of files (default 2000), and a folder of music to analyse (default: demo pieces).
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import { TICKS_PER_SECOND } from '../../audio/ticks.ts';
import { openStore } from '../../daemon/adapters/store/open.ts';
import { composeDemoLibrary } from '../../daemon/demo/compose.ts';
import { demoPieces } from '../../daemon/demo/pieces.ts';
import { importRig, temporaryFolder, writeTone } from '../support/import-rig.ts';

const DIFFERENT_FILES = 20;
const POLL_MS = 2;

export const bench = {
  name: 'import',
  summary:
    'files a second without analysis (target 1,000), batch times, analysis against real time (target 100 x)',
  async run(args: string[]): Promise<void> {
    const folder = temporaryFolder();
    try {
      await reading(folder.path, Number(args[0] ?? 2000));
      await analysing(args[1] ?? (await demo(folder.path)));
    } finally {
      folder.remove();
    }
  },
};

async function reading(dir: string, count: number): Promise<void> {
  const music = join(dir, 'music');
  for (let n = 0; n < count; n++) {
    const path = join(music, String(Math.floor(n / 12)), `${n}.flac`);
    if (n < DIFFERENT_FILES)
      writeTone(path, {
        seconds: 1,
        hz: 200 + 20 * n,
        tags: { title: `Title ${n}`, artist: `Artist ${n % 7}`, album: 'Album', track: String(n) },
      });
    else {
      mkdirSync(join(path, '..'), { recursive: true });
      copyFileSync(
        join(music, String(Math.floor((n % DIFFERENT_FILES) / 12)), `${n % DIFFERENT_FILES}.flac`),
        path,
      );
    }
  }
  const opened = openStore({ stateDir: join(dir, 'state'), nowMs: Date.now() });
  if ('error' in opened) throw new Error(opened.message);
  const rig = importRig({ artDir: join(dir, 'art'), db: opened.db });
  const startMs = performance.now();
  await rig.import.actions.start({ path: music });
  let firstMs = 0;
  while (rig.status()?.state !== 'analysing') {
    if (firstMs === 0 && rig.batchMs.length > 0) firstMs = performance.now() - startMs;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const readMs = performance.now() - startMs - firstMs;
  rig.import.stop();
  await rig.import.idle();
  opened.db.close();
  const sorted = [...rig.batchMs].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  console.log(
    `first passage after   ${firstMs.toFixed(0)} ms (the start of the worker from source included)`,
  );
  console.log(`then                  ${((count / readMs) * 1000).toFixed(0)} files/s, ${count} files`);
  console.log(
    `batches               ${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`,
  );
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
