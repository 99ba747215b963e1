// Store of the Library: files and passages in segue.db, and the search index kept in step with them.
// Main thread; every statement prepared once; multi-statement writes run in the caller's transaction.
import type { FileId, PassageId } from '../../../sync/vocabulary/common.ts';
import type { AnalysedFile, Analysis, ImportedFile } from '../../../sync/vocabulary/library.ts';
import { FIRST_CALIBRATION, localFlavor, NOTHING_MEASURED } from '../../policy/local-flavor.ts';
import type { Db } from '../../ports.ts';
import { createCatalogue } from './catalogue.ts';
import { artistsOf, fileOfPart, titleOf } from './identity.ts';
import { createLocalFlavors } from './local-flavors.ts';
import { createOwnFlavors } from './own-flavors.ts';
import { type FoundPoints, NOTHING_FOUND } from './points.ts';
import { createSongFlavors } from './song-flavors.ts';

export type FileState = 'ok' | 'missing' | 'broken';
export type Stored = 'added' | 'updated' | 'moved';
export interface FileRow {
  readonly id: FileId;
  readonly path: string;
  readonly state: FileState;
}

interface KeyedFile extends FileRow {
  readonly contentKey: string | null;
  readonly audioKey: string | null;
}

interface PassageRow {
  readonly id: PassageId;
  /** 0: the whole file, or a person's own division. */
  readonly part: number;
  readonly startTicks: number | null;
  readonly endTicks: number | null;
}

export type Store = ReturnType<typeof createStore>;

/** A start or end that is the file's own, or the part's, is not kept: the file's length may still be corrected. */
function foundPoints({ content }: Analysis, fromTicks: number, toTicks: number): FoundPoints {
  if (content === null) return NOTHING_FOUND;
  return {
    ...content,
    startTicks: content.startTicks === fromTicks ? null : content.startTicks,
    endTicks: content.endTicks === toTicks ? null : content.endTicks,
  };
}

/** Which characteristics there are, and their labels. */
const ALL_LOCAL = localFlavor(NOTHING_MEASURED, FIRST_CALIBRATION);

/** A flavor handed over together with the tags states no version: it is measured again when there is time. */
const UNSTATED_VERSION = 0;

const FILE = 'SELECT id, path, state, content_key AS contentKey, audio_key AS audioKey FROM files';

