// Migration 6: what others measured of songs. What passages are like follows from it.
export const songFlavors = {
  number: 6,
  name: 'song-flavors',
  sql: `
CREATE TABLE song_flavors (
  song INTEGER PRIMARY KEY REFERENCES songs(id) ON DELETE CASCADE,
  value TEXT NOT NULL                       -- JSON: characteristic -> label -> value
) STRICT;
`,
} as const;
