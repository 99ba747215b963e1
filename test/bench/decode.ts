// Decoding and resampling speed, seeks, and measures, for every codec, in multiples of real time on one thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Codec, EXTENSIONS, media, read, succeed, write } from '../support/media-files.ts';
import { music, random } from '../support/signals.ts';

const ROUNDS = 3;
const CASES: readonly [Codec, number][] = [
  ['flac', 44_100],
  ['flac', 48_000],
  ['flac24', 96_000],
  ['mp3', 44_100],
  ['aac', 44_100],
  ['opus', 48_000],
  ['vorbis', 44_100],
  ['alac', 44_100],
  ['wavpack', 44_100],
  ['aiff', 44_100],
  ['wav16', 44_100],
];

export const bench = {
  name: 'decode',
  summary: 'decode + resample to 44.1 and 48 kHz, seek and measure, x real time (target: >= 200 here)',
  async run(args: string[]): Promise<void> {
    const seconds = Number(args[0] ?? 120);
    const folder = mkdtempSync(join(tmpdir(), 'segue-bench-'));
    try {
      console.log(
        `${seconds} s of music a file, median of ${ROUNDS}; x real time of CPU seconds, one thread`,
      );
      console.log('codec     rate   at its own   to 44.1   to 48   measure   seek ms (median, max)');
      for (const [codec, rate] of CASES) printCase(folder, codec, rate, seconds);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function printCase(folder: string, codec: Codec, rate: number, seconds: number): void {
  const path = write(
    folder,
    `${codec}-${rate}.${EXTENSIONS[codec]}`,
    codec,
    rate,
    music(seconds * rate, rate),
  );
  const speed = (work: () => unknown) =>
    (seconds / median(Array.from({ length: ROUNDS }, () => cpuSeconds(work)))).toFixed(0);
  const dice = random(1);
  const seeks = Array.from({ length: 30 }, () => {
    const at = Math.floor(dice() * seconds * rate);
    return 1000 * timed(() => read(path, rate, at, 1));
  });
  const row = [
    codec.padEnd(8),
    String(rate).padStart(6),
    speed(() => read(path, rate)).padStart(12),
    speed(() => read(path, 44_100)).padStart(9),
    speed(() => read(path, 48_000)).padStart(7),
    speed(() => succeed(media.measure(path))).padStart(9),
    `${median(seeks).toFixed(1)}, ${Math.max(...seeks).toFixed(1)}`.padStart(12),
  ];
  console.log(row.join(' '));
}

/** CPU rather than wall-clock seconds: other work on the machine does not count. */
function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function timed(work: () => unknown): number {
  const before = performance.now();
  work();
  return (performance.now() - before) / 1000;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
