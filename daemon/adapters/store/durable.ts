// Brings what segue.db has committed onto the disk: at once where somebody is told that it is done; what the radio does by itself
// some seconds later, together with what follows it, by a thread of Node's. So a transition never waits for a slow card, and a
// card takes one write where there would be three. Main thread; SQLite itself no longer waits for the disk at a commit
// (synchronous=NORMAL: after a power cut the database is whole, and as it was when it was last brought there).
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type { Db } from '../../ports.ts';
import { fillLog, lengthenLog } from './log-length.ts';

export const LOG_BYTES = 2 * 1024 ** 2;

/** So much of what the radio did by itself a power cut may take. A kill takes nothing. */
export const SOON_MS = 20_000;

export interface Durable {
  /** All that was committed is on the disk when this returns. Throws when it cannot be brought there. */
  now(): void;
  /** What was committed is on the disk within SOON_MS. To be called after each transaction. */
  soon(): void;
  close(): void;
}

export interface Disk {
  /** lengthenLog() of log-length.ts. */
  lengthen(path: string, bytes: number): void;
  open(path: string): number;
  sync(file: number): void;
  syncLater(file: number, done: (error: Error | null) => void): void;
  close(file: number): void;
}

const disk: Disk = {
  lengthen: lengthenLog,
  open: (path) => openSync(path, 'r'),
  sync: fdatasyncSync,
  syncLater: fdatasync,
  close: closeSync,
};

export interface DurableParts {
  readonly db: Db;
  /** Of the database. */
  readonly path: string;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onError: (error: Error) => void;
  readonly disk?: Disk;
}

export function createDurable({ db, path, after, onError, disk: use = disk }: DurableParts): Durable {
  db.pragma('synchronous = NORMAL');
  try {
    fillLog(db, path, LOG_BYTES, use.lengthen);
  } catch (error) {
    onError(error as Error);
  }
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
  // It stays the same file as long as this connection is open.
  let log: number | null = null;
  const logFile = () => (log ??= use.open(`${path}-wal`));
  let onDisk = changes.get() as number;
  let cancel: (() => void) | null = null;
  let isAtWork = false;
  let isClosed = false;

  function letGo(): void {
    if (log !== null) use.close(log);
    log = null;
  }

  function later(): void {
    cancel = null;
    const reached = changes.get() as number;
    if (reached === onDisk) return;
    isAtWork = true;
    use.syncLater(logFile(), (error) => {
      isAtWork = false;
      if (isClosed) return letGo();
      if (error !== null) {
        onError(error);
        cancel ??= after(SOON_MS, later);
      } else {
        onDisk = Math.max(onDisk, reached);
        if (changes.get() !== onDisk) cancel ??= after(SOON_MS, later);
      }
    });
  }

  return {
    now() {
      const reached = changes.get() as number;
      if (reached === onDisk) return;
      use.sync(logFile());
      onDisk = reached;
    },
    soon() {
      if (cancel === null && !isAtWork && changes.get() !== onDisk) cancel = after(SOON_MS, later);
    },
    close() {
      cancel?.();
      isClosed = true;
      // Its number may be another file's as soon as it is closed.
      if (!isAtWork) letGo();
    },
  };
}
