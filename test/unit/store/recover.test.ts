// A damaged database: what is mended without a loss, what comes from a backup, and that persons find what they made.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import { checkIntegrity, faultsOf, writeBackup } from '../../../daemon/adapters/store/backup.ts';
import { writeExport } from '../../../daemon/adapters/store/backup-files.ts';
import { exportText } from '../../../daemon/adapters/store/export.ts';
import { type OpenOptions, openStore } from '../../../daemon/adapters/store/open.ts';
import { countUnmerged, mergeUnmerged, unmergedFile } from '../../../daemon/adapters/store/unmerged.ts';
import type { Db } from '../../../daemon/ports.ts';
import { addPassage } from '../../support/library.ts';
import { scratchFolder } from '../../support/scratch.ts';

const PASSAGES = 300;
const scratch = scratchFolder('recover');
let state = '';
let path = '';
let count = 0;
beforeEach(() => {
  state = join(scratch, String(count++));
  mkdirSync(state);
  path = join(state, 'segue.db');
});

function open(options: Partial<OpenOptions> = {}) {
  const opened = openStore({ stateDir: state, nowMs: 9000, ...options });
  return 'error' in opened ? assert.fail(opened.message) : opened;
}

/** A library that somebody has lived with; `upTo` passages of it. */
function furnish(db: Db, upTo = PASSAGES): void {
  db.transaction(() => {
    for (let n = 0; n < upTo; n++) addPassage(db, { artist: `Artist ${n % 40}` });
  })();
  const play = db.prepare('INSERT INTO plays (entry, passage, started_at_ms) VALUES (?, 1, ?)');
  for (let n = 0; n < 2000; n++) play.run(n + 1, n);
}

/** What persons make, of each kind; `round` makes it other things. */
function make(db: Db, round: number): void {
  db.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)').run('crossfade_s', String(round));
  db.exec('DELETE FROM timeslots; DELETE FROM alarms; DELETE FROM likes');
  const slot = db.prepare('INSERT INTO timeslots (name, start_minute, flavor, silent) VALUES (?, ?, ?, ?)');
  const day = slot.run(`day ${round}`, 360, null, 0).lastInsertRowid;
  slot.run('night', 60 * round, JSON.stringify({ calm: { yes: 1, no: 0 } }), 1);
  const refer = db.prepare('INSERT INTO timeslot_references VALUES (?, ?)');
  for (const passage of [round, 7 * round]) refer.run(day, passage);
  db.prepare(
    "INSERT INTO alarms (minute, weekdays, timeslot, volume, ramp_ms, enabled, changed_at_ms) VALUES (400, 62, 'night', 0.5, 1000, 1, 5)",
  ).run();
  db.prepare('UPDATE passages SET lead_out_ticks = ?, fade_in_curve = ? WHERE id = ?').run(
    77,
    'cosine',
    3 * round,
  );
  const flavor = JSON.stringify({ 'user.party': { no: 0.2, yes: 0.8 } });
  db.prepare("INSERT OR REPLACE INTO flavors VALUES (?, 'user', 1, ?)").run(4 * round, flavor);
  db.prepare('UPDATE songs SET base = 2 WHERE id = ?').run(5 * round);
  db.prepare('UPDATE artists SET min_cooldown_s = 60 WHERE id = ?').run(round);
  const like = db.prepare(
    'INSERT INTO likes (person, song, kind, weight, for_good, at_ms) VALUES (?, ?, ?, 1, ?, ?)',
  );
  like.run('Ana', 6 * round, 'like', 0, 5);
  like.run('Bo', 6 * round, 'dislike', 1, 6);
}

/** Overwrites every leaf of a table or an index with noise. */
function damage(name: string): void {
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const pages = db
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'")
    .pluck()
    .all(name) as number[];
  const size = db.pragma('page_size', { simple: true }) as number;
  db.close();
  assert.ok(pages.length > 0, `${name} has no pages`);
  const bytes = readFileSync(path);
  for (const page of pages) bytes.fill(0xa5, (page - 1) * size, page * size);
  writeFileSync(path, bytes);
}

