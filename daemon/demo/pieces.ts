// Pieces: what the demo library consists of: 8 artists, 9 albums, 27 tracks of 30 to 90 s. Pure data and its expansion.
import type { EncodeOptions } from '../../audio/media.ts';
import type { Ending } from './master.ts';
import { randomFrom } from './random.ts';
import { STYLES, type Style } from './styles.ts';

export interface Track {
  readonly title: string;
  readonly track: number;
  /** Path inside the demo folder. */
  readonly path: string;
}

/** What is composed in one go: one track, or an album whose tracks run into each other. */
export interface Piece {
  readonly style: Style;
  readonly album: string;
  readonly year: number;
  readonly codec: EncodeOptions['codec'];
  readonly rateHz: number;
  readonly seconds: number;
  readonly ending: Ending;
  readonly seed: string;
  readonly tracks: readonly Track[];
}

const ALBUMS: Readonly<Record<string, { album: string; titles: readonly string[] }>> = {
  'Copper Wires': { album: 'Fence Line', titles: ['Morning Gate', 'Two Rivers', 'Barn Swallows'] },
  'Halvorsen Drift': { album: 'Slow Weather', titles: ['Fjord at Four', 'Sea Smoke', 'Long Dusk'] },
  'Night Ferry': { album: 'Last Crossing', titles: ['Car Deck', 'Harbour Lights', 'Half Past Two'] },
  'Pixel Parade': { album: 'Insert Coin', titles: ['Stage Select', 'Jump Jump Jump', 'Extra Life'] },
  Kiln: { album: 'Nine Hundred Degrees', titles: ['Bisque', 'Reduction', 'Raku'] },
  'Glass Orchard': { album: 'Windfall', titles: ['Hanging Fruit', 'First Frost', 'Ladder and Basket'] },
  'The Lamplighters': {
    album: 'Gaslight Waltzes',
    titles: ['Corner of Mill Street', 'The Ladder Song', 'Home by Ten'],
  },
  'Iron Meridian': { album: 'Overland', titles: ['Red Signal', 'Freight', 'Switchyard'] },
};

const CODECS = ['flac', 'mp3', 'opus', 'aac'] as const;
const EXTENSIONS = { flac: 'flac', mp3: 'mp3', opus: 'opus', aac: 'm4a' } as const;
const ENDINGS: readonly Ending[] = ['ring', 'fade', 'cut'];
const FIRST_SECONDS = 30;
const FIRST_YEAR = 2018;

/** Every artist's first piece, then every second one, ...: the first hour is not one artist's. */
export function demoPieces(): Piece[] {
  const pieces: Piece[] = [];
  for (let n = 0; n < 3; n++)
    STYLES.forEach((style, at) => {
      const { album, titles } = ALBUMS[style.artist] ?? { album: 'Demo', titles: ['One', 'Two', 'Three'] };
      const codec = CODECS[(at + n) % CODECS.length] ?? 'flac';
      const title = titles[n] ?? `Piece ${n + 1}`;
      const seed = `${style.artist}/${title}`;
      const isFirst = n === 0 && at === 0;
      pieces.push({
        style,
        album,
        year: FIRST_YEAR + at,
        codec,
        // Opus knows 48 kHz only.
        rateHz: codec === 'opus' || (at + n) % 2 === 1 ? 48_000 : 44_100,
        // The very first is short and in the quickest codec: music is to be heard within a second.
        seconds: isFirst ? FIRST_SECONDS : randomFrom(seed).whole(38, 78),
        ending: ENDINGS[(at + n) % ENDINGS.length] ?? 'ring',
        seed,
        tracks: [
          { title, track: n + 1, path: `${style.artist}/${album}/${n + 1} ${title}.${EXTENSIONS[codec]}` },
        ],
      });
    });
  pieces.push(suite());
  return pieces;
}

/** One piece in three tracks, cut inside the music: sounds whole only when it is played gapless. */
function suite(): Piece {
  const style = STYLES.find(({ artist }) => artist === 'Night Ferry') ?? (STYLES[0] as Style);
  const album = 'Crossing in Three Parts';
  return {
    style,
    album,
    year: FIRST_YEAR + STYLES.length,
    codec: 'flac',
    rateHz: 44_100,
    seconds: 126,
    ending: 'ring',
    seed: `${style.artist}/${album}`,
    tracks: ['Casting Off', 'Open Water', 'Alongside'].map((title, n) => ({
      title,
      track: n + 1,
      path: `${style.artist}/${album}/${n + 1} ${title}.flac`,
    })),
  };
}
