// Migration 9: lyrics, of the passages of files that have any.
export const lyrics = {
  number: 9,
  name: 'lyrics',
  sql: `
CREATE TABLE lyrics (
  passage INTEGER PRIMARY KEY REFERENCES passages(id) ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;
`,
} as const;
