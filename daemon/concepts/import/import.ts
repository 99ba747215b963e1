// Import: brings music folders into the library, one job at a time. Main thread; the work is done by a worker process
// behind a port. Says how far it is at most four times a second; a file that fails never stops it.
import { resolve } from 'node:path';
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { ImportStatus, ImportVocabulary } from '../../../sync/vocabulary/import.ts';
import type { AnalysedFile, ImportedFile } from '../../../sync/vocabulary/library.ts';
import type { Clock, Db, Log } from '../../ports.ts';
import { type Outcome, runSession, type Session, type Tally } from './session.ts';
import { createStepSums } from './step-sums.ts';
import type { FoundFile, JobFolder, KnownFile, WorkerHandle } from './worker-port.ts';

/** How rows reach the Library: each call is a flow of its own, answered when it is committed. */
export interface ImportLibrary {
  folders(): readonly { folder: number; path: string; available: boolean }[];
  knownFiles(folder: number, after: string, limit: number): readonly KnownFile[];
  addFolder(path: string): Promise<{ folder: number }>;
  addFiles(files: readonly ImportedFile[]): Promise<{ added: number }>;
  setAnalysis(files: readonly AnalysedFile[]): Promise<unknown>;
  noteBroken(file: FoundFile, reason: string): Promise<unknown>;
  noteGone(file: FoundFile): Promise<unknown>;
  /** Answers those that were not known before. */
  noteUnreadable(
    folder: number,
    items: readonly { path: string; reason: string }[],
  ): Promise<{ added: readonly { path: string; reason: string }[] }>;
  reconcile(folder: number, seen: readonly string[] | null): Promise<unknown>;
}

export interface ImportPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly emit: Emit<ImportVocabulary>;
  readonly library: ImportLibrary;
  readonly spawnWorker: () => WorkerHandle;
  readonly isFolder: (path: string) => boolean;
  /** Lets other work of the main thread go first. */
  readonly pause: () => Promise<void>;
  /** Calls back once, later. */
  readonly after: (ms: number, work: () => void) => void;
  /** Where cover pictures are kept. */
  readonly artDir: string;
  /** The folder of the demo library: composed while it is imported. */
  readonly demoDir: string;
}

export type ImportConcept = Implementation<ImportVocabulary> & {
  /** Resolves when no job runs. */
  idle(): Promise<void>;
  /** Ends the job without a word: the daemon stops. */
  stop(): void;
};

const PROGRESS_EVERY_MS = 250;
/** Before that a rate says little. */
const RATE_AFTER_MS = 3000;
/** A file that changed within the last minute may still be growing: it is looked at once more. */
const SECOND_LOOK_MS = 60_000;

