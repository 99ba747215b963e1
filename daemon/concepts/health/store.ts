// The SQL of Health: reads the library's tables and the schema, writes nothing.
import type { Check } from '../../../sync/vocabulary/health.ts';
import type { Db } from '../../ports.ts';
import type { LibraryState } from './judge.ts';

export interface HealthStore {
  database(): Check;
  /** Null when the database cannot be read. */
  library(): LibraryState | null;
}

export function createHealthStore(db: Db): HealthStore {
  const schema = db.prepare('SELECT max(number) FROM schema_migrations').pluck();
  const counts = db.prepare(`
    SELECT (SELECT count(*) FROM passages WHERE retired = 0) AS passages,
           (SELECT count(*) FROM passages WHERE retired = 0)
             - (SELECT count(*) FROM files f JOIN passages p ON p.file = f.id WHERE f.state <> 'ok' AND p.retired = 0) AS playable,
           (SELECT count(*) FROM files WHERE state <> 'ok' AND state = 'broken') AS broken,
           (SELECT count(*) FROM files WHERE state <> 'ok' AND state = 'missing') AS missing`);
  const lost = db.prepare('SELECT path FROM music_folders WHERE available = 0 ORDER BY path').pluck();
  return {
    database() {
      try {
        const message = `The database can be read (schema ${schema.get()}).`;
        return { name: 'database', ok: true, message };
      } catch (error) {
        return {
          name: 'database',
          ok: false,
          message: `The database cannot be read: ${error instanceof Error ? error.message : error}. Restart Segue: it restores the newest backup if it must.`,
        };
      }
    },
    library() {
      try {
        const row = counts.get() as Omit<LibraryState, 'lostFolders'>;
        return { ...row, lostFolders: lost.all() as string[] };
      } catch {
        return null;
      }
    },
  };
}
