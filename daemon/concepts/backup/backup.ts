// Backup: copies of the database, and an export of what persons made. Main thread; what is written is written and checked
// by a process of its own. It never decides what is done with a backup: that is for the start of the daemon.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { BackupKind, BackupVocabulary } from '../../../sync/vocabulary/backup.ts';
import type { Clock, Log } from '../../ports.ts';
import { dueNow, nightOf } from './when-due.ts';
import type { BackupAnswer, BackupJob, BackupWorker, Unmerged } from './worker-port.ts';

export interface BackupPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly emit: Emit<BackupVocabulary>;
  readonly worker: BackupWorker;
  readonly unmerged: Unmerged;
  /** The day on the wall at a moment, as a name. */
  readonly dayOf: (atMs: number) => string;
}

export type Backup = Implementation<BackupVocabulary> & {
  /** Ends what is being written: the daemon stops. */
  readonly stop: () => void;
};

export function createBackup({ clock, log, emit, worker, unmerged, dayOf }: BackupPorts): Backup {
  const startedAtMs = clock.monotonicMs();
  const triedAtMs: Record<BackupKind, number | null> = { database: null, export: null };
  let exportedNight: string | null = null;
  let running: BackupJob | null = null;
  /** Read when something was written: nobody else writes there while it runs. */
  let files = worker.list();
  let waiting = unmerged.count();

  async function run(kind: BackupKind) {
    if (running !== null) {
      const message = 'A backup is being written already: wait until it is done.';
      return { error: 'ALREADY_RUNNING', message } as const;
    }
    const atMs = clock.nowMs();
    triedAtMs[kind] = clock.monotonicMs();
    running = worker.write(kind, atMs);
    const answer: BackupAnswer = await running.answer;
    running = null;
    files = worker.list();
    if ('fault' in answer) {
      const message = `The ${NAMES[kind]} could not be written: ${answer.fault}. Look whether the disk is full or worn out.`;
      emit('failed', { kind, message });
      return { error: 'BACKUP_FAILED', message } as const;
    }
    const { name, bytes, written, copyFault } = answer;
    if (kind === 'export') exportedNight = nightOf(atMs, dayOf);
    if (written) emit('written', { kind, name, bytes });
    if (copyFault !== null) {
      log.warn('A backup has no second copy.', { name, fault: copyFault });
      const message = `${name} is written, but not copied to backup_folder: ${copyFault}. Is the stick there, and not full?`;
      emit('failed', { kind, message });
    }
    return { kind, name, bytes, written };
  }

  return {
    actions: {
      run: ({ kind }) => run(kind),
      mergeLeft() {
        const { merged, left } = unmerged.merge();
        waiting = left;
        if (merged > 0) emit('merged', { merged, left });
        return { merged, left };
      },
    },
    queries: {
      unmerged: () => (waiting > 0 ? [{ lines: waiting }] : []),
      list() {
        files = worker.list();
        return files;
      },
      due() {
        if (running !== null) return [];
        const monotonicMs = clock.monotonicMs();
        const since = (kind: BackupKind) => {
          const triedMs = triedAtMs[kind];
          return triedMs === null ? null : monotonicMs - triedMs;
        };
        const kind = dueNow({
          nowMs: clock.nowMs(),
          upMs: monotonicMs - startedAtMs,
          files,
          sinceMs: { database: since('database'), export: since('export') },
          exportedNight,
          dayOf,
        });
        return kind === null ? [] : [{ kind }];
      },
    },
    stop: () => running?.kill(),
  };
}

const NAMES: Readonly<Record<BackupKind, string>> = {
  database: 'backup of the database',
  export: 'export of what persons made',
};
