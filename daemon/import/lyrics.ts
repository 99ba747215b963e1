// Lyrics: as tagged, or from a .lrc file beside the music; as plain lines. Worker process.
import { basename, dirname, join } from 'node:path';
import { lyricsName } from './beside.ts';
import { readBeside } from './read-beside.ts';

const MOST_CHARACTERS = 20_000;
const MOST_FILE_BYTES = 200_000;

/** One of what music-metadata calls lyrics: some have times and no whole text. */
export interface TaggedLyrics {
  readonly text?: string;
  readonly syncText?: readonly { readonly text: string }[];
}

/** The first that says anything; null: none does. */
export function lyricsOf(tagged: readonly TaggedLyrics[] | undefined): string | null {
  for (const { text, syncText } of tagged ?? []) {
    const plain = plainLines(text ?? (syncText ?? []).map((line) => line.text).join('\n'));
    if (plain !== null) return plain;
  }
  return null;
}

/** LRC is text with [mm:ss.xx] before each line and [ti:...] at its head: without these. Null where nothing is left. */
export function plainLines(text: string): string | null {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|[\n\r\u2028]/)
    .filter((line) => !/^\s*\[[a-z#]+:[^\]]*\]\s*$/i.test(line))
    .map((line) =>
      line
        .replace(/[[<]\d{1,3}:\d{2}(?:[.:]\d{1,3})?[\]>]/g, '')
        .replace(/\p{Cc}+/gu, ' ')
        .trim(),
    );
  const plain = lines.join('\n').trim();
  return plain === '' ? null : plain.slice(0, MOST_CHARACTERS);
}

/** `path`: of the audio file. Null: there is no such file, or nothing in it, or it is too long to be lyrics. */
export function lyricsBeside(path: string): string | null {
  const bytes = readBeside(join(dirname(path), lyricsName(basename(path))), MOST_FILE_BYTES);
  return bytes === null ? null : plainLines(bytes.toString('utf8'));
}
