// Encodes test signals and reads them back through the addon, failing the test with the addon's own sentence.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { EncodeOptions, MediaFailure } from '../../audio/media.ts';

export type Codec = EncodeOptions['codec'];

export const EXTENSIONS: Readonly<Record<Codec, string>> = {
  flac: 'flac',
  flac24: 'flac',
  mp3: 'mp3',
  opus: 'opus',
  vorbis: 'ogg',
  aac: 'm4a',
  alac: 'm4a',
  alac24: 'm4a',
  wavpack: 'wv',
  wavpack24: 'wv',
  wavpack32f: 'wv',
  aiff: 'aiff',
  wav16: 'wav',
  wav24: 'wav',
  wav32f: 'wav',
};
export const CODECS = Object.keys(EXTENSIONS) as readonly Codec[];
export const LOSSLESS: readonly Codec[] = [
  'flac',
  'flac24',
  'alac',
  'alac24',
  'wavpack',
  'wavpack24',
  'wavpack32f',
  'aiff',
  'wav16',
  'wav24',
  'wav32f',
];

export const media = mediaTools();

export function succeed<T extends object>(result: T | MediaFailure): T {
  assert.ok(!('error' in result), 'message' in result ? result.message : '');
  return result as T;
}

/** Writes `samples` and returns the path. */
export function write(
  folder: string,
  name: string,
  codec: Codec,
  rateHz: number,
  samples: Float32Array,
  bitRateBps?: number,
): string {
  const path = join(folder, `${name}.${EXTENSIONS[codec]}`);
  succeed(media.encode({ path, codec, rateHz, samples, tags: {}, ...(bitRateBps ? { bitRateBps } : {}) }));
  return path;
}

export function read(path: string, rateHz: number, fromFrame?: number, frames?: number): Float32Array {
  return succeed(media.decode(path, rateHz, fromFrame, frames)).samples;
}
