// Small music folders for system tests: real encoded, tagged files, a few seconds each.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { EncodeOptions } from '../../audio/media.ts';
import { sine } from './tones.ts';

export interface SmallLibrary {
  readonly folder: string;
  readonly files: readonly string[];
}

const CODECS: readonly (readonly [EncodeOptions['codec'], string, number])[] = [
  ['flac', 'flac', 44_100],
  ['mp3', 'mp3', 44_100],
  ['opus', 'opus', 48_000],
  ['aac', 'm4a', 48_000],
];

/** Rises from -30 dB and falls back to it, so that the analysis finds something to crossfade. */
function rising(samples: Float32Array, rateHz: number, seconds: number): Float32Array {
  const slopeS = Math.min(3, seconds / 3);
  return samples.map((sample, at) => {
    const t = Math.floor(at / 2) / rateHz;
    const share = Math.min(1, t / slopeS, (seconds - t) / slopeS);
    return sample * 10 ** ((-30 / 20) * (1 - share));
  });
}

/** Writes `count` files of `seconds` each by several artists, each rising and falling by 30 dB within 3 s. `first` numbers them, so that more can be added later. */
export function writeMusic(folder: string, count: number, seconds: number, first = 0): SmallLibrary {
  mkdirSync(folder, { recursive: true });
  const media = mediaTools();
  const files: string[] = [];
  for (let index = first; index < first + count; index++) {
    const [codec, extension, rateHz] = CODECS[index % CODECS.length] as (typeof CODECS)[number];
    const name = `track-${String(index).padStart(3, '0')}.${extension}`;
    const tone = sine(Math.round(seconds * rateHz), rateHz, 220 + 17 * index, 0.3);
    const samples = rising(tone, rateHz, seconds);
    const tags = {
      title: `Track ${index}`,
      artist: `Artist ${index % 6}`,
      album: `Album ${index % 5}`,
      track: String(index + 1),
    };
    const written = media.encode({ path: join(folder, name), codec, rateHz, samples, tags });
    if ('error' in written) throw new Error(written.message);
    files.push(name);
  }
  return { folder, files };
}