/** What is wrong, as the process that looks says it. */
function faultOf(): string {
  return faultsOf(path)[0] ?? assert.fail('the damage is not seen');
}

function exportNow(db: Db, atMs: number): void {
  writeExport(join(state, 'backups'), exportText(db, []), atMs);
}

test('what persons made goes through an export and a merge as it was, also over a database where it was otherwise', () => {
  const { db } = open();
  furnish(db);
  make(db, 2);
  const before = exportText(db, []);
  mkdirSync(join(state, 'backups'));
  make(db, 3);
  db.prepare("INSERT INTO settings VALUES ('loudness', '\"off\"')").run();
  writeFileSync(unmergedFile(state), before);
  const { merged, left } = mergeUnmerged(db, unmergedFile(state), 5);
  assert.equal(left, 0);
  assert.equal(merged, before.trim().split('\n').length - 2);
  assert.equal(exportText(db, []), before);
  assert.equal(existsSync(unmergedFile(state)), false);
  db.close();
});

test('where only an index is damaged nothing is missing afterwards', () => {
  const first = open();
  furnish(first.db);
  make(first.db, 2);
  writeBackup(first.db, state, 1000);
  make(first.db, 3);
  const before = exportText(first.db, []);
  const sequence = first.db.prepare('SELECT * FROM sqlite_sequence ORDER BY name').all();
  first.db.close();
  damage('song_plays_by_song');
  const { db, keptAside, restoredFrom, notices } = open({ fault: faultOf() });
  assert.ok(keptAside !== null && restoredFrom === null);
  assert.match(notices.join(' '), /could be mended, and nothing is missing/);
  assert.equal(exportText(db, []), before);
  assert.equal(db.prepare('SELECT count(*) FROM plays').pluck().get(), 2000);
  assert.deepEqual(db.prepare('SELECT * FROM sqlite_sequence ORDER BY name').all(), sequence);
  assert.equal(db.prepare("SELECT count(*) FROM search WHERE search MATCH 'title'").pluck().get(), PASSAGES);
  assert.deepEqual(checkIntegrity(db), []);
  db.close();
});

test('the search is no loss either', () => {
  const first = open();
  furnish(first.db);
  // As the library does when a file is imported.
  first.db.exec(
    "INSERT INTO search (rowid, title, artist, album) SELECT id, title, artist, '' FROM passages",
  );
  first.db.close();
  damage('search_data');
  const { db, restoredFrom, notices } = open({ fault: faultOf() });
  assert.equal(restoredFrom, null);
  assert.match(notices.join(' '), /nothing is missing/);
  assert.equal(db.prepare("SELECT count(*) FROM search WHERE search MATCH 'title'").pluck().get(), PASSAGES);
  db.close();
});

test('where rows are lost the backup comes back, and what persons made since is taken from the damaged file', () => {
  const first = open();
  furnish(first.db);
  make(first.db, 2);
  const backup = writeBackup(first.db, state, 1000);
  make(first.db, 3);
  const before = exportText(first.db, []);
  first.db.close();
  damage('plays');
  const { db, restoredFrom, notices } = open({ fault: faultOf() });
  assert.equal(restoredFrom, backup);
  assert.match(notices.join(' '), /put back from the damaged file/);
  assert.equal(exportText(db, []), before);
  assert.equal(db.prepare('SELECT count(*) FROM plays').pluck().get(), 2000);
  db.close();
});

test('where those rows are damaged it is taken from the newest export that is whole', () => {
  const first = open();
  furnish(first.db);
  make(first.db, 2);
  writeBackup(first.db, state, 1000);
  make(first.db, 3);
  const before = exportText(first.db, []);
  exportNow(first.db, 2000);
  first.db.close();
  writeFileSync(join(state, 'backups', 'export-000000000003000.jsonl'), before.slice(0, -20));
  damage('passages');
  const { db, notices } = open({ fault: faultOf() });
  assert.match(notices.join(' '), /put back from export-000000000002000/);
  assert.equal(exportText(db, []), before);
  db.close();
});

