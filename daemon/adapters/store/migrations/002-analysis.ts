// Migration 2: what the analysis of a file finds (loudness, content points), kept apart from the points a person sets.
export const analysis = {
  number: 2,
  name: 'analysis',
  sql: `
ALTER TABLE files ADD COLUMN loudness_lufs REAL;          -- integrated, as played; null: unknown, or silent
ALTER TABLE files ADD COLUMN true_peak_db REAL;           -- dBTP, once analysed
ALTER TABLE files ADD COLUMN analysis_version INTEGER;    -- of the method; null: not analysed, so it will be

-- Found by the analysis; null: nothing to say, or the file's own start and end. The columns without "found" are a person's.
ALTER TABLE passages ADD COLUMN found_start_ticks INTEGER;
ALTER TABLE passages ADD COLUMN found_lead_in_ticks INTEGER;
ALTER TABLE passages ADD COLUMN found_lead_out_ticks INTEGER;
ALTER TABLE passages ADD COLUMN found_end_ticks INTEGER;

-- A start that nobody set was 0 so far; from now on it is null, as the other points are.
ALTER TABLE passages RENAME COLUMN start_ticks TO old_start_ticks;
ALTER TABLE passages ADD COLUMN start_ticks INTEGER;
UPDATE passages SET start_ticks = old_start_ticks WHERE old_start_ticks <> 0;
ALTER TABLE passages DROP COLUMN old_start_ticks;
`,
} as const;
