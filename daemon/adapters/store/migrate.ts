// Brings a database to the newest schema, each migration in a transaction of its own.
// Pure plumbing over one open database; never opens, copies or removes a file.
import type { Db } from '../../ports.ts';
import type { Migration } from './migrations/index.ts';

/** The number of the last migration applied; 0 for an empty database, null for one that is not Segue's. */
export function schemaOf(db: Db): number | null {
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  if (tables.length === 0) return 0;
  if (!tables.includes('schema_migrations')) return null;
  return db.prepare('SELECT coalesce(max(number), 0) FROM schema_migrations').pluck().get() as number;
}

/** Applies what is missing, in order. A migration that throws leaves the database at the one before it. */
export function migrate(db: Db, migrations: readonly Migration[], nowMs: number): void {
  const from = schemaOf(db) ?? 0;
  for (const migration of migrations) {
    if (migration.number <= from) continue;
    db.transaction(() => {
      db.exec(
        'CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT',
      );
      db.exec(migration.sql);
      db.prepare('INSERT INTO schema_migrations (number, name, applied_at_ms) VALUES (?, ?, ?)').run(
        migration.number,
        migration.name,
        nowMs,
      );
    })();
  }
}
