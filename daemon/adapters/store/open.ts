// Opens segue.db: creates it, brings it to the newest schema, and survives a file that is damaged.
// Main thread, at start. Never throws for what a disk or a power cut can do: it answers with a sentence.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import type { Db } from '../../ports.ts';
import { newestGoodBackup, restoreBackup, writeBackup } from './backup.ts';
import { uncheckedMark } from './look-over.ts';
import { migrate, schemaOf } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/index.ts';
import { finishRecovery, recover } from './recover.ts';
import { mergeUnmerged, unmergedFile } from './unmerged.ts';

export interface OpenOptions {
  /** Created when it is not there. */
  readonly stateDir: string;
  /** Calendar time, for the names of backups and of damaged files. */
  readonly nowMs: number;
  readonly migrations?: readonly Migration[];
  /** What comes now takes its time: a damaged database is mended, or a backup put in its place. */
  readonly onRecovery?: () => void;
  /** What a look at all of it has found wrong; left out: nobody has looked. */
  readonly fault?: string;
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
  /** It was not closed the last time: all of it should be looked at. */
  readonly wasUnclean: boolean;
  /** What the owner is told, in words; empty on a normal start. */
  readonly notices: readonly string[];
}

export type OpenFailure = Failure<'NEWER_SCHEMA' | 'CANNOT_OPEN' | 'MIGRATION_FAILED'>;

/** SQLite's codes for "this file is not a sound database"; any other (disk full, no permission) is not its fault. */
const DAMAGED = ['SQLITE_NOTADB', 'SQLITE_CORRUPT'];

export function isDamage(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && DAMAGED.some((damaged) => code.startsWith(damaged));
}

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
    finishRecovery(path);
    const wasUnclean = existsSync(`${path}-wal`) || existsSync(uncheckedMark(path));
    const isThere = existsSync(path);
    const fault = isThere ? (options.fault ?? faultAtOpen(path)) : null;
    if (fault !== null) {
      options.onRecovery?.();
      const recovered = recover(stateDir, fault, nowMs);
      ({ keptAside, restoredFrom } = recovered);
      notices.push(...recovered.notices);
    } else if (!isThere || isEmpty(path)) {
      const backup = newestGoodBackup(stateDir);
      if (backup !== null) {
        for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true });
        restoreBackup(backup, path);
        restoredFrom = backup;
        notices.push(
          `The database was gone. The backup ${backup} was put in its place; remove the backups too to begin afresh.`,
        );
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
    notices.push(...mergeNow(db, stateDir, nowMs));
    const migrated = { from, to: newest };
    return { db, path, isNew, migrated, keptAside, restoredFrom, wasUnclean, notices };
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
    // Before there is anything in it. A play changes some fifteen pages by a few bytes each, and each is written whole.
    db.pragma('page_size = 1024');
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
    if (isDamage(error)) return sentence(error);
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

/** What persons made and a recovery has put aside. One that cannot be merged must not keep Segue from starting. */
function mergeNow(db: Db, stateDir: string, nowMs: number): string[] {
  const file = unmergedFile(stateDir);
  try {
    const { left } = mergeUnmerged(db, file, nowMs);
    return left === 0
      ? []
      : [`${left} of the things persons made wait until the files they speak of are imported.`];
  } catch (error) {
    renameSync(file, `${file}.broken`);
    return [`What persons made could not be put back (${sentence(error)}). It is kept as ${file}.broken.`];
  }
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