export function createImport(ports: ImportPorts): ImportConcept {
  const { db, clock, emit } = ports;
  const lastJob = db.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM import_jobs');
  const recordJob =
    db.prepare(`INSERT INTO import_jobs (id, started_at_ms, ended_at_ms, state, found, added, failed)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  let nextJob = (lastJob.get()?.id ?? 0) + 1;
  let running: {
    isPaused: boolean;
    pause(on: boolean): void;
    cancel(): void;
    finished: Promise<void>;
  } | null = null;
  let status: ImportStatus | null = null;
  let sums = createStepSums();
  let isStopped = false;

  /** The folders of a job. A path inside a music folder means that folder: no file is to be there twice. */
  async function foldersFor(path: string | undefined): Promise<JobFolder[]> {
    const known = ports.library.folders();
    const toJob = (row: { folder: number; path: string; available: boolean }): JobFolder => ({
      ...row,
      compose: row.path === ports.demoDir,
    });
    if (path === undefined) return known.map(toJob);
    const inside = known.find(
      (row) => path === row.path || path.startsWith(`${row.path === '/' ? '' : row.path}/`),
    );
    if (inside) return [toJob(inside)];
    const { folder } = await ports.library.addFolder(path);
    return [toJob({ folder, path, available: true })];
  }

  function begin(job: number, path: string | undefined, retriesBroken = false): void {
    const startedAtMs = clock.nowMs();
    const tally: Tally = {
      ...{ phase: 'scanning', sinceMs: clock.monotonicMs(), found: 0, done: 0, foundBytes: 0, doneBytes: 0 },
      ...{ added: 0, failed: 0, current: null },
    };
    sums = createStepSums();
    let saidAtMs = Number.NEGATIVE_INFINITY;
    let saidPhase = '';
    let session: Session | null = null;
    let isCancelled = false;

    function progressed(): void {
      const nowMs = clock.monotonicMs();
      status = statusOf(job, tally, tally.phase, null, nowMs);
      if (saidPhase === tally.phase && nowMs - saidAtMs < PROGRESS_EVERY_MS) return;
      saidAtMs = nowMs;
      saidPhase = tally.phase;
      emit('progressed', status);
    }

    async function run(): Promise<void> {
      let outcome: Outcome;
      try {
        const folders = await foldersFor(path);
        const events = {
          progressed,
          fileFailed: (failed: string, reason: string) => emit('fileFailed', { path: failed, reason }),
        };
        session = runSession(ports, folders, tally, sums, events, { retriesBroken });
        if (own.isPaused) session.pause();
        if (isCancelled) session.cancel();
        outcome = await session.finished;
      } catch (error) {
        ports.log.error('import: the job failed', { error: String(error) });
        outcome = { state: 'failed', message: `The import stopped: ${String(error)}. Start it again.` };
      }
      running = null;
      if (isStopped) return;
      tally.current = null;
      status = statusOf(job, tally, outcome.state, messageOf(outcome, tally));
      // A rescan that finds nothing new writes nothing on the card.
      if (tally.added + tally.failed > 0 || outcome.state !== 'done')
        recordJob.run(job, startedAtMs, clock.nowMs(), outcome.state, tally.found, tally.added, tally.failed);
      emit('finished', status);
      if (outcome.state === 'done' && outcome.fresh > 0) lookAgain(path);
    }

    status = statusOf(job, tally, 'scanning', null);
    const own = {
      isPaused: false,
      pause(on: boolean) {
        own.isPaused = on;
        if (on) session?.pause();
        else session?.resume();
      },
      cancel() {
        isCancelled = true;
        session?.cancel();
      },
      // On the next turn: the action that starts the job is answered first.
      finished: ports.pause().then(() => run()),
    };
    running = own;
  }

  function lookAgain(path: string | undefined): void {
    ports.after(SECOND_LOOK_MS, () => {
      if (running === null && !isStopped) begin(nextJob++, path);
    });
  }

  return {
    actions: {
      start(input) {
        if (running !== null)
          return {
            error: 'ALREADY_RUNNING',
            message: running.isPaused
              ? 'An import is paused. Let it go on, or cancel it.'
              : 'An import is running. Wait until it is done, or cancel it.',
          };
        const path = input.path === undefined ? undefined : resolve(input.path);
        const isKnown = path !== undefined && ports.library.folders().some((row) => row.path === path);
        if (path !== undefined && path !== ports.demoDir && !isKnown && !ports.isFolder(path))
          return {
            error: 'NOT_A_FOLDER',
            message: `${path} is not a folder that can be read. Check the path.`,
          };
        const job = nextJob++;
        begin(job, path, input.retry === true);
        return { job };
      },
      pause({ job }) {
        if (running === null || running.isPaused || status?.job !== job) return { job, paused: false };
        running.pause(true);
        return { job, paused: true };
      },
      resume({ job }) {
        if (running === null || !running.isPaused || status?.job !== job) return { job, resumed: false };
        running.pause(false);
        return { job, resumed: true };
      },
      cancel({ job }) {
        if (running === null || status?.job !== job) return { job, cancelled: false };
        running.cancel();
        return { job, cancelled: true };
      },
    },
    queries: { status: () => (status === null ? [] : [status]), steps: () => sums.read() },
    async idle() {
      while (running !== null) await running.finished;
    },
    stop() {
      isStopped = true;
      running?.cancel();
    },
  };
}

function statusOf(
  job: number,
  tally: Tally,
  state: ImportStatus['state'],
  message: string | null,
  nowMs: number | null = null,
): ImportStatus {
  const { sinceMs, found, done, foundBytes, doneBytes, added, failed, current } = tally;
  const passedMs = nowMs === null || state === 'paused' ? 0 : nowMs - sinceMs;
  const bytesPerS = passedMs < RATE_AFTER_MS || doneBytes === 0 ? null : (doneBytes / passedMs) * 1000;
  const leftMs = bytesPerS === null ? null : ((foundBytes - doneBytes) / bytesPerS) * 1000;
  const sums = { found, done, foundBytes, doneBytes, added, failed };
  return { job, state, ...sums, bytesPerS, leftMs, current, message };
}

function messageOf(outcome: Outcome, tally: Tally): string {
  if (outcome.state === 'failed') return outcome.message;
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const sum = `${count(tally.added, 'new file')}, ${count(tally.failed, 'failure')}`;
  return outcome.state === 'cancelled' ? `Cancelled: ${sum}.` : `Done: ${sum}.`;
}
