// Session: one import job from first to last worker. Main thread; hands rows to the library one message at a time and
// starts a new worker where one died. It reads no file itself.
import type { ImportedFile } from '../../../sync/vocabulary/library.ts';
import { FIRST_ROWS, nextRows } from './batch-size.ts';
import type { ImportPorts } from './import.ts';
import type { StepSums } from './step-sums.ts';
import type { FoundFile, FromWorker, JobFolder, Rows, WorkerEnd, WorkerHandle } from './worker-port.ts';

/** What the job counts; the concept turns it into its status. */
export interface Tally {
  phase: 'scanning' | 'reading' | 'analysing' | 'paused';
  /** When the phase began, in monotonic ms. */
  sinceMs: number;
  found: number;
  done: number;
  foundBytes: number;
  doneBytes: number;
  added: number;
  failed: number;
  current: string | null;
}

export type Outcome =
  | { readonly state: 'done'; readonly fresh: number }
  | { readonly state: 'cancelled' }
  | { readonly state: 'failed'; readonly message: string };

export interface Session {
  readonly finished: Promise<Outcome>;
  /** Its worker ends; what it has sent is stored. */
  pause(): void;
  /** Another worker goes on where the rows that were stored end. */
  resume(): void;
  cancel(): void;
}

export interface SessionEvents {
  /** Something of the tally has changed. */
  progressed(): void;
  fileFailed(path: string, reason: string): void;
}

/** A file at which two workers died is broken; one death may have been somebody else's doing (no memory, a kill). */
const STRIKES = 2;
/** Deaths in a row before any file was reached. */
const MOST_EMPTY_DEATHS = 3;
const KNOWN_PAGE = 250;

