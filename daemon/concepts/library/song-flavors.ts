// What others measured of songs, and what passages are like by it. Prepared statements; main thread, inside the caller's
// transaction.
import type { PassageId, SongId } from '../../../sync/vocabulary/common.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { MeasuredRecording } from '../../../sync/vocabulary/library.ts';
import { centroid } from '../../policy/flavor.ts';
import type { Db } from '../../ports.ts';
import { normalise, recordingKey } from './identity.ts';

/** In which way the song of a recording was found. */
export type Found = 'byId' | 'byName' | 'unknown';

export interface SongFlavors {
  learn(recording: MeasuredRecording, byName: boolean): Found;
  /** The songs of a passage are others now: what it is like by them. */
  follow(passage: PassageId): void;
  /** How many there were. */
  forgetAll(): number;
}

export function createSongFlavors(db: Db): SongFlavors {
  const byKey = db.prepare<[string], number>('SELECT id FROM songs WHERE key = ?').pluck();
  const byArtist = db.prepare<[string], { id: SongId; title: string }>(
    `SELECT s.id, s.title FROM artists a JOIN song_artists x ON x.artist = a.id JOIN songs s ON s.id = x.song
     WHERE a.key = ? ORDER BY s.id`,
  );
  const put = db.prepare(
    'INSERT INTO song_flavors (song, value) VALUES (?, ?) ON CONFLICT (song) DO UPDATE SET value = excluded.value',
  );
  const passagesOf = db
    .prepare<[SongId], PassageId>('SELECT DISTINCT passage FROM passage_songs WHERE song = ?')
    .pluck();
  // A song weighs in its passage as long as it sounds there.
  const partsOf = db.prepare<[PassageId], { value: string; weight: number }>(
    `SELECT s.value, max(1, coalesce(x.to_ticks, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0)
       - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0)) - x.from_ticks) AS weight
     FROM passage_songs x JOIN song_flavors s ON s.song = x.song
     JOIN passages p ON p.id = x.passage JOIN files f ON f.id = p.file
     WHERE x.passage = ? ORDER BY x.from_ticks`,
  );
  const putFlavor =
    db.prepare(`INSERT INTO flavors (passage, source, version, value) VALUES (?, 'acousticbrainz', 1, ?)
    ON CONFLICT (passage, source) DO UPDATE SET value = excluded.value`);
  const removeFlavor = db.prepare("DELETE FROM flavors WHERE passage = ? AND source = 'acousticbrainz'");
  const forget = db.prepare('DELETE FROM song_flavors');
  const forgetPassages = db.prepare("DELETE FROM flavors WHERE source = 'acousticbrainz'");

  /** An artist and a title may be on several recordings of the library: all of them. */
  function named({ artist, title }: MeasuredRecording): SongId[] {
    if (!artist || !title) return [];
    const wanted = normalise(title);
    return byArtist
      .all(normalise(artist))
      .filter((song) => normalise(song.title) === wanted)
      .map(({ id }) => id);
  }

  function follow(passage: PassageId): void {
    const parts = partsOf.all(passage);
    if (parts.length === 0) return void removeFlavor.run(passage);
    const flavors = parts.map(({ value, weight }) => ({ flavor: JSON.parse(value) as Flavor, weight }));
    const [only] = flavors;
    putFlavor.run(passage, JSON.stringify(flavors.length === 1 ? only?.flavor : centroid(flavors)));
  }

  return {
    learn(recording, byName) {
      const known = recording.recording === null ? undefined : byKey.get(recordingKey(recording.recording));
      const songs = known !== undefined ? [known] : byName ? named(recording) : [];
      const value = JSON.stringify(recording.flavor);
      for (const song of songs) {
        put.run(song, value);
        for (const passage of passagesOf.all(song)) follow(passage);
      }
      if (known !== undefined) return 'byId';
      return songs.length > 0 ? 'byName' : 'unknown';
    },
    follow,
    forgetAll() {
      forgetPassages.run();
      return forget.run().changes;
    },
  };
}
