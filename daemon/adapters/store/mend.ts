// Copies a database row by row where only what follows from the rows is damaged: indexes, the search, the list of free
// pages. Main thread, at start; the damaged file is only read.
import Database from 'better-sqlite3';
import type { Db } from '../../ports.ts';
import { checkIntegrity } from './backup.ts';
import { deleteOrphans, fillSearch } from './upkeep.ts';

/** Of SQLite's sentences, those that speak of what follows from the rows. */
const FOLLOWS =
  /^ok$|^\*\*\* in database main|missing from index|wrong # of entries in index|non-unique entry in index/;

/** True: `to` is sound, and has every row of `from`. False: rows are damaged, and there is no `to`. */
export function mendInto(from: string, to: string): boolean {
  const db = new Database(from, { readonly: true });
  try {
    if (!isMendable(db)) return false;
  } finally {
    db.close();
  }
  const made = new Database(to);
  try {
    // Table by table: what is referred to may come later.
    made.pragma('foreign_keys = OFF');
    made.prepare('ATTACH ? AS damaged').run(from);
    made.transaction(() => copyRows(made))();
    made.exec('DETACH damaged');
    made.transaction(() => {
      fillSearch(made);
      deleteOrphans(made);
    })();
    return checkIntegrity(made).length === 0;
  } finally {
    made.close();
  }
}

/** Every row can be read, and none is where it should not be. Tables that follow from others are not looked at. */
function isMendable(db: Db): boolean {
  const names = db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema'",
    )
    .pluck()
    .all() as string[];
  const indexes = new Set(
    db.prepare("SELECT rootpage FROM sqlite_master WHERE type = 'index'").pluck().all() as number[],
  );
  return names.every((name) =>
    (db.prepare(`PRAGMA quick_check("${name}")`).pluck().all() as string[])
      .flatMap((answer) => answer.split('\n'))
      .every((problem) => {
        const tree = /^Tree (\d+) /.exec(problem);
        return tree === null ? FOLLOWS.test(problem) : indexes.has(Number(tree[1]));
      }),
  );
}

interface Made {
  readonly name: string;
  readonly sql: string;
}

function copyRows(db: Db): void {
  const schema = (where: string) =>
    db
      .prepare(
        `SELECT m.name, m.sql FROM damaged.sqlite_master m LEFT JOIN pragma_table_list l ON l.name = m.name AND l.schema = 'damaged'
         WHERE m.sql IS NOT NULL AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND ${where}`,
      )
      .all() as Made[];
  const tables = schema("m.type = 'table' AND l.type = 'table'");
  for (const { name, sql } of tables) {
    db.exec(sql);
    // The limit keeps SQLite from taking the indexes over as they are.
    db.exec(`INSERT INTO main."${name}" SELECT * FROM damaged."${name}" NOT INDEXED LIMIT -1`);
  }
  db.exec(
    'DELETE FROM main.sqlite_sequence; INSERT INTO main.sqlite_sequence SELECT * FROM damaged.sqlite_sequence',
  );
  for (const { sql } of schema("(m.type <> 'table' OR l.type = 'virtual')")) db.exec(sql);
}
