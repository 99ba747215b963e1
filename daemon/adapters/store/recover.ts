// Makes a sound segue.db out of a damaged one: mended without a loss where only its indexes are damaged, else the newest
// good backup, and what persons made since then put back from the damaged file itself or from the newest export. Main
// thread, at start; a power cut at any moment leaves either the damaged file or the new one in its place.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from '../../ports.ts';
import { newestGoodBackup, syncFile } from './backup.ts';
import { newestExport, stampOf } from './backup-files.ts';
import { exportText, TABLES_EXPORTED } from './export.ts';
import { mendInto } from './mend.ts';
import { schemaOf } from './migrate.ts';
import { keepUnmerged, unmergedFile } from './unmerged.ts';

const PARTS = ['', '-wal', '-shm'] as const;

export interface Recovered {
  /** Where the damaged file is now. */
  readonly keptAside: string;
  readonly restoredFrom: string | null;
  /** What the owner is told, in words. */
  readonly notices: readonly string[];
}

/** `fault`: what is wrong with it, in words. Throws when the disk refuses, with the damaged file where it was. */
export function recover(stateDir: string, fault: string, nowMs: number): Recovered {
  const path = join(stateDir, 'segue.db');
  const ready = readyPath(path);
  const making = `${path}.recovering`;
  for (const old of [ready, making]) removeDatabase(old);
  const isWhole = isMended(path, making);
  const restoredFrom = isWhole ? null : newestGoodBackup(stateDir);
  const made = isWhole ? null : whatPersonsMade(path, stateDir, restoredFrom);
  if (made !== null) keepUnmerged(unmergedFile(stateDir), made.text);
  if (restoredFrom !== null) copyInto(restoredFrom, making);
  if (existsSync(making)) {
    syncFile(making);
    renameSync(making, ready);
  }
  const keptAside = asidePath(path, nowMs);
  moveAside(path, keptAside);
  finishRecovery(path);
  const notices = [`The database was damaged (${fault}). It is kept as ${keptAside}.`];
  if (isWhole) notices.push('It could be mended, and nothing is missing.');
  else {
    notices.push(
      restoredFrom === null
        ? 'There is no backup: Segue begins with an empty database and imports the music again.'
        : `The backup ${restoredFrom} was put in its place: what was changed since then is missing.`,
    );
    if (made !== null) notices.push(`What persons made is put back ${made.from}.`);
  }
  return { keptAside, restoredFrom, notices };
}

/** What a power cut may have left half done: a new database that is whole takes the place of one that is aside already. */
export function finishRecovery(path: string): void {
  const ready = readyPath(path);
  if (existsSync(path) || !existsSync(ready)) return;
  const aside = newestAside(path);
  if (aside !== null) moveAside(path, aside);
  for (const part of PARTS.slice(1)) rmSync(path + part, { force: true });
  renameSync(ready, path);
  syncFile(dirname(path));
}

const readyPath = (path: string) => `${path}.recovered`;

function removeDatabase(path: string): void {
  for (const part of PARTS) rmSync(path + part, { force: true });
}

function isMended(from: string, to: string): boolean {
  try {
    if (reading(from, (db) => schemaOf(db) ?? 0) > 0 && mendInto(from, to)) return true;
  } catch (error) {
    // A full disk says nothing of the file.
    if ((error as { code?: string }).code?.startsWith('SQLITE_FULL')) throw error;
  }
  removeDatabase(to);
  return false;
}

function copyInto(from: string, to: string): void {
  reading(from, (db) => db.prepare('VACUUM INTO ?').run(to));
}

function reading<T>(path: string, read: (db: Db) => T): T {
  const db = new Database(path, { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** The damaged file's own, where the tables it is in are sound; else the newest export, if it is newer than the backup. */
function whatPersonsMade(
  damaged: string,
  stateDir: string,
  backup: string | null,
): { readonly text: string; readonly from: string } | null {
  try {
    const text = reading(damaged, (db) => {
      for (const table of TABLES_EXPORTED) {
        const [first] = db.prepare(`PRAGMA integrity_check(${table})`).pluck().all() as string[];
        if (first !== 'ok') throw new Error(first);
      }
      return exportText(db, []);
    });
    return { text, from: 'from the damaged file, where it was sound' };
  } catch {
    // The usual thing where whole pages are lost.
  }
  const newest = newestExport(join(stateDir, 'backups'));
  if (newest === null || (backup !== null && stampOf(newest) < stampOf(backup))) return null;
  return { text: readFileSync(newest, 'utf8'), from: `from ${basename(newest)}` };
}

function asidePath(path: string, nowMs: number): string {
  let aside = `${path}.damaged-${Math.floor(nowMs)}`;
  for (let n = 1; existsSync(aside); n += 1) aside = `${path}.damaged-${Math.floor(nowMs)}-${n}`;
  return aside;
}

/** The database first: as long as it is in its place its log is beside it. */
function moveAside(path: string, aside: string): void {
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, aside + part);
  syncFile(dirname(path));
}

function newestAside(path: string): string | null {
  const start = `${basename(path)}.damaged-`;
  const names = readdirSync(dirname(path)).filter(
    (name) => name.startsWith(start) && !/-(wal|shm)$/.test(name),
  );
  const newest = names.sort().at(-1);
  return newest === undefined ? null : join(dirname(path), newest);
}
