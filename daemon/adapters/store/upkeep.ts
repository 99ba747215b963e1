// Looks a database over, mends what can be worked out anew, and gives back the room of what was deleted. For the command
// line, in its own process; whoever mends or shrinks has the database alone.
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Db } from '../../ports.ts';
import { checkIntegrity } from './backup.ts';

/** What Cooldown derives from the history: how many rows are not as it has them, and how to work them out anew. */
export type HeardLast = (db: Db) => { stale(): number; rebuild(): number };

export interface Finding {
  readonly what: 'pages and references' | 'when music was heard last' | 'search';
  /** One line each; empty: it is sound. */
  readonly problems: readonly string[];
}

/** What is wrong, by what it is about. Changes nothing; the daemon may run meanwhile. Throws where it is no database. */
export function checkDatabase(path: string, heardLast: HeardLast): Finding[] {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return findingsOf(db, heardLast);
  } finally {
    db.close();
  }
}

/** Mends what can be: indexes, references to what is gone, when everything was heard last, the search index. What is still wrong after
 *  it is in `left`. All or nothing. */
export function repairDatabase(
  path: string,
  heardLast: HeardLast,
): { readonly found: Finding[]; readonly left: Finding[] } {
  const db = new Database(path, { fileMustExist: true });
  try {
    const found = findingsOf(db, heardLast);
    // What refers to what is gone is to be deleted, and nothing else with it.
    db.pragma('foreign_keys = OFF');
    db.transaction(() => {
      db.exec('REINDEX');
      deleteOrphans(db);
      heardLast(db).rebuild();
      fillSearch(db);
    })();
    return { found, left: findingsOf(db, heardLast) };
  } finally {
    db.close();
  }
}

/** The file without the room of what was deleted: bytes before and after. */
export function vacuumDatabase(path: string): { readonly beforeBytes: number; readonly afterBytes: number } {
  const beforeBytes = statSync(path).size;
  const db = new Database(path, { fileMustExist: true });
  try {
    db.exec('VACUUM');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('optimize');
  } finally {
    db.close();
  }
  return { beforeBytes, afterBytes: statSync(path).size };
}

const SEARCHED = `SELECT p.id, p.title, p.artist, coalesce(a.title, '')
  FROM passages p LEFT JOIN albums a ON a.id = p.album WHERE p.retired = 0`;
const MOST_ROUNDS = 10;

/** The search index anew, from what it finds. */
export function fillSearch(db: Db): void {
  db.exec(`INSERT INTO search (search) VALUES ('delete-all')`);
  db.exec(`INSERT INTO search (rowid, title, artist, album) ${SEARCHED}`);
}

function findingsOf(db: Db, heardLast: HeardLast): Finding[] {
  const pages = checkIntegrity(db);
  // Where pages are damaged nothing that is counted means anything.
  if (pages.some((problem) => !/^(a )?row /.test(problem)))
    return [{ what: 'pages and references', problems: pages }];
  const stale = heardLast(db).stale();
  const unfound = db
    .prepare(`SELECT count(*) FROM passages WHERE retired = 0 AND id NOT IN (SELECT rowid FROM search)`)
    .pluck()
    .get() as number;
  return [
    { what: 'pages and references', problems: pages },
    {
      what: 'when music was heard last',
      problems: stale === 0 ? [] : [`${stale} songs, artists and works are not as the history has them`],
    },
    {
      what: 'search',
      problems: unfound === 0 ? [] : [`${unfound} ${unfound === 1 ? 'passage' : 'passages'} cannot be found`],
    },
  ];
}

interface Reference {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
}

/** Rows that refer to a row that is gone; then those that referred to them. */
export function deleteOrphans(db: Db): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const orphans = db.pragma('foreign_key_check') as { table: string; fkid: number }[];
    if (orphans.length === 0) return;
    for (const key of new Set(orphans.map(({ table, fkid }) => `${fkid} ${table}`))) {
      const [fkid, table] = [Number(key.split(' ')[0]), key.slice(key.indexOf(' ') + 1)];
      const references = db.pragma(`foreign_key_list("${table}")`) as Reference[];
      const { from, to, table: parent } = references.find(({ id }) => id === fkid) as Reference;
      db.exec(`DELETE FROM "${table}" WHERE "${from}" IS NOT NULL
        AND "${from}" NOT IN (SELECT "${to ?? 'id'}" FROM "${parent}")`);
    }
  }
}
