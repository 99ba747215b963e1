// Opens segue.db: creates it, brings it to the newest schema, and survives a file that is damaged.
// Main thread, at start. Never throws for what a disk or a power cut can do: it answers with a sentence.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import type { Db } from '../../ports.ts';
import { newestGoodBackup, restoreBackup, syncFile, writeBackup } from './backup.ts';
import { migrate, schemaOf } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/index.ts';

export interface OpenOptions {
  /** Created when it is not there. */
  readonly stateDir: string;
  /** Calendar time, for the names of backups and of damaged files. */
  readonly nowMs: number;
  readonly migrations?: readonly Migration[];
}

export interface OpenedStore {
  readonly db: Db;
  readonly path: string;
  /** True when there was no database (and no backup) before. */
  readonly isNew: boolean;
  readonly migrated: { readonly from: number; readonly to: number };
  /** Where a damaged file was kept, or null. */
  readonly keptAside: string | null;
  readonly restoredFrom: string | null;
  /** What the owner is told, in words; empty on a normal start. */
  readonly notices: readonly string[];
}

export type OpenFailure = Failure<'NEWER_SCHEMA' | 'CANNOT_OPEN' | 'MIGRATION_FAILED'>;

/** SQLite's codes for "this file is not a sound database"; any other (disk full, no permission) is not its fault. */
const DAMAGED = new Set(['SQLITE_NOTADB', 'SQLITE_CORRUPT']);

export function openStore(options: OpenOptions): OpenedStore | OpenFailure {
  const { stateDir, nowMs, migrations = allMigrations } = options;
  const path = join(stateDir, 'segue.db');
  const newest = migrations.at(-1)?.number ?? 0;
  const notices: string[] = [];
  let keptAside: string | null = null;
  let restoredFrom: string | null = null;
  let db: Db | null = null;
  try {
    mkdirSync(stateDir, { recursive: true });
    const isMissing = !existsSync(path);
    const fault = isMissing ? null : faultAtOpen(path);
    if (fault !== null) {
      keptAside = keepAside(path, nowMs);
      notices.push(`The database could not be read (${fault}). It is kept as ${keptAside}.`);
    }
    if (!existsSync(path) || isEmpty(path)) {
      const backup = newestGoodBackup(stateDir);
      if (backup !== null) {
        for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true });
        restoreBackup(backup, path);
        restoredFrom = backup;
        notices.push(
          isMissing
            ? `The database was gone. The backup ${backup} was put in its place; remove the backups too to begin afresh.`
            : `The backup ${backup} was put in its place: what was changed since then is missing.`,
        );
      } else if (keptAside !== null) {
        notices.push('There is no backup: Segue begins with an empty database and imports the music again.');
      }
    }
    const isNew = !existsSync(path) || isEmpty(path);
    db = open(path);
    const from = schemaOf(db) ?? 0;
    if (from > newest) {
      db.close();
      return {
        error: 'NEWER_SCHEMA',
        message: `The database ${path} was written by a newer Segue (schema ${from}, this one knows ${newest}). Install that version again, or move the file away to begin afresh.`,
      };
    }
    if (from < newest) {
      if (from > 0) {
        writeBackup(db, stateDir, nowMs);
      }
      const failure = tryMigrate(db, path, migrations, nowMs);
      if (failure !== null) {
        db.close();
        return failure;
      }
    }
    return { db, path, isNew, migrated: { from, to: newest }, keptAside, restoredFrom, notices };
  } catch (error) {
    db?.close();
    return {
      error: 'CANNOT_OPEN',
      message: `The database ${path} cannot be opened: ${sentence(error)}. Check that the folder can be written and that the disk is not full.`,
    };
  }
}

function open(path: string): Db {
  const db = new Database(path, { timeout: 5000 });
  try {
    db.pragma('journal_mode = WAL');
    // What somebody was told is done must be on the card.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('busy_timeout = 5000');
    db.pragma('cache_size = -4096');
    db.pragma('journal_size_limit = 4194304');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Why an existing file cannot be used, or null. What is not its own fault is thrown. */
function faultAtOpen(path: string): string | null {
  let db: Db | null = null;
  try {
    db = open(path);
    if (schemaOf(db) === null) return 'it is a database of another program';
    // The root pages of every table: cheap, and finds a file whose pages were lost.
    const tables = db.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    );
    for (const name of tables.pluck().all() as string[]) {
      db.prepare(`SELECT 1 FROM "${name}" LIMIT 1`).get();
    }
    return null;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if ([...DAMAGED].some((damaged) => code.startsWith(damaged))) return sentence(error);
    throw error;
  } finally {
    db?.close();
  }
}

function isEmpty(path: string): boolean {
  const db = open(path);
  try {
    return schemaOf(db) === 0;
  } finally {
    db.close();
  }
}

/** Renames a damaged database and its log, so that nothing of it is lost. */
function keepAside(path: string, nowMs: number): string {
  let aside = `${path}.damaged-${Math.floor(nowMs)}`;
  for (let n = 1; existsSync(aside); n += 1) aside = `${path}.damaged-${Math.floor(nowMs)}-${n}`;
  for (const part of ['-wal', '-shm', '']) {
    if (existsSync(path + part)) renameSync(path + part, aside + part);
  }
  syncFile(join(path, '..'));
  return aside;
}

function tryMigrate(
  db: Db,
  path: string,
  migrations: readonly Migration[],
  nowMs: number,
): OpenFailure | null {
  try {
    migrate(db, migrations, nowMs);
    return null;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR')) throw error;
    return {
      error: 'MIGRATION_FAILED',
      message: `The database ${path} could not be brought to the schema of this version: ${sentence(error)}. Nothing was lost: install the version before again, and report this.`,
    };
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
