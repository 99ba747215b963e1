// What decoding costs: each format decoded whole, at its own rate and resampled, in multiples of real time on one thread;
// and how long a seek to one frame takes. A process of its own on the main thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { EncodeOptions, MediaFailure } from '../../audio/media.ts';
import { benchSignal, median } from './signal.ts';

type Codec = EncodeOptions['codec'];

/** The name decides the container. */
const CASES: readonly (readonly [Codec, string, number])[] = [
  ['flac', 'flac', 44_100],
  ['flac', 'flac', 48_000],
  ['flac24', 'flac', 96_000],
  ['mp3', 'mp3', 44_100],
  ['aac', 'm4a', 44_100],
  ['alac', 'm4a', 44_100],
  ['opus', 'opus', 48_000],
  ['vorbis', 'ogg', 44_100],
  ['wavpack', 'wv', 44_100],
  ['aiff', 'aiff', 44_100],
  ['wav16', 'wav', 44_100],
];
const SEEKS = 30;

export interface DecodeCost {
  readonly codec: string;
  readonly rateHz: number;
  /** x real time of CPU seconds, all threads together. */
  readonly own: number;
  readonly to44100: number;
  readonly to48000: number;
  readonly measure: number;
  readonly seekMs: number;
  readonly worstSeekMs: number;
}

/** One row a format, as each is done. */
export function* measureDecode(seconds: number, rounds: number): Generator<DecodeCost> {
  const folder = mkdtempSync(join(tmpdir(), 'segue-bench-decode-'));
  try {
    for (const [codec, extension, rateHz] of CASES) {
      const path = join(folder, `${codec}-${rateHz}.${extension}`);
      const samples = benchSignal(seconds * rateHz, rateHz, 1);
      succeed(mediaTools().encode({ path, codec, rateHz, samples, tags: {} }));
      yield measureFile(codec, path, rateHz, seconds, rounds);
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureFile(
  codec: string,
  path: string,
  rateHz: number,
  seconds: number,
  rounds: number,
): DecodeCost {
  const media = mediaTools();
  const speed = (work: () => object | MediaFailure) =>
    seconds / median(Array.from({ length: rounds }, () => cpuSeconds(() => succeed(work()))));
  const seeks = Array.from({ length: SEEKS }, (_, i) => {
    // Spread over the file, near and far in turn.
    const at = Math.floor((((i * 7919) % SEEKS) / SEEKS) * seconds * rateHz);
    const before = performance.now();
    succeed(media.decode(path, rateHz, at, 1));
    return performance.now() - before;
  });
  return {
    codec,
    rateHz,
    own: speed(() => media.decode(path, rateHz)),
    to44100: speed(() => media.decode(path, 44_100)),
    to48000: speed(() => media.decode(path, 48_000)),
    measure: speed(() => media.measure(path)),
    seekMs: median(seeks),
    worstSeekMs: Math.max(...seeks),
  };
}

function succeed(result: object | MediaFailure): void {
  if ('error' in result) throw new Error((result as MediaFailure).message);
}

/** CPU rather than elapsed seconds: other work on the machine does not count. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
