// Migration 12: what is in a file apart from its tags. It is known of files that are measured from now on.
export const audioKey = {
  number: 12,
  name: 'audio-key',
  sql: `
ALTER TABLE files ADD COLUMN audio_key TEXT;              -- hash of the coded audio; null: not measured, or by an older Segue
CREATE INDEX files_missing_by_audio ON files(audio_key) WHERE state = 'missing';
`,
} as const;
