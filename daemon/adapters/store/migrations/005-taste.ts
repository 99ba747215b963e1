// Migration 5: what persons like and dislike.
export const taste = {
  number: 5,
  name: 'taste',
  sql: `
CREATE TABLE likes (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL,                     -- who said so, in their own words
  song INTEGER NOT NULL REFERENCES songs(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('like', 'dislike')),
  weight REAL NOT NULL CHECK (weight > 0),
  for_good INTEGER NOT NULL DEFAULT 0,      -- a dislike after which it is not chosen any more
  at_ms INTEGER NOT NULL                    -- when it was said last
) STRICT;
CREATE INDEX likes_by_song ON likes(song);
CREATE INDEX likes_by_kind ON likes(kind);
`,
} as const;
