// Migration 1: the first schema of segue.db. SQL as a string constant, so that it needs no file beside the built code.
export const initial = {
  number: 1,
  name: 'initial',
  sql: `
-- The first schema. Ids are integers; calendar times are milliseconds since 1970 UTC; positions are ticks.
CREATE TABLE music_folders (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  available INTEGER NOT NULL DEFAULT 1,
  configured INTEGER NOT NULL DEFAULT 0,    -- named by the start's configuration, not added by a person
  active INTEGER NOT NULL DEFAULT 1         -- 0: no longer configured; its files are missing
) STRICT;

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  folder INTEGER NOT NULL REFERENCES music_folders(id),
  path TEXT NOT NULL,                       -- relative to the folder, '/' separated
  size_bytes INTEGER NOT NULL,
  mtime_ms INTEGER NOT NULL,
  content_key TEXT,                         -- hash of head, middle, tail and size
  duration_ticks INTEGER,
  codec TEXT,
  rate_hz INTEGER,
  channels INTEGER,
  replaygain_track_db REAL, replaygain_album_db REAL, -- as tagged, reference -18 LUFS
  peak_db REAL,                             -- sample peak, once analysed
  state TEXT NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'missing', 'broken')),
  error TEXT,
  added_at_ms INTEGER NOT NULL,
  UNIQUE (folder, path)
) STRICT;
CREATE INDEX files_by_content ON files(content_key);
CREATE INDEX files_not_ok ON files(state) WHERE state <> 'ok';

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL UNIQUE,                -- in the state directory's art folder
  mime TEXT NOT NULL
) STRICT;

CREATE TABLE albums (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,                 -- release id, or artist + title normalised
  title TEXT NOT NULL,
  artist TEXT,
  image INTEGER REFERENCES images(id)
) STRICT;

CREATE TABLE passages (
  id INTEGER PRIMARY KEY,
  file INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  start_ticks INTEGER NOT NULL DEFAULT 0,
  fade_in_ticks INTEGER, lead_in_ticks INTEGER, lead_out_ticks INTEGER, fade_out_ticks INTEGER,
  end_ticks INTEGER,                        -- null: the file's end
  fade_in_curve TEXT, fade_out_curve TEXT,
  gain_db REAL,                             -- set by a person; null: from the file's loudness
  title TEXT NOT NULL,
  artist TEXT NOT NULL DEFAULT '',          -- as shown: the artists' names, joined
  album INTEGER REFERENCES albums(id),
  disc INTEGER, track INTEGER,
  year INTEGER, genre TEXT,
  image INTEGER REFERENCES images(id)
) STRICT;
CREATE INDEX passages_by_file ON passages(file);
CREATE INDEX passages_by_album ON passages(album);

CREATE TABLE songs (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,                 -- recording id, or artist + title normalised
  title TEXT NOT NULL,
  base REAL NOT NULL DEFAULT 1 CHECK (base BETWEEN 0 AND 1000),
  min_cooldown_s INTEGER, ramp_cooldown_s INTEGER,   -- null: the default of the type
  last_heard_ms INTEGER
) STRICT;
CREATE INDEX songs_by_heard ON songs(last_heard_ms) WHERE last_heard_ms IS NOT NULL;
CREATE TABLE artists (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  base REAL NOT NULL DEFAULT 1 CHECK (base BETWEEN 0 AND 1000),
  min_cooldown_s INTEGER, ramp_cooldown_s INTEGER,
  last_heard_ms INTEGER
) STRICT;
CREATE INDEX artists_by_heard ON artists(last_heard_ms) WHERE last_heard_ms IS NOT NULL;
CREATE TABLE works (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  base REAL NOT NULL DEFAULT 1 CHECK (base BETWEEN 0 AND 1000),
  min_cooldown_s INTEGER, ramp_cooldown_s INTEGER,
  last_heard_ms INTEGER
) STRICT;
CREATE INDEX works_by_heard ON works(last_heard_ms) WHERE last_heard_ms IS NOT NULL;
CREATE TABLE passage_songs (
  passage INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE,
  song INTEGER NOT NULL REFERENCES songs(id),
  from_ticks INTEGER NOT NULL DEFAULT 0,    -- from the start of the passage; may repeat
  to_ticks INTEGER,                         -- null: its end
  PRIMARY KEY (passage, from_ticks, song)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_songs_by_song ON passage_songs(song);
CREATE TABLE song_artists (
  song INTEGER NOT NULL REFERENCES songs(id) ON DELETE CASCADE,
  artist INTEGER NOT NULL REFERENCES artists(id),
  weight REAL NOT NULL CHECK (weight > 0 AND weight <= 1),
  position INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (song, artist)
) STRICT, WITHOUT ROWID;
CREATE INDEX song_artists_by_artist ON song_artists(artist);
CREATE TABLE song_works (
  song INTEGER NOT NULL REFERENCES songs(id) ON DELETE CASCADE,
  work INTEGER NOT NULL REFERENCES works(id),
  PRIMARY KEY (song, work)
) STRICT, WITHOUT ROWID;

CREATE TABLE characteristics (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  labels TEXT NOT NULL                      -- JSON array, sorted
) STRICT;
CREATE TABLE flavors (
  passage INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE,
  source TEXT NOT NULL CHECK (source IN ('acousticbrainz', 'local', 'user')),
  version INTEGER NOT NULL,
  value TEXT NOT NULL,                      -- JSON: characteristic -> label -> value
  PRIMARY KEY (passage, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE timeslots (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  start_minute INTEGER NOT NULL UNIQUE CHECK (start_minute BETWEEN 0 AND 1439),
  flavor TEXT                               -- JSON, or null: the centroid of the references
) STRICT;
CREATE TABLE timeslot_references (
  timeslot INTEGER NOT NULL REFERENCES timeslots(id) ON DELETE CASCADE,
  passage INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE,
  PRIMARY KEY (timeslot, passage)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- an entry id is never used twice
  passage INTEGER NOT NULL REFERENCES passages(id),
  place INTEGER NOT NULL,                   -- order, with gaps
  source TEXT NOT NULL CHECK (source IN ('auto', 'person')),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sounding')),
  selection INTEGER REFERENCES selections(id),
  added_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_by_place ON queue(place);

CREATE TABLE selection_targets (            -- many selections aim at one flavor: it is kept once
  id INTEGER PRIMARY KEY,
  flavor TEXT NOT NULL UNIQUE               -- JSON: characteristic -> label -> value
) STRICT;
CREATE TABLE selections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  passage INTEGER NOT NULL,
  chosen_at_ms INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  target INTEGER NOT NULL REFERENCES selection_targets(id),
  facts TEXT NOT NULL                       -- JSON, compact: the rest of SelectionFacts
) STRICT;

CREATE TABLE plays (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL UNIQUE,
  passage INTEGER NOT NULL,
  selection INTEGER,
  source TEXT NOT NULL DEFAULT 'auto',
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  heard_ms INTEGER,
  ended TEXT CHECK (ended IN ('natural', 'skipped', 'removed', 'failed', 'stopped'))
) STRICT;
CREATE INDEX plays_by_start ON plays(started_at_ms);
CREATE TABLE song_plays (
  play INTEGER NOT NULL REFERENCES plays(id) ON DELETE CASCADE,
  song INTEGER NOT NULL REFERENCES songs(id),
  at_ms INTEGER NOT NULL,
  songs_only INTEGER NOT NULL DEFAULT 0,    -- an early skip: the song's cooldown only
  PRIMARY KEY (play, song)
) STRICT, WITHOUT ROWID;
CREATE INDEX song_plays_by_song ON song_plays(song, at_ms);

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL                       -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE player_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  entry INTEGER,
  position_ms INTEGER NOT NULL DEFAULT 0,
  saved_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE import_jobs (
  id INTEGER PRIMARY KEY,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  state TEXT NOT NULL,
  found INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE import_failures (
  folder INTEGER NOT NULL REFERENCES music_folders(id),
  path TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (folder, path)
) STRICT, WITHOUT ROWID;

-- The rowid is the passage. Without the prefix index a search for one letter took 120 ms on 50,000 passages; with it 3.
CREATE VIRTUAL TABLE search USING fts5(title, artist, album, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2');
`,
} as const;
