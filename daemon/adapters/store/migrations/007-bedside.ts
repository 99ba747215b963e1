// Migration 7: the sleep timer, the alarms, and slots of the day in which nothing plays.
export const bedside = {
  number: 7,
  name: 'bedside',
  sql: `
CREATE TABLE sleep_timer (
  id INTEGER PRIMARY KEY CHECK (id = 1),    -- one at most
  set_at_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,             -- as it was asked for: it is never longer
  until_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE alarms (
  id INTEGER PRIMARY KEY,
  minute INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),   -- of the local day
  weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 0 AND 127), -- bit 0 is Sunday; 0: once
  timeslot TEXT,                            -- the name of one, which may come and go
  volume REAL CHECK (volume BETWEEN 0 AND 1),
  ramp_ms INTEGER NOT NULL CHECK (ramp_ms >= 0),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  changed_at_ms INTEGER NOT NULL,
  rung_at_ms INTEGER
) STRICT;
ALTER TABLE timeslots ADD COLUMN silent INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1));
CREATE TABLE silenced (
  id INTEGER PRIMARY KEY CHECK (id = 1)     -- there: a silent slot is why nothing plays
) STRICT;
`,
} as const;
