// Queries of the Library: what others may read, each one prepared statement. Main thread, no side effects.

import { ticksToMs } from '../../../audio/ticks.ts';
import type { Implementation } from '../../../sync/concept.ts';
import type { AlbumId, Curve, PassageId, Playable, Points } from '../../../sync/vocabulary/common.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { LibraryVocabulary, PassageCard } from '../../../sync/vocabulary/library.ts';
import { bestSourceLast } from '../../policy/flavor-sources.ts';
import type { Db } from '../../ports.ts';
import { albumLoudness, gainDb, type Loudness, type LoudnessMode, type MeasuredFile } from './loudness.ts';
import { NOTHING_FOUND, pointsOf } from './points.ts';
import { createSearch } from './search.ts';

/** All but what the store of the owner's flavors answers. */
type Queries = Omit<Implementation<LibraryVocabulary>['queries'], 'having'>;
type Row<Q extends keyof LibraryVocabulary['queries']> = LibraryVocabulary['queries'][Q]['row'];

const MOST_ROWS = 1000;
const MOST_TEXTS = 20;
const MOST_MATCHING = 10_000;

export interface QueryPorts {
  readonly db: Db;
  readonly loudness: () => LoudnessMode;
  readonly usesContentPoints: () => boolean;
}

interface PointsRow {
  start_ticks: number | null;
  fade_in_ticks: number | null;
  lead_in_ticks: number | null;
  lead_out_ticks: number | null;
  fade_out_ticks: number | null;
  end_ticks: number | null;
  found_start_ticks: number | null;
  found_lead_in_ticks: number | null;
  found_lead_out_ticks: number | null;
  found_end_ticks: number | null;
  part_start_ticks: number | null;
  part_end_ticks: number | null;
  duration_ticks: number;
}

interface PlayableRow extends PointsRow {
  passage: number;
  folder: string;
  path: string;
  fade_in_curve: string | null;
  fade_out_curve: string | null;
  gain_db: number | null;
  track_db: number | null;
  album_db: number | null;
  peak_db: number | null;
  true_peak_db: number | null;
  loudness_lufs: number | null;
  part_true_peak_db: number | null;
  part_loudness_lufs: number | null;
  album: number | null;
  disc: number | null;
  track: number | null;
}

type CardRow = Omit<PassageCard, 'durationMs'> & PointsRow;

const POINTS = `p.start_ticks, p.fade_in_ticks, p.lead_in_ticks, p.lead_out_ticks, p.fade_out_ticks, p.end_ticks,
    p.found_start_ticks, p.found_lead_in_ticks, p.found_lead_out_ticks, p.found_end_ticks,
    p.part_start_ticks, p.part_end_ticks, f.duration_ticks`;

const CARD = `SELECT p.id AS passage, p.title, p.artist, a.title AS album, a.id AS albumId, ${POINTS},
    (SELECT song FROM passage_songs ps WHERE ps.passage = p.id ORDER BY from_ticks LIMIT 1) AS song,
    COALESCE(p.image, a.image) AS art, CASE WHEN p.retired = 1 THEN 'missing' ELSE f.state END AS state, f.path
  FROM passages p JOIN files f ON f.id = p.file LEFT JOIN albums a ON a.id = p.album`;

