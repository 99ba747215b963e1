// Migration 4: who is admin over the network.
export const access = {
  number: 4,
  name: 'access',
  sql: `
CREATE TABLE access (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  claim_code TEXT,                          -- null: it was used
  claimed_at_ms INTEGER                     -- null: nobody is admin yet
) STRICT;
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash TEXT NOT NULL UNIQUE,          -- SHA-256; the token itself is with the browser alone
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER NOT NULL               -- to the day
) STRICT;
`,
} as const;