export function runSession(
  ports: ImportPorts,
  folders: readonly JobFolder[],
  tally: Tally,
  sums: StepSums,
  events: SessionEvents,
  { retriesBroken = false } = {},
): Session {
  let worker: WorkerHandle | null = null;
  let isCancelled = false;
  let isPaused = false;
  /** The worker was ended by a pause, which may be over by now: that is no death. */
  let isInterrupted = false;
  /** Ends a pause. */
  let wake = () => {};
  /** Not to be tried again in this job. */
  const failedHere = new Set<string>();
  const strikes = new Map<string, number>();
  let emptyDeaths = 0;

  async function store(rows: Rows): Promise<void> {
    const { library } = ports;
    switch (rows.type) {
      case 'files':
        await addFiles(rows.files);
        return;
      case 'analysed': {
        await library.setAnalysis(rows.files);
        tally.done += rows.files.length;
        tally.doneBytes += rows.bytes;
        for (const { path, remark } of rows.files) if (remark !== null) events.fileFailed(path, remark);
        return;
      }
      case 'broken':
        await noteBroken(rows.file, rows.reason);
        return;
      case 'gone':
        await library.noteGone(rows.file);
        tally.done++;
        tally.doneBytes += rows.file.sizeBytes;
        return;
      case 'seen':
        await library.reconcile(rows.folder, rows.paths);
        return;
      case 'unreadable': {
        const { added } = await library.noteUnreadable(rows.folder, rows.items);
        for (const { path, reason } of added) {
          tally.failed++;
          events.fileFailed(path, reason);
        }
      }
    }
  }

  /** What cannot be stored at once is stored one by one, so that only the file that cannot be is left out. When the disk is
   *  full that cannot be noted either, and the job ends. */
  async function addFiles(files: readonly ImportedFile[]): Promise<void> {
    try {
      const { added } = await ports.library.addFiles(files);
      tally.added += added;
      tally.done += files.length;
      for (const { sizeBytes } of files) tally.doneBytes += sizeBytes;
    } catch (error) {
      const [file, ...others] = files;
      if (file === undefined || others.length > 0) for (const each of files) await addFiles([each]);
      else await noteBroken(file, `What its tags say cannot be stored: ${(error as Error).message}.`);
    }
  }

  async function noteBroken(file: FoundFile, reason: string): Promise<void> {
    await ports.library.noteBroken(file, reason);
    failedHere.add(`${file.folder}/${file.path}`);
    tally.failed++;
    tally.done++;
    tally.doneBytes += file.sizeBytes;
    events.fileFailed(file.path, reason);
  }

  /** One worker from start to end. */
  function work(): Promise<WorkerEnd & { readonly fresh: number | null }> {
    return new Promise((resolve) => {
      const own = ports.spawnWorker();
      worker = own;
      let fresh: number | null = null;
      let rows = FIRST_ROWS;
      let storing: Promise<unknown> = Promise.resolve();

      async function take(message: FromWorker): Promise<void> {
        if (isCancelled || isInterrupted) return;
        switch (message.type) {
          case 'phase':
            tally.phase = message.phase;
            tally.sinceMs = ports.clock.monotonicMs();
            tally.found = message.total;
            tally.foundBytes = message.totalBytes;
            tally.done = 0;
            tally.doneBytes = 0;
            break;
          case 'found':
            tally.found = message.found;
            break;
          case 'composing':
            tally.current = message.piece;
            break;
          case 'steps':
            sums.ofWorker(message.steps);
            return;
          case 'done':
            fresh = message.fresh;
            break;
          default: {
            const startMs = ports.clock.monotonicMs();
            await store(message);
            const tookMs = ports.clock.monotonicMs() - startMs;
            sums.did('store', tookMs);
            if (message.type === 'files' || message.type === 'analysed')
              rows = nextRows(message.files.length, tookMs);
            tally.current = own.at()?.path ?? tally.current;
            own.send({ type: 'ack', rows });
          }
        }
        events.progressed();
      }

      own.onMessage((message) => {
        storing = storing.then(() => take(message));
        storing.catch((error: unknown) => {
          ports.log.error('import: rows could not be stored', { error: String(error) });
          own.kill();
        });
      });
      own.onEnd((end) => {
        const ended = () => resolve({ ...end, fresh });
        storing.then(ended, ended);
      });
      void brief(own);
    });
  }

  /** Tells a worker what is known, in pages: the main thread is never held for long. */
  async function brief(own: WorkerHandle): Promise<void> {
    for (const { folder } of folders) {
      for (let after = ''; ; ) {
        const files = ports.library.knownFiles(folder, after, KNOWN_PAGE);
        // What is not known is read.
        const told = retriesBroken
          ? files.filter(({ state, path }) => state !== 'broken' || failedHere.has(`${folder}/${path}`))
          : files;
        if (told.length > 0) own.send({ type: 'known', folder, files: told });
        const last = files.at(-1);
        if (!last || files.length < KNOWN_PAGE) break;
        after = last.path;
        await ports.pause();
      }
    }
    const roots = ports.library.folders().map(({ path }) => path);
    own.send({ type: 'begin', folders, roots, artDir: ports.artDir });
  }

  async function run(): Promise<Outcome> {
    for (;;) {
      while (isPaused && !isCancelled) await new Promise<void>((resolve) => (wake = resolve));
      if (isCancelled) return { state: 'cancelled' };
      isInterrupted = false;
      const doneBefore = tally.added + tally.done;
      const end = await work();
      worker = null;
      sums.workerEnded();
      if (isCancelled) return { state: 'cancelled' };
      if (end.fresh !== null) return { state: 'done', fresh: end.fresh };
      if (isInterrupted) continue;
      ports.log.warn('import: the worker process ended; another goes on', { how: end.how, at: end.at?.path });
      emptyDeaths = end.at === null && tally.added + tally.done === doneBefore ? emptyDeaths + 1 : 0;
      if (emptyDeaths >= MOST_EMPTY_DEATHS)
        return {
          state: 'failed',
          message: `The import stopped: its process ended ${MOST_EMPTY_DEATHS} times before it could read a file (${end.how}). Run "segue doctor", then start the import again.`,
        };
      if (end.at !== null) await strike(end.at, end.how);
    }
  }

  async function strike(at: FoundFile, how: string): Promise<void> {
    const key = `${at.folder}/${at.path}`;
    const count = (strikes.get(key) ?? 0) + 1;
    strikes.set(key, count);
    if (count >= STRIKES)
      await noteBroken(at, `Reading it ended the import process ${count} times (${how}). Replace the file.`);
  }

  return {
    finished: run(),
    pause() {
      if (isPaused || isCancelled) return;
      isPaused = true;
      isInterrupted = true;
      tally.phase = 'paused';
      worker?.kill();
      events.progressed();
    },
    resume() {
      isPaused = false;
      wake();
    },
    cancel() {
      isCancelled = true;
      worker?.kill();
      wake();
    },
  };
}
