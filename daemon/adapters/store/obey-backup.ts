// What the backup process is told, and what it does about it: one backup or export, checked, and a second copy; or a look at
// all of the database. It opens the database for reading only.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { BackupAnswer } from '../../concepts/backup/worker-port.ts';
import { faultsOf, writeBackup } from './backup.ts';
import { copyBackup, writeExport } from './backup-files.ts';
import { exportText, type OwnerFile } from './export.ts';

export interface BackupOrder {
  readonly kind: 'database' | 'export';
  readonly database: string;
  readonly stateDirectory: string;
  readonly rulesDirectory: string;
  readonly scriptsDirectory: string;
  /** Null: there is no second copy. */
  readonly copyTo: string | null;
  readonly atMs: number;
}

export interface CheckOrder {
  readonly kind: 'check';
  readonly database: string;
}

export interface CheckAnswer {
  /** In words; empty: it is sound. */
  readonly problems: readonly string[];
}

export function obeyCheck({ database }: CheckOrder): CheckAnswer {
  return { problems: faultsOf(database) };
}

function ownerFiles(directory: string, kind: OwnerFile['kind'], form: RegExp): OwnerFile[] {
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => form.test(name));
  } catch {
    // There is no such folder, which is how it is for most.
    return [];
  }
  const isFile = (name: string) => statSync(join(directory, name), { throwIfNoEntry: false })?.isFile();
  return names
    .filter(isFile)
    .sort()
    .map((file) => ({ kind, file, text: readFileSync(join(directory, file), 'utf8') }));
}

export function obeyBackup(order: BackupOrder): BackupAnswer {
  const { kind, stateDirectory, atMs } = order;
  try {
    const db = new Database(order.database, { readonly: true, timeout: 10_000 });
    let made: { path: string; written: boolean };
    try {
      if (kind === 'database') made = { path: writeBackup(db, stateDirectory, atMs), written: true };
      else {
        const owner = [
          ...ownerFiles(order.rulesDirectory, 'rule', /^[^.].*\.ya?ml$/),
          ...ownerFiles(order.scriptsDirectory, 'script', /^[^.].*\.lua$/),
        ];
        made = writeExport(join(stateDirectory, 'backups'), exportText(db, owner), atMs);
      }
    } finally {
      db.close();
    }
    let copyFault: string | null = null;
    try {
      if (order.copyTo !== null) copyBackup(made.path, order.copyTo, kind);
    } catch (error) {
      copyFault = (error as Error).message;
    }
    const bytes = statSync(made.path).size;
    return { name: basename(made.path), bytes, written: made.written, copyFault };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
