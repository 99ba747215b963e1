// Backup: copies of the database, and an export of what persons made, in the state directory.
import type { CalendarMs, Failure, Nothing } from './common.ts';

/** database: all of segue.db. export: what persons made, as lines of JSON. */
export type BackupKind = 'database' | 'export';

export interface BackupFile {
  readonly kind: BackupKind;
  readonly name: string;
  readonly atMs: CalendarMs;
  readonly bytes: number;
}

export interface BackupVocabulary {
  actions: {
    /** Writes one, in a process of its own, and checks it. `written` false: nothing has changed since that one. */
    run: {
      input: { kind: BackupKind; why: 'due' | 'asked' };
      output:
        | { kind: BackupKind; name: string; bytes: number; written: boolean }
        | Failure<'ALREADY_RUNNING' | 'BACKUP_FAILED'>;
    };
    /** What persons made and a recovery could not put back, because the files it speaks of were not known: tried again. */
    mergeLeft: { input: Nothing; output: { merged: number; left: number } };
  };
  queries: {
    /** Newest first. */
    list: { input: Nothing; row: BackupFile };
    /** One row when one is due, and none is being written. */
    due: { input: Nothing; row: { kind: BackupKind } };
    /** One row while anything waits to be put back. */
    unmerged: { input: Nothing; row: { lines: number } };
  };
  events: {
    written: { kind: BackupKind; name: string; bytes: number };
    failed: { kind: BackupKind; message: string };
    merged: { merged: number; left: number };
  };
}
