// An Import over a real Library in memory and the real worker process, with its events recorded; and real audio files.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import { spawnImportWorker } from '../../daemon/adapters/import/spawn-worker.ts';
import { createImport, type ImportLibrary } from '../../daemon/concepts/import/import.ts';
import type { WorkerHandle } from '../../daemon/concepts/import/worker-port.ts';
import type { Db, Log } from '../../daemon/ports.ts';
import { openLibrary } from './library-fixture.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A temporary folder, removed by `remove`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'segue-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A tone with a beat, as a real file of the kind its codec says. */
export function writeTone(
  path: string,
  options: {
    codec?: 'flac' | 'mp3' | 'opus' | 'aac' | 'wav16';
    seconds?: number;
    hz?: number;
    tags?: object;
    cover?: Uint8Array;
  } = {},
): void {
  const { codec = 'flac', seconds = 3, hz = 440, tags = {}, cover } = options;
  const rateHz = 48_000;
  const samples = new Float32Array(rateHz * seconds * 2);
  for (let n = 0; n < rateHz * seconds; n++) {
    const beat = 0.2 + 0.8 * Math.exp(-((n % (rateHz / 2)) / rateHz) * 8);
    const value = 0.5 * beat * Math.sin((2 * Math.PI * hz * n) / rateHz);
    samples[2 * n] = value;
    samples[2 * n + 1] = value;
  }
  mkdirSync(dirname(path), { recursive: true });
  const written = mediaTools().encode({
    path,
    codec,
    rateHz,
    samples,
    tags: tags as Record<string, string>,
    ...(cover ? { cover } : {}),
  });
  if ('error' in written) throw new Error(written.message);
}

/** 1 s of silence, a tone rising from -40 dB to 0.25 within 4 s, 3 s of that, falling in 4 s, 1.5 s of silence. */
export function writeArc(
  path: string,
  codec: 'flac' | 'mp3' = 'flac',
  tags: Record<string, string> = {},
): void {
  const rateHz = 44_100;
  const samples = new Float32Array(rateHz * 13.5 * 2);
  for (let n = rateHz; n < 12 * rateHz; n++) {
    const t = n / rateHz;
    const slope = Math.min(1, (t - 1) / 4, (12 - t) / 4);
    samples.fill(0.25 * 10 ** (-2 * (1 - slope)) * Math.sin(2 * Math.PI * 1000 * t), 2 * n, 2 * n + 2);
  }
  mkdirSync(dirname(path), { recursive: true });
  const written = mediaTools().encode({ path, codec, rateHz, samples, tags });
  if ('error' in written) throw new Error(written.message);
}

/** What the composition root does through the engine's door, without an engine. */
function directLibrary(library: ReturnType<typeof openLibrary>, batchMs: number[]): ImportLibrary {
  const { actions, queries } = library;
  return {
    folders: () => queries.folders({}),
    knownFiles: (folder, after, limit) => queries.knownFiles({ folder, after, limit }),
    addFolder: async (path) => actions.addFolder({ path }),
    async addFiles(files) {
      const startMs = performance.now();
      const output = actions.addFiles({ files });
      batchMs.push(performance.now() - startMs);
      return output;
    },
    setAnalysis: async (files) => actions.setAnalysis({ files }),
    noteBroken: async (file, reason) => actions.noteBroken({ ...file, reason }),
    noteGone: async ({ folder, path }) => actions.noteGone({ folder, path }),
    noteUnreadable: async (folder, items) => actions.noteUnreadable({ folder, items }),
    reconcile: async (folder, seen) => actions.reconcile({ folder, seen }),
  };
}

export function importRig(options: {
  artDir: string;
  spawnWorker?: () => WorkerHandle;
  demoDir?: string;
  db?: Db;
}) {
  const library = openLibrary(options.db ? { db: options.db } : {});
  const batchMs: number[] = [];
  const workers: WorkerHandle[] = [];
  const spawn = options.spawnWorker ?? (() => spawnImportWorker(silentLog));
  const later: (() => void)[] = [];
  const monotonicMs = () => performance.now();
  const concept = createImport({
    db: library.db,
    clock: { nowMs: () => library.clock.now, monotonicMs },
    log: silentLog,
    emit: (event, payload) => library.events.push({ event, payload }),
    library: directLibrary(library, batchMs),
    spawnWorker() {
      const worker = spawn();
      workers.push(worker);
      return worker;
    },
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    after: (_ms, work) => later.push(work),
    artDir: options.artDir,
    demoDir: options.demoDir ?? '/nowhere',
  });
  const { events } = library;
  return {
    library,
    import: concept,
    workers,
    /** How long each batch of new files held the main thread. */
    batchMs,
    events,
    later,
    status: () => concept.queries.status({})[0],
    failures: () =>
      Object.fromEntries(library.queries.failures({ limit: 100 }).map((row) => [row.path, row.reason])),
    cards: () => library.queries.search({ text: '', limit: 1000 }),
    async run(path?: string) {
      const answer = await concept.actions.start(path === undefined ? {} : { path });
      await concept.idle();
      return answer;
    },
    /** Resolves when an event that fits was emitted. */
    async until(fits: (event: { event: string; payload: object }) => boolean): Promise<void> {
      while (!events.some(fits)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}
