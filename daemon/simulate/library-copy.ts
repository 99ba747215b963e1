// A library to simulate with: the database of a state directory, copied as it is while the daemon goes on using it. What is
// done to the copy is gone when it is closed.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { migrate } from '../adapters/store/migrate.ts';
import { migrations } from '../adapters/store/migrations/index.ts';
import type { Db } from '../ports.ts';

export interface LibraryCopy {
  readonly db: Db;
  close(): void;
}

/** `path`: a segue.db, of this version or an earlier one. Nothing waits for the disk. The failure says what to do. */
export function copyLibrary(
  path: string,
): LibraryCopy | { readonly error: string; readonly message: string } {
  if (!existsSync(path))
    return {
      error: 'NOT_FOUND',
      message: `There is no ${path}: start Segue once, or name its state directory with --state.`,
    };
  const folder = mkdtempSync(join(tmpdir(), 'segue-simulate-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, 'segue.db');
  try {
    const source = new Database(path, { readonly: true });
    source.prepare('VACUUM INTO ?').run(copy);
    source.close();
    const db = new Database(copy);
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.pragma('foreign_keys = ON');
    migrate(db, migrations, Date.now());
    // What sounds there does not sound here.
    db.exec("DELETE FROM queue; UPDATE plays SET ended = 'stopped' WHERE ended IS NULL");
    return {
      db,
      close() {
        db.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    return { error: 'UNREADABLE', message: `${path} cannot be copied: ${(error as Error).message}.` };
  }
}
