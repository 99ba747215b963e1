// Migration 11: what was measured of a part of a file. Files that a sheet divides are measured again, part by part.
export const loudnessOfParts = {
  number: 11,
  name: 'loudness of parts',
  sql: `
ALTER TABLE passages ADD COLUMN part_loudness_lufs REAL;              -- null: the file's
ALTER TABLE passages ADD COLUMN part_true_peak_db REAL;
UPDATE files SET analysis_version = NULL WHERE id IN (SELECT file FROM passages WHERE part > 0);
`,
} as const;