test('an export from before the backup is not put over it', () => {
  const first = open();
  furnish(first.db);
  make(first.db, 2);
  exportNow(first.db, 500);
  make(first.db, 3);
  const before = exportText(first.db, []);
  writeBackup(first.db, state, 1000);
  first.db.close();
  damage('passages');
  const { db } = open({ fault: faultOf() });
  assert.equal(exportText(db, []), before);
  db.close();
});

test('without a backup all of it comes from the export, what speaks of files when they are imported', () => {
  const first = open();
  furnish(first.db);
  make(first.db, 2);
  const before = exportText(first.db, []);
  exportNow(first.db, 1000);
  first.db.close();
  damage('passages');
  const { db, isNew, notices } = open({ fault: faultOf() });
  assert.ok(isNew);
  assert.match(notices.join(' '), /wait until the files/);
  const waiting = countUnmerged(unmergedFile(state));
  assert.ok(waiting > 5, String(waiting));
  assert.equal(db.prepare("SELECT value FROM settings WHERE key = 'crossfade_s'").pluck().get(), '2');
  // Half of the music is there, and a person has set something meanwhile.
  furnish(db, 10);
  db.prepare("UPDATE settings SET value = '9' WHERE key = 'crossfade_s'").run();
  const file = unmergedFile(state);
  const half = mergeUnmerged(db, file, 1);
  assert.ok(half.merged > 0 && half.left > 0 && half.left < waiting, JSON.stringify(half));
  assert.equal(countUnmerged(file), half.left);
  db.exec('DELETE FROM plays');
  furnish(db, PASSAGES - 10);
  assert.equal(mergeUnmerged(db, file, 1).left, 0);
  db.prepare("UPDATE settings SET value = '2' WHERE key = 'crossfade_s'").run();
  assert.equal(exportText(db, []), before);
  db.close();
});

test('what cannot be merged is kept, and does not keep Segue from starting', () => {
  mkdirSync(join(state, 'backups'));
  writeFileSync(unmergedFile(state), '{"kind":"segue-export"}\n{"kind":"alarm","minute":"noon"}\n');
  const { db, notices } = open();
  assert.match(notices.join(' '), /could not be put back/);
  assert.ok(existsSync(`${unmergedFile(state)}.broken`));
  db.close();
});

test('the power may go while the new database takes its place', () => {
  const first = open();
  furnish(first.db, 20);
  first.db.close();
  const whole = join(state, 'whole.db');
  renameSync(path, whole);
  const passages = () => {
    const { db } = open();
    const found = db.prepare('SELECT count(*) FROM passages').pluck().get();
    db.close();
    return found;
  };
  // The damaged file is aside, its log is not, and the new one waits.
  renameSync(whole, `${path}.recovered`);
  writeFileSync(`${path}.damaged-5`, 'damaged');
  writeFileSync(`${path}-wal`, 'its log');
  assert.equal(passages(), 20);
  assert.equal(readFileSync(`${path}.damaged-5-wal`, 'utf8'), 'its log');
  // One that waits while there is a database is of a recovery that never came to its end.
  writeFileSync(`${path}.recovered`, 'half of one');
  assert.equal(passages(), 20);
  // And is not taken for the new one by the next.
  damage('files');
  const { db, keptAside } = open({ fault: faultOf() });
  assert.notEqual(keptAside, null);
  db.close();
  assert.deepEqual(
    readdirSync(state).filter((name) => /recover/.test(name)),
    [],
  );
});

test('a database that was not closed is told from one that was', () => {
  const first = open();
  assert.equal(first.wasUnclean, false);
  furnish(first.db, 5);
  const copy = join(scratch, `unclean-${count}`);
  mkdirSync(copy);
  for (const part of ['', '-wal']) writeFileSync(join(copy, `segue.db${part}`), readFileSync(path + part));
  first.db.close();
  const again = open();
  assert.equal(again.wasUnclean, false);
  again.db.close();
  state = copy;
  const unclean = open();
  assert.equal(unclean.wasUnclean, true);
  assert.equal(unclean.db.prepare('SELECT count(*) FROM passages').pluck().get(), 5);
  unclean.db.close();
  rmSync(copy, { recursive: true });
});
