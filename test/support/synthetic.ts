// A synthetic library of any size: 71 values of flavor as AcousticBrainz has them, artists with 12 songs each, a third of
// it heard lately. The same size is always the same library.
import { sfc32 } from '../../daemon/concepts/director/draw.ts';
import type { Db } from '../../daemon/ports.ts';
import type { Flavor } from '../../sync/vocabulary/director.ts';

const BINARY = 12;
/** Labels of the complex characteristics: 47 values in 6. */
const COMPLEX = [5, 6, 8, 8, 10, 10];
const DAY_MS = 86_400_000;

export function syntheticFlavor(seed: number): Flavor {
  const dice = sfc32(seed);
  const flavor: Record<string, Record<string, number>> = {};
  for (let n = 0; n < BINARY; n += 1) {
    const yes = Math.round(dice() * 10_000) / 10_000;
    flavor[`binary_${n}`] = { no: 1 - yes, yes };
  }
  for (const [n, labels] of COMPLEX.entries()) {
    const raw = Array.from({ length: labels }, () => dice() ** 2 + 0.01);
    const sum = raw.reduce((total, value) => total + value, 0);
    flavor[`complex_${n}`] = Object.fromEntries(raw.map((value, i) => [`label_${i}`, value / sum]));
  }
  return flavor;
}

export function addSyntheticLibrary(db: Db, size: number, nowMs: number): void {
  const dice = sfc32(size);
  const ticks = 240 * 28_224_000;
  db.transaction(() => {
    db.prepare("INSERT INTO music_folders (id, path) VALUES (1, '/music')").run();
    const file = db.prepare(
      'INSERT INTO files (id, folder, path, size_bytes, mtime_ms, duration_ticks, added_at_ms) VALUES (?, 1, ?, 1, 1, ?, 0)',
    );
    const passage = db.prepare('INSERT INTO passages (id, file, title) VALUES (?, ?, ?)');
    const song = db.prepare('INSERT INTO songs (id, key, title, last_heard_ms) VALUES (?, ?, ?, ?)');
    const artist = db.prepare('INSERT INTO artists (id, key, name, last_heard_ms) VALUES (?, ?, ?, ?)');
    const passageSong = db.prepare('INSERT INTO passage_songs (passage, song) VALUES (?, ?)');
    const songArtist = db.prepare('INSERT INTO song_artists (song, artist, weight) VALUES (?, ?, 1)');
    const flavor = db.prepare("INSERT INTO flavors VALUES (?, 'acousticbrainz', 1, ?)");
    for (let id = 1; id <= Math.ceil(size / 12); id += 1) {
      artist.run(id, `a${id}`, `Artist ${id}`, dice() < 0.1 ? Math.round(nowMs - dice() * DAY_MS) : null);
    }
    for (let id = 1; id <= size; id += 1) {
      file.run(id, `${id}.flac`, ticks);
      passage.run(id, id, `Title ${id}`);
      song.run(id, `s${id}`, `Title ${id}`, dice() < 0.33 ? Math.round(nowMs - dice() * 40 * DAY_MS) : null);
      passageSong.run(id, id);
      songArtist.run(id, Math.ceil(id / 12));
      flavor.run(id, JSON.stringify(syntheticFlavor(id)));
    }
  })();
}
