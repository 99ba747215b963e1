// An empty segue.db in memory, with every migration, for the tests of concepts and rules.
import Database from 'better-sqlite3';
import { migrate } from '../../daemon/adapters/store/migrate.ts';
import { migrations } from '../../daemon/adapters/store/migrations/index.ts';
import type { Db } from '../../daemon/ports.ts';

export function openMemory(): Db {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(db, migrations, 0);
  return db;
}
