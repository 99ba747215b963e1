// A small library for tests of the doors: cards as the Library concept gives them, some with art, some without.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PassageCard } from '../../sync/vocabulary/library.ts';
import { cover } from './png.ts';

/** title, artist, album, seconds, hue of the cover or null */
const PIECES: readonly (readonly [string, string, string | null, number, number | null])[] = [
  ['Harbour Lights', 'Ana Lindqvist', 'Slow Weather', 214, 205],
  ['The Long Way Round to Everything We Said', 'The Paper Lanterns', 'Postcards', 187, 18],
  ['Ember', 'Kofi Mensah Quartet', 'Night Market', 322, null],
  ['Glasshouse', 'Mirea', 'Glasshouse EP', 241, 130],
  ['Field Recording No. 4', 'Ana Lindqvist', 'Slow Weather', 95, 205],
  ['Østersøen', 'Nordlys Ensemble', null, 408, null],
  ['Paper Boats', 'The Paper Lanterns', 'Postcards', 176, 18],
  ['Static Bloom', 'Vektor', 'Signals', 263, 285],
  ['Half Past Rain', 'Mirea', 'Glasshouse EP', 229, 130],
  ['Copper Wire', 'Vektor', 'Signals', 251, 285],
  ['Low Sun', 'Kofi Mensah Quartet', 'Night Market', 297, null],
  ['A Door Left Open', 'June Okafor', 'Rooms', 203, 345],
  ['Stairwell', 'June Okafor', 'Rooms', 158, 345],
  ['Meridian', 'Nordlys Ensemble', null, 366, null],
];

export const CARDS: readonly PassageCard[] = PIECES.map(([title, artist, album, seconds, hue], i) => ({
  passage: i + 1,
  title,
  artist,
  album,
  albumId: album === null ? null : artOf(album),
  durationMs: seconds * 1000,
  song: i + 1,
  art: hue === null || album === null ? null : artOf(album),
  state: 'ok',
  path: `/music/${artist}/${title}.flac`,
}));

function artOf(album: string): number {
  return 1 + [...new Set(PIECES.map((piece) => piece[2]))].indexOf(album);
}

/** Paints the covers into a folder; gives the file of an art id. */
export function paintCovers(folder: string): (art: number) => { file: string; mime: string } | undefined {
  mkdirSync(folder, { recursive: true });
  const known = new Set<number>();
  for (const [, , album, , hue] of PIECES) {
    if (album === null || hue === null || known.has(artOf(album))) continue;
    known.add(artOf(album));
    writeFileSync(join(folder, `${artOf(album)}.png`), cover(hue));
  }
  return (art) => (known.has(art) ? { file: `${art}.png`, mime: 'image/png' } : undefined);
}
