// Demo library: composes the music that Segue plays when it is given none. Worker process, blocks it for a piece at a
// time. Each file appears complete or not at all; what is there already is left alone, so it goes on where it was ended.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MediaTools } from '../../audio/media.ts';
import { paintCover } from './cover.ts';
import { interleave } from './master.ts';
import { demoPieces, type Piece } from './pieces.ts';
import { renderPiece } from './render.ts';
import type { Mix } from './synth.ts';

export interface ComposeOptions {
  readonly dir: string;
  readonly media: MediaTools;
  /** Told of each new file when it is complete, by its path inside the folder. */
  readonly onPiece: (path: string) => Promise<void> | void;
  /** Ends it between two pieces. */
  readonly signal?: AbortSignal;
  readonly pieces?: readonly Piece[];
}

/** Answers how many files were made. Throws when the disk refuses: the sentence says what and where. */
export async function composeDemoLibrary(options: ComposeOptions): Promise<number> {
  const { dir, media, onPiece, signal, pieces = demoPieces() } = options;
  await mkdir(dir, { recursive: true });
  let made = 0;
  for (const piece of pieces) {
    if (signal?.aborted) break;
    const absent = piece.tracks.filter(({ path }) => !existsSync(join(dir, path)));
    if (absent.length === 0) continue;
    const mix = renderPiece(piece);
    for (const track of absent) {
      await write(media, dir, piece, track, mix);
      made++;
      await onPiece(track.path);
    }
  }
  return made;
}

async function write(
  media: MediaTools,
  dir: string,
  piece: Piece,
  track: Piece['tracks'][number],
  mix: Mix & { readonly barFrames: number },
): Promise<void> {
  const path = join(dir, track.path);
  // Hidden, so that a scan leaves it alone; the same ending, so that the container is known by it.
  const temporary = join(dirname(path), `.${process.pid}-${basename(path)}`);
  await mkdir(dirname(path), { recursive: true });
  const [first, end] = cutOf(piece, track.track, mix);
  const written = media.encode({
    path: temporary,
    codec: piece.codec,
    rateHz: piece.rateHz,
    samples: interleave(mix, first, end),
    tags: {
      title: track.title,
      artist: piece.style.artist,
      album: piece.album,
      album_artist: piece.style.artist,
      track: String(track.track),
      date: String(piece.year),
      genre: piece.style.genre,
    },
    cover: paintCover(`${piece.style.artist}/${piece.album}`, piece.style.hue),
  });
  if ('error' in written) {
    await rm(temporary, { force: true });
    throw new Error(`The demo piece ${path} could not be written: ${written.message}`);
  }
  await rename(temporary, path);
}

/** The frames of a track: all of the piece, or its share, cut on the frame at which a bar begins. */
function cutOf(piece: Piece, track: number, mix: Mix & { readonly barFrames: number }): [number, number] {
  const count = piece.tracks.length;
  const frames = mix.left.length;
  if (count === 1) return [0, frames];
  const bars = Math.floor(frames / mix.barFrames / count);
  const cut = (n: number) => (n === count ? frames : Math.round(n * bars * mix.barFrames));
  return [cut(track - 1), cut(track)];
}
