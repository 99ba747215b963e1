// The SQL of History. Writes plays and song_plays; reads the queue for who put an entry there, and the songs of a passage.
import type { Play } from '../../../sync/vocabulary/history.ts';
import type { EndReason } from '../../../sync/vocabulary/player.ts';
import type { Db } from '../../ports.ts';

export interface HistoryStore {
  ofEntry(entry: number): Play | undefined;
  recent(limit: number, before: number): readonly Play[];
  /** How often a passage was heard to its own end. */
  fullPlays(passage: number): number;
  open(): readonly Play[];
  /** Open plays whose entry has left the queue. */
  orphans(): readonly (Play & { readonly endsAtMs: number })[];
  begin(entry: number, passage: number, atMs: number): number;
  reopen(play: number): void;
  end(play: number, atMs: number, heardMs: number, reason: EndReason): void;
  creditSongs(play: number, passage: number, atMs: number, songsOnly: boolean): number;
}

const PLAY =
  'SELECT id AS play, entry, passage, selection, started_at_ms AS startedAtMs, heard_ms AS heardMs, ended FROM plays';

export function createHistoryStore(db: Db): HistoryStore {
  const ofEntry = db.prepare(`${PLAY} WHERE entry = ?`);
  const recent = db.prepare(`${PLAY} WHERE id < ? ORDER BY id DESC LIMIT ?`);
  const fullPlays = db.prepare("SELECT count(*) FROM plays WHERE passage = ? AND ended = 'natural'").pluck();
  const open = db.prepare(`${PLAY} WHERE ended IS NULL ORDER BY id`);
  const orphans = db.prepare(`
    SELECT y.id AS play, y.entry, y.passage, y.selection, y.started_at_ms AS startedAtMs, y.heard_ms AS heardMs, y.ended,
           y.started_at_ms + max(0, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0)
             - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0)) / 28224 AS endsAtMs
    FROM plays y LEFT JOIN passages p ON p.id = y.passage LEFT JOIN files f ON f.id = p.file
    WHERE y.ended IS NULL AND y.entry NOT IN (SELECT id FROM queue) ORDER BY y.id`);
  const begin = db.prepare(`
    INSERT INTO plays (entry, passage, selection, source, started_at_ms)
    SELECT ?, ?, (SELECT selection FROM queue WHERE id = ?),
           coalesce((SELECT source FROM queue WHERE id = ?), 'auto'), ?`);
  const reopen = db.prepare('UPDATE plays SET ended = NULL, ended_at_ms = NULL WHERE id = ?');
  const end = db.prepare(
    'UPDATE plays SET ended_at_ms = ?, heard_ms = max(coalesce(heard_ms, 0), ?), ended = ? WHERE id = ?',
  );
  const credit = db.prepare(`
    INSERT INTO song_plays (play, song, at_ms, songs_only)
    SELECT ?, song, ?, ? FROM passage_songs WHERE passage = ?
    ON CONFLICT (play, song) DO UPDATE SET at_ms = excluded.at_ms, songs_only = min(songs_only, excluded.songs_only)`);
  return {
    ofEntry: (entry) => ofEntry.get(entry) as Play | undefined,
    recent: (limit, before) => recent.all(before, limit) as Play[],
    fullPlays: (passage) => fullPlays.get(passage) as number,
    open: () => open.all() as Play[],
    orphans: () => orphans.all() as (Play & { endsAtMs: number })[],
    begin: (entry, passage, atMs) => Number(begin.run(entry, passage, entry, entry, atMs).lastInsertRowid),
    reopen: (play) => {
      reopen.run(play);
    },
    end: (play, atMs, heardMs, reason) => {
      end.run(atMs, heardMs, reason, play);
    },
    creditSongs: (play, passage, atMs, songsOnly) =>
      credit.run(play, atMs, songsOnly ? 1 : 0, passage).changes,
  };
}
