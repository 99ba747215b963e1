// A library for benchmarks: FLAC or MP3 at 44.1 kHz, Opus at 48 kHz, or as asked for, composed by the demo's own program, so that anyone can run them.
import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../../audio/addon.ts';

const PIECES = 16;
const SECONDS = 75;
/** Copied long ago, as nearly all music was: what is new is looked at once more after a minute. */
const AGE_S = 86_400;

export type BenchCodec = 'flac' | 'mp3' | 'opus';

/** Writes 16 files (tones and noise under an envelope) and returns the folder. */
export function benchLibrary(
  folder: string,
  codec: BenchCodec = 'flac',
  seconds = SECONDS,
  rateHz = codec === 'opus' ? 48_000 : 44_100,
): string {
  mkdirSync(folder, { recursive: true });
  const media = mediaTools();
  for (let piece = 0; piece < PIECES; piece++) {
    const frames = seconds * rateHz;
    const samples = new Float32Array(2 * frames);
    let noise = 12_345 + piece;
    for (let n = 0; n < frames; n++) {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      const envelope = 0.3 + 0.2 * Math.sin((2 * Math.PI * n) / rateHz / 4);
      const hiss = (noise / 2 ** 32 - 0.5) * 0.1;
      samples[2 * n] = envelope * Math.sin((2 * Math.PI * (110 + 20 * piece) * n) / rateHz) + hiss;
      samples[2 * n + 1] = envelope * Math.sin((2 * Math.PI * (165 + 30 * piece) * n) / rateHz) - hiss;
    }
    const name = `piece-${String(piece).padStart(2, '0')}`;
    const path = join(folder, `${name}.${codec}`);
    const written = media.encode({
      path,
      codec,
      rateHz,
      samples,
      tags: { title: `Piece ${piece}`, artist: `Artist ${piece % 8}`, album: `Album ${piece % 4}` },
    });
    if ('error' in written) throw new Error(written.message);
    const writtenAtS = Date.now() / 1000 - AGE_S;
    utimesSync(path, writtenAtS, writtenAtS);
  }
  return folder;
}
