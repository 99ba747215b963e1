// What Backup needs from the process that writes one. Types only.
import type { BackupFile, BackupKind } from '../../../sync/vocabulary/backup.ts';

export interface BackupDone {
  readonly name: string;
  readonly bytes: number;
  /** False: it would have been the same as the newest one. */
  readonly written: boolean;
  /** What went wrong with the second copy, elsewhere; null: nothing, or there is none. */
  readonly copyFault: string | null;
}

export type BackupAnswer = BackupDone | { readonly fault: string };

export interface BackupJob {
  /** Never rejects. */
  readonly answer: Promise<BackupAnswer>;
  kill(): void;
}

/** What persons made and waits for the files it speaks of. */
export interface Unmerged {
  /** Lines that wait. */
  count(): number;
  /** Inside the caller's transaction. */
  merge(): { readonly merged: number; readonly left: number };
}

export interface BackupWorker {
  write(kind: BackupKind, atMs: number): BackupJob;
  /** Newest first. */
  list(): readonly BackupFile[];
}
