import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import { checkIntegrity, listBackups, writeBackup } from '../../../daemon/adapters/store/backup.ts';
import { migrations } from '../../../daemon/adapters/store/migrations/index.ts';
import { type OpenedStore, openStore } from '../../../daemon/adapters/store/open.ts';

let stateDir = '';
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'segue-store-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

function opened(nowMs = 1000, more = {}): OpenedStore {
  const result = openStore({ stateDir, nowMs, ...more });
  if ('error' in result) assert.fail(result.message);
  return result;
}
function addSong(store: OpenedStore, title: string): void {
  store.db.prepare('INSERT INTO songs (key, title) VALUES (?, ?)').run(title, title);
}
function titles(store: OpenedStore): unknown[] {
  return store.db.prepare('SELECT title FROM songs ORDER BY id').pluck().all();
}

test('an empty state directory is created with the newest schema, durable settings on', () => {
  stateDir = join(stateDir, 'deep', 'state');
  const store = opened();
  assert.equal(store.isNew, true);
  assert.deepEqual(store.migrated, { from: 0, to: migrations.at(-1)?.number });
  assert.deepEqual(store.notices, []);
  assert.equal(store.db.pragma('journal_mode', { simple: true }), 'wal');
  assert.equal(store.db.pragma('synchronous', { simple: true }), 2);
  assert.equal(store.db.pragma('foreign_keys', { simple: true }), 1);
  assert.deepEqual(checkIntegrity(store.db), []);
  store.db.close();
});

test('what was written is there when it is opened again', () => {
  const first = opened();
  addSong(first, 'kept');
  first.db.close();
  const again = opened();
  assert.equal(again.isNew, false);
  assert.deepEqual(titles(again), ['kept']);
  assert.equal(again.keptAside, null);
  again.db.close();
});

test('a connection that was never closed loses nothing that was committed', () => {
  const first = opened();
  addSong(first, 'committed');
  const again = opened();
  assert.deepEqual(titles(again), ['committed']);
  first.db.close();
  again.db.close();
});

test('a migration is preceded by a backup, and a failing one leaves the schema as it was', () => {
  const first = opened();
  addSong(first, 'before');
  first.db.close();
  const last = migrations.length;
  const two = { number: last + 1, name: 'two', sql: 'CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;' };
  const three = {
    number: last + 2,
    name: 'three',
    sql: 'CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER);',
  };
  const failed = openStore({ stateDir, nowMs: 2000, migrations: [...migrations, two, three] });
  assert.ok('error' in failed && failed.error === 'MIGRATION_FAILED');
  assert.equal(listBackups(stateDir).length, 1);

  const store = opened(3000, { migrations: [...migrations, two] });
  assert.deepEqual(titles(store), ['before']);
  assert.deepEqual(
    store.db.prepare("SELECT name FROM sqlite_master WHERE name IN ('extra', 'half')").pluck().all(),
    ['extra'],
  );
  store.db.close();
});

test('a database of the first schema is brought to the newest with all that is in it', () => {
  const old = opened(1000, { migrations: migrations.slice(0, 1) });
  old.db.exec(`INSERT INTO music_folders (id, path) VALUES (1, '/music');
    INSERT INTO files (id, folder, path, size_bytes, mtime_ms, duration_ticks, peak_db, added_at_ms)
      VALUES (1, 1, 'a.flac', 1, 1, 5000, -3, 1), (2, 1, 'b.flac', 1, 1, 5000, -3, 1);
    INSERT INTO passages (id, file, title) VALUES (1, 1, 'as it is');
    INSERT INTO passages (id, file, title, start_ticks, fade_in_ticks, lead_out_ticks, end_ticks)
      VALUES (2, 2, 'set by somebody', 100, 200, 3000, 4000);
    INSERT INTO songs (id, key, title) VALUES (1, 's', 's');
    INSERT INTO passage_songs (passage, song) VALUES (2, 1);
    INSERT INTO queue (passage, place, source, added_at_ms) VALUES (2, 1, 'person', 1)`);
  old.db.close();
  const store = opened(2000);
  assert.deepEqual(store.migrated, { from: 1, to: migrations.at(-1)?.number });
  const points = 'start_ticks, fade_in_ticks, lead_in_ticks, lead_out_ticks, fade_out_ticks, end_ticks';
  assert.deepEqual(store.db.prepare(`SELECT ${points} FROM passages ORDER BY id`).raw().all(), [
    [null, null, null, null, null, null],
    [100, 200, null, 3000, null, 4000],
  ]);
  assert.deepEqual(store.db.prepare('SELECT analysis_version, peak_db FROM files').raw().all(), [
    [null, -3],
    [null, -3],
  ]);
  assert.equal(
    store.db.prepare('SELECT count(*) FROM queue JOIN passage_songs USING (passage)').pluck().get(),
    1,
  );
  assert.deepEqual(store.db.pragma('foreign_key_check'), []);
  assert.deepEqual(checkIntegrity(store.db), []);
  store.db.close();
});

/** What a column may hold where "x" is not allowed. */
const ALLOWED: Readonly<Record<string, string>> = {
  'files.state': 'ok',
  'flavors.source': 'local',
  'queue.source': 'person',
  'queue.state': 'waiting',
  'plays.ended': 'natural',
  'likes.kind': 'like',
  'override.kind': 'flavor',
};
const tablesOf = (store: OpenedStore) =>
  store.db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_migrations'",
    )
    .pluck()
    .all() as string[];
const columnsOf = (store: OpenedStore, table: string) =>
  store.db.prepare('SELECT name, type FROM pragma_table_info(?)').all(table) as {
    name: string;
    type: string;
  }[];

