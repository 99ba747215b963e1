// Backup as the daemon has it: files in the state directory, written by a process of its own, nights by the clock on the
// wall. Main thread, at start; it writes nothing itself.
import type { Emit } from '../sync/concept.ts';
import type { BackupVocabulary } from '../sync/vocabulary/backup.ts';
import { listBackupFiles } from './adapters/store/backup-files.ts';
import { spawnBackup } from './adapters/store/spawn-backup.ts';
import { countUnmerged, mergeUnmerged, unmergedFile } from './adapters/store/unmerged.ts';
import { type Backup, createBackup } from './concepts/backup/backup.ts';
import { localTimeAt } from './local-time.ts';
import type { Places } from './places.ts';
import type { Clock, Db, Log } from './ports.ts';

export interface BackupsPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly emit: Emit<BackupVocabulary>;
  readonly places: Places;
  /** Where second copies go; null: nowhere. */
  readonly copyTo: () => string | null;
  readonly timeZone: () => string;
}

export function createBackups({ db, clock, log, emit, places, copyTo, timeZone }: BackupsPorts): Backup {
  const { database, stateDirectory, rulesDirectory, scriptsDirectory, backupsDirectory } = places;
  const folders = { stateDirectory, rulesDirectory, scriptsDirectory };
  const unmerged = unmergedFile(stateDirectory);
  return createBackup({
    clock,
    log,
    emit,
    worker: {
      list: () => listBackupFiles(backupsDirectory),
      write: (kind, atMs) => spawnBackup({ kind, database, ...folders, copyTo: copyTo(), atMs }),
    },
    unmerged: {
      count: () => countUnmerged(unmerged),
      merge: () => mergeUnmerged(db, unmerged, clock.nowMs(), (run) => void setImmediate(run)),
    },
    dayOf(atMs) {
      const { year, month, dayOfMonth } = localTimeAt(atMs, timeZone());
      return `${year}-${month}-${dayOfMonth}`;
    },
  });
}