export function createStore(db: Db) {
  const catalogue = createCatalogue(db);
  const songFlavors = createSongFlavors(db);
  const ownFlavors = createOwnFlavors(db);
  const localFlavors = createLocalFlavors(db);
  const findFile = db.prepare<[number, string], KeyedFile>(`${FILE} WHERE folder = ? AND path = ?`);
  const findMoved = db.prepare<[string], KeyedFile>(
    `${FILE} WHERE content_key = ? AND state = 'missing' ORDER BY id LIMIT 1`,
  );
  const findRetagged = db.prepare<[string], KeyedFile>(
    `${FILE} WHERE audio_key = ? AND state = 'missing' ORDER BY id LIMIT 1`,
  );
  const insertFile =
    db.prepare(`INSERT INTO files (folder, path, size_bytes, mtime_ms, content_key, duration_ticks,
      codec, rate_hz, channels, replaygain_track_db, replaygain_album_db, added_at_ms)
    VALUES (@folder, @path, @sizeBytes, @mtimeMs, @contentKey, @durationTicks,
      @codec, @rateHz, @channels, @trackDb, @albumDb, @nowMs)`);
  // A changed file is measured again; one that was moved or retagged keeps what was measured.
  const updateFile = db.prepare(`UPDATE files SET folder = @folder, path = @path, size_bytes = @sizeBytes,
      mtime_ms = @mtimeMs, codec = @codec, rate_hz = @rateHz, channels = @channels,
      duration_ticks = CASE WHEN @isSame AND peak_db IS NOT NULL THEN duration_ticks ELSE @durationTicks END,
      replaygain_track_db = @trackDb, replaygain_album_db = @albumDb,
      content_key = @contentKey, state = 'ok', error = NULL
    WHERE id = @id`);
  const forgetLoudness =
    db.prepare(`UPDATE files SET peak_db = NULL, loudness_lufs = NULL, true_peak_db = NULL,
      audio_key = NULL, analysis_version = NULL WHERE id = ?`);
  const forgetFlavor = db.prepare(
    "DELETE FROM flavors WHERE source = 'local' AND passage IN (SELECT id FROM passages WHERE file = ?)",
  );
  const forgetMeasures = db.prepare(
    'DELETE FROM measures WHERE passage IN (SELECT id FROM passages WHERE file = ?)',
  );
  const forgetPoints = db.prepare(`UPDATE passages SET found_start_ticks = NULL, found_lead_in_ticks = NULL,
      found_lead_out_ticks = NULL, found_end_ticks = NULL, part_loudness_lufs = NULL, part_true_peak_db = NULL
    WHERE file = ?`);
  const passagesOfFile = db.prepare<[number], PassageRow>(
    `SELECT id, part, part_start_ticks AS startTicks, part_end_ticks AS endTicks FROM passages
      WHERE file = ? AND retired = 0 ORDER BY id`,
  );
  const passageOfPart = db.prepare<[number, number], { id: number }>(
    'SELECT id FROM passages WHERE file = ? AND part = ? ORDER BY retired, id LIMIT 1',
  );
  const setPart = db.prepare(
    'UPDATE passages SET part = @part, part_start_ticks = @startTicks, part_end_ticks = @endTicks, retired = 0 WHERE id = @id',
  );
  const retire = db.prepare('UPDATE passages SET retired = 1 WHERE id = ?');
  const removeSearch = db.prepare('DELETE FROM search WHERE rowid = ?');
  const insertPassage =
    db.prepare(`INSERT INTO passages (file, title, artist, album, disc, track, year, genre, image)
    VALUES (@file, @title, @artist, @album, @disc, @track, @year, @genre, @image)`);
  const updatePassage =
    db.prepare(`UPDATE passages SET title = @title, artist = @artist, album = @album, disc = @disc,
      track = @track, year = @year, genre = @genre, image = @image WHERE id = @passage`);
  const clearSongs = db.prepare('DELETE FROM passage_songs WHERE passage = ?');
  const addSong = db.prepare('INSERT INTO passage_songs (passage, song) VALUES (?, ?)');
  const putSearch = db.prepare('REPLACE INTO search (rowid, title, artist, album) VALUES (?, ?, ?, ?)');
  const putLyrics = db.prepare('REPLACE INTO lyrics (passage, text) VALUES (?, ?)');
  const removeLyrics = db.prepare('DELETE FROM lyrics WHERE passage = ?');
  const putFlavor =
    db.prepare(`INSERT INTO flavors (passage, source, version, value) VALUES (?, 'local', ?, ?)
    ON CONFLICT (passage, source) DO UPDATE SET version = excluded.version, value = excluded.value`);
  const setMeasured = db.prepare(`UPDATE files SET duration_ticks = @durationTicks, peak_db = @peakDb,
      loudness_lufs = @loudnessLufs, true_peak_db = @truePeakDb, audio_key = @audioKey, analysis_version = @analysisVersion WHERE id = @id`);
  const setFound = db.prepare(`UPDATE passages SET found_start_ticks = @startTicks,
      found_lead_in_ticks = @leadInTicks, found_lead_out_ticks = @leadOutTicks, found_end_ticks = @endTicks,
      part_loudness_lufs = @partLufs, part_true_peak_db = @partTruePeakDb
    WHERE id = @id`);
  const putFailure =
    db.prepare(`INSERT INTO import_failures (folder, path, reason, at_ms) VALUES (@folder, @path, @reason, @nowMs)
    ON CONFLICT (folder, path) DO UPDATE SET reason = excluded.reason, at_ms = excluded.at_ms`);
  const clearFailure = db.prepare('DELETE FROM import_failures WHERE folder = ? AND path = ?');
  const insertBroken =
    db.prepare(`INSERT INTO files (folder, path, size_bytes, mtime_ms, state, error, added_at_ms)
    VALUES (@folder, @path, @sizeBytes, @mtimeMs, 'broken', @reason, @nowMs)
    ON CONFLICT (folder, path) DO UPDATE SET size_bytes = excluded.size_bytes, mtime_ms = excluded.mtime_ms,
      state = 'broken', error = excluded.error RETURNING id`);
  const setState = db.prepare('UPDATE files SET state = ?, error = ? WHERE id = ?');
  const fileOfPassage = db.prepare<[number], FileRow & { folder: number }>(
    'SELECT f.id, f.path, f.state, f.folder FROM passages p JOIN files f ON f.id = p.file WHERE p.id = ?',
  );
  const hasFiles = db
    .prepare<[number]>("SELECT EXISTS (SELECT 1 FROM files WHERE folder = ? AND state <> 'broken')")
    .pluck();
  const loseAll = db.prepare("UPDATE files SET state = 'missing' WHERE folder = ? AND state = 'ok'");
  const loseUnseen = db.prepare(`UPDATE files SET state = 'missing' WHERE folder = ? AND state = 'ok'
    AND path NOT IN (SELECT value FROM json_each(?))`);
  const bringBack = db.prepare(`UPDATE files SET state = 'ok' WHERE folder = ? AND state = 'missing'
    AND path IN (SELECT value FROM json_each(?))`);
  const unreadable = db.prepare<[number], { path: string; reason: string }>(
    `SELECT path, reason FROM import_failures i WHERE folder = ?
      AND NOT EXISTS (SELECT 1 FROM files f WHERE f.folder = i.folder AND f.path = i.path) ORDER BY path`,
  );

  /** One passage, as the tags of `file` have it. */
  function putPassage(file: ImportedFile, fileId: FileId, known: PassageId | undefined): PassageId {
    const image = catalogue.image(file.artFile);
    const artist = artistsOf(file)
      .map(({ name }) => name)
      .join(', ');
    const row = {
      file: fileId,
      title: titleOf(file),
      artist,
      album: catalogue.album(file, image),
      disc: file.tags.disc,
      track: file.tags.track,
      year: file.tags.year,
      genre: file.tags.genre.join(', ') || null,
      image,
    };
    const passage = known ?? Number(insertPassage.run(row).lastInsertRowid);
    if (known !== undefined) {
      updatePassage.run({ ...row, passage });
      clearSongs.run(passage);
    }
    addSong.run(passage, catalogue.song(file));
    songFlavors.follow(passage);
    putSearch.run(passage, row.title, artist, file.tags.album ?? '');
    if (file.tags.lyrics !== null) putLyrics.run(passage, file.tags.lyrics);
    else if (known !== undefined) removeLyrics.run(passage);
    return passage;
  }

  /** The passages of a file: one, or one for each of its parts. Those that it has no more keep their rows, for the history. */
  function putPassages(file: ImportedFile, fileId: FileId): PassageId[] {
    const present = passagesOfFile.all(fileId);
    // A file that a person has divided into several passages keeps their titles and songs.
    if (file.parts === null && present.length > 1 && present.every(({ part }) => part === 0))
      return present.map(({ id }) => id);
    const wanted = file.parts ?? [{ part: 0, startTicks: null, endTicks: null }];
    const put = wanted.map(({ part, startTicks, endTicks }, i) => {
      const known = present.length === 0 && part === 0 ? undefined : passageOfPart.get(fileId, part)?.id;
      const id = putPassage(fileOfPart(file, i), fileId, known);
      if (part > 0 || known !== undefined) setPart.run({ id, part, startTicks, endTicks });
      return id;
    });
    for (const { id } of present) {
      if (put.includes(id)) continue;
      retire.run(id);
      removeSearch.run(id);
    }
    return put;
  }

  return {
    putFile(file: ImportedFile, nowMs: number): Stored {
      const here = findFile.get(file.folder, file.path);
      const audioKey = file.audioKey ?? null;
      const known =
        here ??
        findMoved.get(file.contentKey) ??
        (audioKey === null ? undefined : findRetagged.get(audioKey));
      const values = {
        folder: file.folder,
        path: file.path,
        sizeBytes: file.sizeBytes,
        mtimeMs: Math.round(file.mtimeMs),
        contentKey: file.contentKey,
        durationTicks: file.durationTicks,
        codec: file.codec,
        rateHz: file.rateHz,
        channels: file.channels,
        trackDb: file.tags.replayGainTrackDb,
        albumDb: file.tags.replayGainAlbumDb,
      };
      let id: FileId;
      if (known) {
        id = known.id;
        const isSame =
          known.contentKey === file.contentKey || (audioKey !== null && known.audioKey === audioKey);
        if (!isSame)
          for (const forget of [forgetLoudness, forgetFlavor, forgetMeasures, forgetPoints]) forget.run(id);
        updateFile.run({ ...values, id, isSame: isSame ? 1 : 0 });
      } else {
        id = Number(insertFile.run({ ...values, nowMs }).lastInsertRowid);
      }
      const passages = putPassages(file, id);
      if (file.flavor) {
        catalogue.characteristics(file.flavor);
        for (const passage of passages) putFlavor.run(passage, UNSTATED_VERSION, JSON.stringify(file.flavor));
      }
      clearFailure.run(file.folder, file.path);
      if (known && !here) return 'moved';
      return known ? 'updated' : 'added';
    },

    /** False: the file is not in the library (any more), or is broken. */
    putAnalysis(file: AnalysedFile): boolean {
      const known = findFile.get(file.folder, file.path);
      if (!known || known.state === 'broken') return false;
      const { durationTicks, peakDb, loudnessLufs, truePeakDb, audioKey, analysisVersion } = file;
      const { id } = known;
      setMeasured.run({ id, durationTicks, peakDb, loudnessLufs, truePeakDb, audioKey, analysisVersion });
      catalogue.characteristics(ALL_LOCAL);
      const passages = passagesOfFile.all(known.id);
      for (const { id, part, startTicks, endTicks } of passages) {
        const own = file.parts?.find((each) => each.part === part) ?? null;
        // Where a person has divided a file, what lies at its ends says nothing about each part.
        const isMeasured = own !== null || passages.length === 1;
        const found = foundPoints(own ?? file, startTicks ?? 0, endTicks ?? durationTicks);
        setFound.run({
          ...(isMeasured ? found : NOTHING_FOUND),
          ...{ id, partLufs: own?.loudnessLufs ?? null, partTruePeakDb: own?.truePeakDb ?? null },
        });
        localFlavors.put(id, (own ?? file).measures, file.flavorVersion);
      }
      return true;
    },

    putBroken(
      file: { folder: number; path: string; sizeBytes: number; mtimeMs: number; reason: string },
      nowMs: number,
    ): FileId {
      const row = { ...file, mtimeMs: Math.round(file.mtimeMs), nowMs };
      putFailure.run({ folder: row.folder, path: row.path, reason: row.reason, nowMs });
      return (insertBroken.get(row) as { id: number }).id;
    },

    /** Replaces the list of unreadable places of a folder; writes nothing when it is the same. Answers the new ones. */
    putUnreadable(
      folder: number,
      items: readonly { path: string; reason: string }[],
      nowMs: number,
    ): { path: string; reason: string }[] {
      const wanted = new Map(items.map((item) => [item.path, item.reason]));
      for (const { path, reason } of unreadable.all(folder)) {
        if (wanted.get(path) === reason) wanted.delete(path);
        else if (!wanted.has(path)) clearFailure.run(folder, path);
      }
      const added = [...wanted].map(([path, reason]) => ({ path, reason }));
      for (const item of added) putFailure.run({ folder, ...item, nowMs });
      return added;
    },

    noteFailure(folder: number, path: string, reason: string, nowMs: number): void {
      putFailure.run({ folder, path, reason, nowMs });
    },
    songFlavors,
    ownFlavors,
    localFlavors,
    characteristics: catalogue.characteristics,
    setState(id: FileId, state: FileState, error: string | null): void {
      setState.run(state, error, id);
    },
    fileOfPassage: (passage: PassageId) => fileOfPassage.get(passage),
    fileAt: (folder: number, path: string) => findFile.get(folder, path),
    /** Whether there ever was music in a folder. */
    hasFiles: (folder: number) => hasFiles.get(folder) === 1,
    /** One statement for all of a folder: 50,000 rows one by one would hold the main thread for half a second. */
    loseAll: (folder: number) => loseAll.run(folder).changes,
    loseUnseen: (folder: number, seen: string) => loseUnseen.run(folder, seen).changes,
    bringBack: (folder: number, seen: string) => bringBack.run(folder, seen).changes,
  };
}