/** A row in every table, every number in it 1: each refers to all others. */
function fillEach(store: OpenedStore): void {
  store.db.pragma('foreign_keys = OFF');
  for (const table of tablesOf(store)) {
    const columns = columnsOf(store, table);
    const values = columns.map(({ name, type }) =>
      type === 'TEXT' ? (ALLOWED[`${table}.${name}`] ?? '"x"') : 1,
    );
    store.db
      .prepare(
        `INSERT INTO "${table}" (${columns.map(({ name }) => `"${name}"`).join(', ')}) VALUES (${values.map(() => '?').join(', ')})`,
      )
      .run(values);
  }
  assert.deepEqual(checkIntegrity(store.db), []);
}

for (const [at, { number }] of migrations.slice(0, -1).entries())
  test(`every column of a database of schema ${number} is as it was in the newest`, () => {
    const old = opened(1000, { migrations: migrations.slice(0, at + 1) });
    fillEach(old);
    const before = new Map(
      tablesOf(old).map((table) => [table, old.db.prepare(`SELECT * FROM "${table}"`).get() as object]),
    );
    assert.ok(before.size > 15);
    old.db.close();
    const store = opened(2000);
    assert.deepEqual(store.migrated, { from: number, to: migrations.at(-1)?.number });
    for (const [table, row] of before) {
      const now = store.db.prepare(`SELECT * FROM "${table}"`).get() as Record<string, unknown>;
      for (const [column, value] of Object.entries(row)) {
        // Migration 11 has files measured again that a sheet divides.
        if (number === 10 && column === 'analysis_version') assert.equal(now[column], null);
        else assert.deepEqual(now[column], value, `${table}.${column}`);
      }
    }
    assert.deepEqual(checkIntegrity(store.db), []);
    store.db.close();
  });

test('a database of a newer version is refused with a sentence and left alone', () => {
  const first = opened();
  first.db.prepare("INSERT INTO schema_migrations VALUES (99, 'future', 0)").run();
  first.db.close();
  const refused = openStore({ stateDir, nowMs: 1 });
  assert.ok('error' in refused && refused.error === 'NEWER_SCHEMA');
  assert.match(refused.message, /newer Segue \(schema 99/);
  const db = new Database(join(stateDir, 'segue.db'), { readonly: true });
  assert.equal(db.prepare('SELECT max(number) FROM schema_migrations').pluck().get(), 99);
  db.close();
});

test('a file that is no database is kept aside and replaced by the newest sound backup', () => {
  const first = opened();
  addSong(first, 'saved');
  writeBackup(first.db, stateDir, 5000);
  addSong(first, 'later');
  first.db.close();
  writeFileSync(join(stateDir, 'backups', 'segue-000000000009000.db'), 'not sound');
  for (const part of ['-wal', '-shm']) rmSync(join(stateDir, `segue.db${part}`), { force: true });
  writeFileSync(join(stateDir, 'segue.db'), 'this is not a database, not at all, whatever the name says');

  const store = opened(7000);
  assert.deepEqual(titles(store), ['saved']);
  assert.match(String(store.restoredFrom), /000000000005000/);
  assert.equal(store.notices.length, 2);
  assert.match(readFileSync(String(store.keptAside), 'utf8'), /not at all/);
  store.db.close();
});

test('a damaged file without any backup gives a fresh database, and the damage is kept', () => {
  writeFileSync(join(stateDir, 'segue.db'), Buffer.alloc(8192, 7));
  const store = opened(7000);
  assert.equal(store.isNew, true);
  assert.match(String(store.notices.at(-1)), /no backup/);
  assert.ok(readdirSync(stateDir).includes('segue.db.damaged-7000'));
  store.db.close();
});

test('a database whose pages were overwritten is found damaged at once', () => {
  const first = opened();
  for (let n = 0; n < 2000; n += 1) addSong(first, `song ${n} ${'x'.repeat(60)}`);
  writeBackup(first.db, stateDir, 5000);
  first.db.close();
  const path = join(stateDir, 'segue.db');
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096, bytes.length);
  writeFileSync(path, bytes);
  const store = opened(8000);
  assert.equal(titles(store).length, 2000);
  assert.notEqual(store.keptAside, null);
  store.db.close();
});

test('the database of another program is not written into', () => {
  const db = new Database(join(stateDir, 'segue.db'));
  db.exec('CREATE TABLE theirs (x)');
  db.close();
  const store = opened(9000);
  assert.match(String(store.notices[0]), /another program/);
  store.db.close();
});

test('a missing database with a backup comes back from it', () => {
  const first = opened();
  addSong(first, 'saved');
  writeBackup(first.db, stateDir, 5000);
  first.db.close();
  rmSync(join(stateDir, 'segue.db'));
  const store = opened();
  assert.deepEqual(titles(store), ['saved']);
  assert.match(String(store.notices[0]), /was gone/);
  store.db.close();
});

test('three backups are kept, the newest ones, and none is half written', () => {
  const store = opened();
  for (const nowMs of [1000, 2000, 3000, 4000, 4000]) writeBackup(store.db, stateDir, nowMs);
  const names = listBackups(stateDir).map((path) => path.slice(-22));
  assert.equal(names.length, 3);
  assert.ok(names.every((name) => /3000|4000/.test(name)));
  assert.ok(readdirSync(join(stateDir, 'backups')).every((name) => !name.endsWith('.part')));
  store.db.close();
});

test('a state directory that cannot be made answers in words', () => {
  writeFileSync(join(stateDir, 'file'), '');
  const result = openStore({ stateDir: join(stateDir, 'file', 'state'), nowMs: 1 });
  assert.ok('error' in result && result.error === 'CANNOT_OPEN');
  assert.match(result.message, /cannot be opened/);
});