export function createQueries({ db, loudness, usesContentPoints }: QueryPorts): Queries {
  const playable = db.prepare<[number], PlayableRow>(`SELECT p.id AS passage, m.path AS folder, f.path,
      ${POINTS}, p.fade_in_curve, p.fade_out_curve, p.gain_db, f.replaygain_track_db AS track_db,
      f.replaygain_album_db AS album_db, f.peak_db, f.true_peak_db, f.loudness_lufs,
      p.part_true_peak_db, p.part_loudness_lufs, p.album, p.disc, p.track
    FROM passages p JOIN files f ON f.id = p.file JOIN music_folders m ON m.id = f.folder
    WHERE p.id = ? AND p.retired = 0`);
  const passagesAt = db.prepare<[string], { passage: number }>(`SELECT p.id AS passage
    FROM passages p JOIN files f ON f.id = p.file JOIN music_folders m ON m.id = f.folder
    WHERE rtrim(m.path, '/') || '/' || f.path = ? AND p.retired = 0 ORDER BY p.id`);
  const measuredOfAlbum = db.prepare<[number], MeasuredFile>(`SELECT f.loudness_lufs AS lufs,
      f.true_peak_db AS truePeakDb, f.duration_ticks AS durationTicks FROM files f
    WHERE f.loudness_lufs IS NOT NULL AND f.duration_ticks > 0
      AND f.id IN (SELECT file FROM passages WHERE album = ?)`);
  const albumOf = db.prepare<[number], { album: AlbumId; title: string }>(
    'SELECT a.id AS album, a.title FROM passages p JOIN albums a ON a.id = p.album WHERE p.id = ?',
  );
  // Untagged tracks come last, by path.
  const ofAlbum = db.prepare<[number], { passage: PassageId }>(`SELECT p.id AS passage
    FROM passages p JOIN files f ON f.id = p.file WHERE p.album = ? AND f.state = 'ok' AND p.retired = 0
    ORDER BY COALESCE(p.disc, 1), p.track IS NULL, p.track, f.path, p.part_start_ticks, p.start_ticks, p.id`);
  const card = db.prepare<[number], CardRow>(`${CARD} WHERE p.id = ?`);
  const flavors = db.prepare<[number], { title: string; value: string | null }>(`SELECT p.title, l.value
    FROM passages p LEFT JOIN flavors l ON l.passage = p.id WHERE p.id = ?
    ORDER BY ${bestSourceLast('l')}`);
  const browse = db.prepare<[number, number], CardRow>(
    `${CARD} WHERE p.id > ? AND p.retired = 0 ORDER BY p.id LIMIT ?`,
  );
  const words = createSearch(db);
  const counts = db.prepare<[], Row<'counts'>>(`SELECT
    (SELECT count(*) FROM files) AS files, (SELECT count(*) FROM passages WHERE retired = 0) AS passages,
    (SELECT count(DISTINCT song) FROM passage_songs) AS songs,
    (SELECT count(DISTINCT artist) FROM song_artists
      WHERE song IN (SELECT song FROM passage_songs)) AS artists,
    (SELECT count(*) FROM files WHERE state = 'broken') AS broken,
    (SELECT count(*) FROM files WHERE state = 'missing') AS missing`);
  const folders = db.prepare<[], { folder: number; path: string; available: number }>(
    'SELECT id AS folder, path, available FROM music_folders WHERE active = 1 ORDER BY id',
  );
  const knownFiles = db.prepare<
    [number, string, number],
    Row<'knownFiles'>
  >(`SELECT f.path, f.size_bytes AS sizeBytes,
      f.mtime_ms AS mtimeMs, f.state, f.content_key AS contentKey, f.audio_key AS audioKey, (SELECT MIN(l.version) FROM passages p JOIN flavors l
        ON l.passage = p.id AND l.source = 'local' WHERE p.file = f.id AND p.retired = 0) AS flavorVersion,
      f.analysis_version AS analysisVersion
    FROM files f WHERE f.folder = ? AND f.path > ? ORDER BY f.path LIMIT ?`);
  const artists = db.prepare<[number], Row<'artists'>>(`SELECT DISTINCT a.id AS artist, a.name
    FROM passage_songs ps JOIN song_artists sa ON sa.song = ps.song JOIN artists a ON a.id = sa.artist
    WHERE ps.passage = ? ORDER BY ps.from_ticks, sa.position`);
  const lyrics = db.prepare<[number], Row<'lyrics'>>(
    'SELECT p.title, l.text FROM lyrics l JOIN passages p ON p.id = l.passage WHERE l.passage = ?',
  );
  const art = db.prepare<[number], Row<'art'>>('SELECT file, mime FROM images WHERE id = ?');
  const failures = db.prepare<[number], Row<'failures'>>(
    'SELECT path, reason, at_ms AS atMs FROM import_failures ORDER BY at_ms DESC, path LIMIT ?',
  );

  function pointsOfRow(row: PointsRow): Points {
    const own = {
      startTicks: row.start_ticks,
      fadeInTicks: row.fade_in_ticks,
      leadInTicks: row.lead_in_ticks,
      leadOutTicks: row.lead_out_ticks,
      fadeOutTicks: row.fade_out_ticks,
      endTicks: row.end_ticks,
    };
    const found = {
      startTicks: row.found_start_ticks,
      leadInTicks: row.found_lead_in_ticks,
      leadOutTicks: row.found_lead_out_ticks,
      endTicks: row.found_end_ticks,
    };
    const part = { startTicks: row.part_start_ticks, endTicks: row.part_end_ticks };
    return pointsOf(own, usesContentPoints() ? found : NOTHING_FOUND, row.duration_ticks, part);
  }

  /** What is known of the passage's file, or of the part that it is, and of its album. */
  function gainOf(row: PlayableRow): number {
    const mode = loudness();
    const ofFile: Loudness = {
      taggedDb: row.track_db,
      lufs: row.loudness_lufs,
      truePeakDb: row.true_peak_db ?? row.peak_db,
    };
    // What the file's tags say of all of it says nothing of how loud a part is.
    const ofPart: Loudness = {
      taggedDb: null,
      lufs: row.part_loudness_lufs,
      truePeakDb: row.part_true_peak_db,
    };
    const track = row.part_loudness_lufs === null ? ofFile : ofPart;
    const isMeasured = mode === 'album' && row.album !== null;
    const measured = isMeasured ? albumLoudness(measuredOfAlbum.all(row.album as number)) : null;
    return gainDb(mode, track, {
      taggedDb: row.album_db,
      lufs: measured?.lufs ?? null,
      truePeakDb: measured?.truePeakDb ?? null,
    });
  }

  function toCard(row: CardRow): PassageCard {
    const { startTicks, endTicks } = pointsOfRow(row);
    const { passage, title, artist, album, albumId, song, art, state, path } = row;
    const durationMs = Math.round(ticksToMs(endTicks - startTicks));
    return { passage, title, artist, album, albumId, durationMs, song, art, state, path };
  }

  function toPlayable(row: PlayableRow): Playable {
    return {
      passage: row.passage,
      path: `${row.folder === '/' ? '' : row.folder}/${row.path}`,
      points: pointsOfRow(row),
      fileTicks: row.duration_ticks,
      part:
        row.part_start_ticks === null
          ? null
          : { startTicks: row.part_start_ticks, endTicks: row.part_end_ticks ?? row.duration_ticks },
      fadeInCurve: row.fade_in_curve as Curve | null,
      fadeOutCurve: row.fade_out_curve as Curve | null,
      gainDb: row.gain_db ?? gainOf(row),
      album: row.album,
      disc: row.disc,
      track: row.track,
    };
  }

  return {
    playable: ({ passage }) => playable.all(passage).map(toPlayable),
    card: ({ passage }) => card.all(passage).map(toCard),
    flavor({ passage }) {
      const rows = flavors.all(passage);
      const [first] = rows;
      if (first === undefined) return [];
      const values = rows.map(({ value }) => (value === null ? {} : (JSON.parse(value) as Flavor)));
      return [{ title: first.title, flavor: Object.assign({}, ...values) as Flavor }];
    },
    search({ text, limit, after }) {
      const rows = Math.max(0, Math.min(limit, MOST_ROWS));
      const found = words.find(text, rows, after ?? null);
      if (found === null) return browse.all(after ?? 0, rows).map(toCard);
      return found.flatMap((passage) => card.all(passage).map(toCard));
    },
    albumOf: ({ passage }) =>
      albumOf.all(passage).map(({ album, title }) => ({
        album,
        title,
        passages: ofAlbum.all(album).map((row) => row.passage),
      })),
    matching({ texts }) {
      const found = new Set<number>();
      for (const text of texts.slice(0, MOST_TEXTS))
        for (const passage of words.all(text, MOST_MATCHING)) found.add(passage);
      return [{ passages: [...found].sort((a, b) => a - b) }];
    },
    lyrics: ({ passage }) => lyrics.all(passage),
    counts: () => counts.all(),
    folders: () => folders.all().map((row) => ({ ...row, available: row.available === 1 })),
    passagesAt: ({ path }) => passagesAt.all(path),
    knownFiles: ({ folder, after, limit }) => knownFiles.all(folder, after ?? '', limit ?? -1),
    artists: ({ passage }) => artists.all(passage),
    art: (input) => art.all(input.art),
    failures: ({ limit }) => failures.all(Math.max(0, Math.min(limit, MOST_ROWS))),
  };
}
