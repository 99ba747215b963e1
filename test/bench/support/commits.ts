// What the disk gives: how long it takes to commit one row as segue.db does, nobody else asking.
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Milliseconds of each of `count` commits in a database of its own in `folder`, `everyMs` apart. */
export async function commitMs(folder: string, count: number, everyMs: number): Promise<number[]> {
  const db = new Database(join(folder, 'commits.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE rows (value REAL)');
  const add = db.prepare('INSERT INTO rows VALUES (?)');
  const took: number[] = [];
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const startMs = performance.now();
    add.run(n);
    took.push(performance.now() - startMs);
  }
  db.close();
  return took;
}
