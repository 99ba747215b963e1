// Rows of a library put straight into segue.db, for tests of concepts that only read them.
import { secondsToTicks } from '../../audio/ticks.ts';
import type { Db } from '../../daemon/ports.ts';
import type { Flavor } from '../../sync/vocabulary/director.ts';

export interface TestPassage {
  readonly title?: string;
  readonly artist?: string;
  readonly seconds?: number;
  readonly state?: 'ok' | 'missing' | 'broken';
  /** A song key; null: no song. Default: one of its own. */
  readonly song?: string | null;
  readonly work?: string;
  readonly base?: number;
  readonly flavor?: Flavor;
}

/** Adds a passage with its file, song, artist and flavor; answers its id. */
export function addPassage(db: Db, passage: TestPassage = {}): number {
  const insert = (sql: string, ...values: unknown[]) =>
    Number(db.prepare(sql).run(...values).lastInsertRowid);
  const n = (db.prepare('SELECT coalesce(max(id), 0) + 1 FROM files').pluck().get() as number) ?? 1;
  const { title = `Title ${n}`, artist = `Artist ${n}`, seconds = 200, state = 'ok' } = passage;
  db.prepare("INSERT OR IGNORE INTO music_folders (id, path) VALUES (1, '/music')").run();
  const file = insert(
    `INSERT INTO files (folder, path, size_bytes, mtime_ms, duration_ticks, state, added_at_ms) VALUES (1, ?, 1, 1, ?, ?, 0)`,
    `${n}.flac`,
    secondsToTicks(seconds),
    state,
  );
  const id = insert('INSERT INTO passages (file, title, artist) VALUES (?, ?, ?)', file, title, artist);
  if (passage.song !== null) {
    const song = idOf(db, 'songs', 'title', passage.song ?? `song ${n}`, title);
    const who = idOf(db, 'artists', 'name', artist, artist);
    db.prepare('UPDATE songs SET base = ? WHERE id = ?').run(passage.base ?? 1, song);
    db.prepare('INSERT OR IGNORE INTO song_artists (song, artist, weight) VALUES (?, ?, 1)').run(song, who);
    db.prepare('INSERT INTO passage_songs (passage, song) VALUES (?, ?)').run(id, song);
    if (passage.work !== undefined) {
      const work = idOf(db, 'works', 'title', passage.work, passage.work);
      db.prepare('INSERT OR IGNORE INTO song_works (song, work) VALUES (?, ?)').run(song, work);
    }
  }
  if (passage.flavor !== undefined) setFlavor(db, id, passage.flavor);
  return id;
}

/** A library of so many tracks, by so many artists, that are spread over all there is of energy, brightness and color, of
 *  `shortestS` to three minutes more. The same numbers are always the same library. */
export function moodyLibrary(db: Db, size: number, artists: number, shortestS = 150) {
  const flavors = new Map<number, Flavor>();
  const artistOf = new Map<number, string>();
  db.transaction(() => {
    for (let n = 0; n < size; n += 1) {
      const [high, bright] = [((n * 37) % size) / size, ((n * 61) % size) / size];
      const flavor = {
        'local.energy': { high, low: 1 - high },
        'local.brightness': { bright, dark: 1 - bright },
        'local.color': { a: high / 2, b: bright / 2, c: 1 - high / 2 - bright / 2 },
      };
      const artist = `Artist ${n % artists}`;
      const id = addPassage(db, { artist, seconds: shortestS + ((n * 13) % 180), flavor });
      flavors.set(id, flavor);
      artistOf.set(id, artist);
    }
  })();
  return { db, flavors, artistOf };
}

export function setFlavor(db: Db, passage: number, flavor: Flavor, source = 'local'): void {
  db.prepare('INSERT OR REPLACE INTO flavors (passage, source, version, value) VALUES (?, ?, 1, ?)').run(
    passage,
    source,
    JSON.stringify(flavor),
  );
}

function idOf(
  db: Db,
  table: 'songs' | 'artists' | 'works',
  label: string,
  key: string,
  value: string,
): number {
  db.prepare(`INSERT OR IGNORE INTO ${table} (key, ${label}) VALUES (?, ?)`).run(key, value);
  return db.prepare(`SELECT id FROM ${table} WHERE key = ?`).pluck().get(key) as number;
}
