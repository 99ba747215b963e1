// A Library over an empty database in memory, with its events recorded, and files to put into it.
import { secondsToTicks } from '../../audio/ticks.ts';
import { createLibrary } from '../../daemon/concepts/library/library.ts';
import type { LoudnessMode } from '../../daemon/concepts/library/loudness.ts';
import type { Db } from '../../daemon/ports.ts';
import type { ImportedFile } from '../../sync/vocabulary/library.ts';
import { openMemory } from './database.ts';

export function openLibrary(options: { loudness?: LoudnessMode; db?: Db; usesContentPoints?: boolean } = {}) {
  const db = options.db ?? openMemory();
  const events: { event: string; payload: object }[] = [];
  const waiting: (() => void)[] = [];
  const clock = { now: 1_800_000_000_000, nowMs: () => clock.now, monotonicMs: () => clock.now };
  const library = createLibrary({
    db,
    clock,
    emit: (event, payload) => events.push({ event, payload }),
    loudness: () => options.loudness ?? 'track',
    usesContentPoints: () => options.usesContentPoints ?? true,
    later: (run) => void waiting.push(run),
  });
  /** What was put off, until nothing is. */
  const settle = () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) run();
  };
  return { db, events, clock, settle, ...library };
}

type Changes = Partial<Omit<ImportedFile, 'tags'>> & { tags?: Partial<ImportedFile['tags']> };

/** A tagged file of 200 s in folder 1; every path has a content key of its own unless told. */
export function fileOf(path: string, changes: Changes = {}): ImportedFile {
  const { tags, ...rest } = changes;
  return {
    folder: 1,
    path,
    sizeBytes: 1000,
    mtimeMs: 1_700_000_000_000,
    durationTicks: secondsToTicks(200),
    codec: 'flac',
    rateHz: 44100,
    channels: 2,
    parts: null,
    artFile: null,
    contentKey: `key of ${path}`,
    flavor: null,
    ...rest,
    tags: {
      title: `Title of ${path}`,
      artists: ['Some Artist'],
      album: null,
      albumArtist: null,
      track: null,
      disc: null,
      year: null,
      genre: [],
      recordingMbid: null,
      releaseMbid: null,
      replayGainTrackDb: null,
      replayGainAlbumDb: null,
      lyrics: null,
      ...tags,
    },
  };
}
