// Backups of segue.db: written under a temporary name, checked, renamed; the newest three are kept.
// Copies into `<state>/backups`; never touches the database that is in use.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from '../../ports.ts';

const KEPT = 3;
const NAME = /^segue-(\d{15})(-\d+)?\.db$/;

/** What is wrong with a database, one line each; empty when it is sound. `quick` leaves the indexes unread. */
export function checkIntegrity(db: Db, quick = false): string[] {
  const rows = db
    .prepare(quick ? 'PRAGMA quick_check' : 'PRAGMA integrity_check')
    .pluck()
    .all() as string[];
  const problems = rows.filter((row) => row !== 'ok');
  // Where pages are damaged nothing can be looked up.
  if (problems.length > 0) return problems;
  const orphans = db.pragma('foreign_key_check') as { table: string; rowid: number | null }[];
  for (const { table, rowid } of orphans)
    problems.push(`${rowid === null ? 'a row' : `row ${rowid}`} of ${table} refers to a row that is gone`);
  return problems;
}

/** Backups of a state directory, newest first, as absolute paths. */
export function listBackups(stateDir: string): string[] {
  const dir = join(stateDir, 'backups');
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
    .map((name) => join(dir, name));
}

/** Copies `db` (as of now, blocking), checks the copy, and drops all but the newest three. Throws when the disk refuses. */
export function writeBackup(db: Db, stateDir: string, nowMs: number): string {
  const dir = join(stateDir, 'backups');
  mkdirSync(dir, { recursive: true });
  const stamp = String(Math.max(0, Math.floor(nowMs))).padStart(15, '0');
  let path = join(dir, `segue-${stamp}.db`);
  for (let n = 1; existsSync(path); n += 1) path = join(dir, `segue-${stamp}-${n}.db`);
  const temporary = `${path}.part`;
  rmSync(temporary, { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(temporary);
    const faults = faultsOf(temporary);
    if (faults.length > 0) throw new Error(`the backup is not sound: ${faults[0]}`);
    syncFile(temporary);
    renameSync(temporary, path);
  } finally {
    // A disk that is full keeps nothing of an attempt.
    rmSync(temporary, { force: true });
  }
  syncFile(dir);
  for (const old of listBackups(stateDir).slice(KEPT)) rmSync(old, { force: true });
  return path;
}

/** The newest backup that opens and is sound, or null. */
export function newestGoodBackup(stateDir: string): string | null {
  return listBackups(stateDir).find((path) => faultsOf(path).length === 0) ?? null;
}

/** Reaches the disk: a file, or the directory that names it. */
export function syncFile(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Puts a copy of a backup at `path`: complete or not at all. */
export function restoreBackup(backup: string, path: string): void {
  const temporary = `${path}.restoring`;
  rmSync(temporary, { force: true });
  const db = new Database(backup, { readonly: true });
  try {
    db.prepare('VACUUM INTO ?').run(temporary);
  } finally {
    db.close();
  }
  syncFile(temporary);
  renameSync(temporary, path);
  syncFile(dirname(path));
}

/** Of a database that nobody writes to. */
export function faultsOf(path: string): string[] {
  try {
    const db = new Database(path, { readonly: true });
    try {
      return checkIntegrity(db, true);
    } finally {
      db.close();
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
