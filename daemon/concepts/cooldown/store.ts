// The SQL of Cooldown. Writes last_heard_ms of songs, artists and works alone; reads who is in a passage, and song_plays.
import type { Db } from '../../ports.ts';

export interface Heard {
  readonly song: number;
  readonly atMs: number;
  readonly songsOnly: boolean;
}

/** One song, artist or work of a passage. A null minimum or ramp: the default of its kind. */
export interface Part {
  readonly kind: 'song' | 'artist' | 'work';
  readonly song: number;
  readonly minS: number | null;
  readonly rampS: number | null;
  readonly heardAtMs: number | null;
}

export interface CooldownStore {
  songsOf(passage: number): readonly number[];
  hear(heard: Heard): void;
  /** What the last plays count for. */
  latest(plays: number): readonly Heard[];
  partsOf(passage: number): readonly Part[];
  /** Works every last_heard_ms out from song_plays; answers how many were different. */
  rebuild(): number;
  /** How many a rebuild would change. */
  stale(): number;
}

const LATER = 'last_heard_ms = max(coalesce(last_heard_ms, 0), ?)';

export function createCooldownStore(db: Db): CooldownStore {
  const songsOf = db.prepare('SELECT song FROM passage_songs WHERE passage = ?').pluck();
  const song = db.prepare(`UPDATE songs SET ${LATER} WHERE id = ?`);
  const artists = db.prepare(
    `UPDATE artists SET ${LATER} WHERE id IN (SELECT artist FROM song_artists WHERE song = ?)`,
  );
  const works = db.prepare(
    `UPDATE works SET ${LATER} WHERE id IN (SELECT work FROM song_works WHERE song = ?)`,
  );
  const latest = db.prepare(
    `SELECT song, at_ms AS atMs, songs_only AS songsOnly FROM song_plays
     WHERE play > (SELECT coalesce(max(play), 0) FROM song_plays) - ?`,
  );
  const parts = db.prepare(`
    WITH own AS (SELECT DISTINCT song FROM passage_songs WHERE passage = ?)
    SELECT 'song' AS kind, s.id AS song, s.min_cooldown_s AS minS, s.ramp_cooldown_s AS rampS, s.last_heard_ms AS heardAtMs
    FROM own JOIN songs s ON s.id = own.song
    UNION ALL
    SELECT 'artist', own.song, a.min_cooldown_s, a.ramp_cooldown_s, a.last_heard_ms
    FROM own JOIN song_artists x ON x.song = own.song JOIN artists a ON a.id = x.artist
    UNION ALL
    SELECT 'work', own.song, w.min_cooldown_s, w.ramp_cooldown_s, w.last_heard_ms
    FROM own JOIN song_works x ON x.song = own.song JOIN works w ON w.id = x.work`);
  const rebuilds = [
    'SELECT max(at_ms) FROM song_plays WHERE song = songs.id',
    'SELECT max(at_ms) FROM song_plays y JOIN song_artists x ON x.song = y.song WHERE x.artist = artists.id AND y.songs_only = 0',
    'SELECT max(at_ms) FROM song_plays y JOIN song_works x ON x.song = y.song WHERE x.work = works.id AND y.songs_only = 0',
  ].map((heardAt, i) => {
    const table = ['songs', 'artists', 'works'][i];
    const isStale = `last_heard_ms IS NOT (${heardAt})`;
    return {
      mend: db.prepare(`UPDATE ${table} SET last_heard_ms = (${heardAt}) WHERE ${isStale}`),
      count: db.prepare<[], number>(`SELECT count(*) FROM ${table} WHERE ${isStale}`).pluck(),
    };
  });

  return {
    songsOf: (passage) => [...new Set(songsOf.all(passage) as number[])],
    hear({ song: id, atMs, songsOnly }) {
      song.run(atMs, id);
      if (songsOnly) return;
      artists.run(atMs, id);
      works.run(atMs, id);
    },
    latest: (plays) =>
      (latest.all(plays) as { song: number; atMs: number; songsOnly: number }[]).map((row) => ({
        ...row,
        songsOnly: row.songsOnly === 1,
      })),
    partsOf: (passage) => parts.all(passage) as Part[],
    rebuild: () =>
      db.transaction(() => rebuilds.reduce((changed, { mend }) => changed + mend.run().changes, 0))(),
    stale: () => rebuilds.reduce((sum, { count }) => sum + (count.get() as number), 0),
  };
}
