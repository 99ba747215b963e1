// Migration 10: passages that are parts of a file, as a CUE sheet has it.
export const parts = {
  number: 10,
  name: 'parts',
  sql: `
ALTER TABLE passages ADD COLUMN part INTEGER NOT NULL DEFAULT 0;      -- 0: the whole file, or a person's own division
ALTER TABLE passages ADD COLUMN part_start_ticks INTEGER;
ALTER TABLE passages ADD COLUMN part_end_ticks INTEGER;               -- null: the file's end
ALTER TABLE passages ADD COLUMN retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)); -- 1: the sheet says otherwise now
CREATE INDEX passages_retired ON passages(id) WHERE retired = 1;
`,
} as const;
