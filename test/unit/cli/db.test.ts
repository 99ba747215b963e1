// The database on the command line: whether it is sound, what can be mended, and what cannot.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { openStore } from '../../../daemon/adapters/store/open.ts';
import { temporaryFolder } from '../../support/daemon.ts';
import { segue, startFakeDaemon } from '../../support/fake-daemon.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

const folder = temporaryFolder('db');
after(() => folder.remove());
let places = 0;

/** A state directory of its own with three pieces, of which the first was heard. */
function library(change: (db: Database.Database) => void = () => {}): string {
  const state = join(folder.path, String(places++));
  mkdirSync(state);
  const opened = openStore({ stateDir: state, nowMs: 0 });
  if ('error' in opened) throw new Error(opened.message);
  const { actions } = openLibrary({ db: opened.db });
  actions.addFolder({ path: '/music' });
  const files = ['One', 'Two', 'Three'].map((title) =>
    fileOf(`${title}.flac`, { folder: 1, tags: { title, artists: [`By ${title}`], album: 'Album' } }),
  );
  actions.addFiles({ files });
  opened.db.exec(`INSERT INTO plays (entry, passage, started_at_ms, ended_at_ms, heard_ms, ended) VALUES (1, 1, 5, 9, 4, 'natural');
    INSERT INTO song_plays (play, song, at_ms) SELECT 1, song, 9 FROM passage_songs WHERE passage = 1;
    UPDATE songs SET last_heard_ms = 9 WHERE id = (SELECT song FROM passage_songs WHERE passage = 1);
    UPDATE artists SET last_heard_ms = 9 WHERE id = (SELECT artist FROM song_artists JOIN passage_songs USING (song) WHERE passage = 1)`);
  opened.db.pragma('foreign_keys = OFF');
  change(opened.db);
  opened.db.close();
  return state;
}

test('a sound database is called sound, and mending it changes nothing', async () => {
  const state = library();
  const { code, out } = await segue(state, 'db', 'check');
  assert.deepEqual(
    [code, out],
    [0, 'ok    pages and references\nok    when music was heard last\nok    search\n'],
  );
  const dump = () => {
    const db = new Database(join(state, 'segue.db'), { readonly: true });
    const rows = ['songs', 'artists', 'plays', 'song_plays', 'passages'].map((table) =>
      db.prepare(`SELECT * FROM ${table}`).all(),
    );
    db.close();
    return rows;
  };
  const before = dump();
  assert.equal((await segue(state, 'db', 'check', '--repair')).code, 0);
  assert.deepEqual(dump(), before);
});

test('what can be worked out anew is found, and mended when asked for', async () => {
  const state = library((db) =>
    db.exec(`UPDATE songs SET last_heard_ms = 77 WHERE title = 'Two'; UPDATE artists SET last_heard_ms = NULL;
      DELETE FROM search WHERE rowid = 3;
      INSERT INTO passage_songs (passage, song) VALUES (99, 1); DELETE FROM plays`),
  );
  const { code, out } = await segue(state, 'db', 'check');
  assert.equal(code, 1);
  assert.match(
    out,
    /^wrong pages and references\n( +(row \d+|a row) of (passage_songs|song_plays) refers to a row that is gone\n){2}/,
  );
  assert.match(
    out,
    /wrong when music was heard last\n +2 songs, artists and works are not as the history has them/,
  );
  assert.match(out, /wrong search\n +1 passage cannot be found/);
  assert.match(out, /db check --repair/);
  const mended = await segue(state, 'db', 'check', '--repair');
  assert.equal(mended.code, 0, mended.out);
  assert.match(mended.out, /After mending:\nok {4}pages/);
  assert.equal((await segue(state, 'db', 'check')).code, 0);
  const db = new Database(join(state, 'segue.db'), { readonly: true });
  assert.deepEqual(db.prepare("SELECT rowid FROM search WHERE search MATCH 'three'").pluck().all(), [3]);
  // Its play is gone, and with it that it was heard.
  assert.equal(db.prepare('SELECT count(*) FROM songs WHERE last_heard_ms IS NOT NULL').pluck().get(), 0);
  db.close();
});

test('a damaged file is told as that, with what to do', async () => {
  const state = library();
  const path = join(state, 'segue.db');
  const bytes = readFileSync(path);
  for (let page = 3; page * 4096 < bytes.length; page += 2) bytes.fill(0x5a, page * 4096, page * 4096 + 600);
  writeFileSync(path, bytes);
  for (const words of [
    ['db', 'check'],
    ['db', 'check', '--repair'],
  ]) {
    const { code, out, err } = await segue(state, ...words);
    assert.equal(code, 1);
    assert.match(out + err, /move segue\.db aside and start it again|db check --repair/);
  }
  const none = await segue(join(folder.path, 'nowhere'), 'db', 'check');
  assert.match(none.err, /There is no .*segue\.db: start Segue once/);
});

test('room is given back, and nothing is done to a database that is in use', async () => {
  const state = library((db) => {
    db.exec('CREATE TABLE filler (x)');
    const add = db.prepare('INSERT INTO filler VALUES (zeroblob(100000))');
    for (let n = 0; n < 20; n++) add.run();
    db.exec('DROP TABLE filler');
  });
  const before = statSync(join(state, 'segue.db')).size;
  const { code, out } = await segue(state, 'db', 'vacuum');
  assert.deepEqual([code, /MiB before, .* now\./.test(out)], [0, true]);
  assert.ok(statSync(join(state, 'segue.db')).size < before / 2);
  const daemon = await startFakeDaemon();
  try {
    copyFileSync(join(state, 'segue.db'), join(daemon.state, 'segue.db'));
    for (const words of [
      ['db', 'vacuum'],
      ['db', 'check', '--repair'],
    ]) {
      const refused = await segue(daemon.state, ...words);
      assert.deepEqual([refused.code, /Stop it first/.test(refused.err)], [1, true]);
    }
    assert.equal((await segue(daemon.state, 'db', 'check')).code, 0);
  } finally {
    await daemon.close();
  }
});
