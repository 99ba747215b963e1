// Migration 13: indexes that nothing looked through often enough for what each play had to write in them.
export const fewerIndexes = {
  number: 13,
  name: 'fewer-indexes',
  sql: `
DROP INDEX songs_by_heard;
DROP INDEX artists_by_heard;
DROP INDEX works_by_heard;
DROP INDEX queue_by_place;
DROP INDEX plays_by_start;
`,
} as const;
