// Migration 3: the mood that a person asked for in place of the timeslots.
export const override = {
  number: 3,
  name: 'override',
  sql: `
CREATE TABLE override (
  id INTEGER PRIMARY KEY CHECK (id = 1),    -- one at most
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('passage', 'timeslot', 'flavor')),
  passage INTEGER REFERENCES passages(id) ON DELETE SET NULL,
  flavor TEXT NOT NULL,                     -- JSON: characteristic -> label -> value, as it was when it was set
  set_at_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,             -- as it was asked for: it is never longer
  until_ms INTEGER NOT NULL,
  lead INTEGER                              -- the queue entry with which it begins, until that has begun
) STRICT;
`,
} as const;
