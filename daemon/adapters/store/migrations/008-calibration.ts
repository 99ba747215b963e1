// Migration 8: what was measured of each passage, and the scales by which that becomes its local flavor.
export const calibration = {
  number: 8,
  name: 'calibration',
  sql: `
CREATE TABLE measures (                     -- null: could not be measured
  passage INTEGER PRIMARY KEY REFERENCES passages(id) ON DELETE CASCADE,
  level_db REAL, onsets REAL, centroid_octaves REAL, high_decades REAL, dynamics_octaves REAL,
  rhythm_clarity REAL, tempo_octaves REAL, tonality REAL,
  is_major INTEGER NOT NULL CHECK (is_major IN (0, 1))
) STRICT;
CREATE TABLE calibration (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  passages INTEGER NOT NULL,                -- so many were measured when it was made
  scales TEXT NOT NULL,                     -- JSON: scale -> middle and spread
  up_to INTEGER                             -- the passages up to this one follow it; null: all do
) STRICT;
`,
} as const;
