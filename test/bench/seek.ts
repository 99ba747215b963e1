// `npm run bench -- seek [--minutes 180] [--times 40] [part of a row's name]`: from the request to the moment the target
// sounds, in files of three hours, through the core on its paced sink. Where the ffmpeg program is installed it writes the
// files of the other codecs.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { writeLongFlac, writeLongMp3 } from '../support/long-file.ts';
import { media, succeed } from '../support/media-files.ts';
import { random } from '../support/signals.ts';
import { quantile, table } from './support/table.ts';

const TARGET_MS = 500;
const RATE_HZ = 44_100;

interface Long {
  readonly name: string;
  /** Writes it and answers its path; null: the program for it is missing. */
  write(folder: string, seconds: number): string | null;
}

function byFfmpeg(name: string, file: string, words: string): Long {
  return {
    name,
    write(folder, seconds) {
      const path = join(folder, file);
      const noise = ['-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:r=${RATE_HZ}:c=pink:a=0.05`];
      const made = spawnSync('ffmpeg', ['-v', 'error', '-y', ...noise, ...words.split(' '), path]);
      return made.status === 0 ? path : null;
    },
  };
}

const FILES: readonly Long[] = [
  { name: 'MP3, no tag', write: (folder, seconds) => writeLongMp3(folder, seconds).path },
  { name: 'FLAC, no seek points', write: (folder, seconds) => writeLongFlac(folder, seconds).path },
  byFfmpeg('MP3, CBR', 'cbr.mp3', '-c:a libmp3lame -b:a 64k'),
  byFfmpeg('MP3, VBR', 'vbr.mp3', '-c:a libmp3lame -q:a 6'),
  byFfmpeg('FLAC', 'a.flac', '-ac 1 -c:a flac'),
  byFfmpeg('AAC', 'a.m4a', '-c:a aac -b:a 64k'),
  byFfmpeg('Opus', 'a.opus', '-ar 48000 -c:a libopus -b:a 48k'),
  byFfmpeg('Vorbis', 'a.ogg', '-c:a libvorbis -q:a 1'),
  byFfmpeg('ALAC', 'alac.m4a', '-ac 1 -c:a alac'),
  byFfmpeg('WavPack', 'a.wv', '-ac 1 -c:a wavpack'),
];

/** Milliseconds of each seek; the first of them apart, since an index may have to be made. */
async function measure(path: string, times: number): Promise<number[]> {
  const { durationTicks } = succeed(media.probe(path));
  const frames = Math.floor((durationTicks / 28_224_000) * RATE_HZ) - RATE_HZ;
  const engine = openNativeEngine({
    rate: RATE_HZ,
    sink: { kind: 'null' },
    playing: true,
    volume: 1,
    limiter: false,
  });
  const none = { frames: 0, curve: 'linear' } as const;
  const begun = new Promise<void>((resolve, reject) => {
    engine.onEvent((event) => {
      if (event.type === 'voiceStarted') resolve();
      if (event.type === 'voiceFailed') reject(new Error(event.message));
    });
  });
  await engine.offer({
    ...{ plan: 1, generation: 0, entry: 1, after: null, path, startFrame: 0, endFrame: frames, gain: 1 },
    ...{ overlapFrames: 0, fadeIn: none, fadeOut: none, previousFadeOut: null },
  });
  // The core keeps no process alive that waits for nothing else.
  const awake = setInterval(() => {}, 1000);
  await begun;
  const dice = random(times);
  const taken: number[] = [];
  for (let n = 0; n < times; n++) {
    const at = Math.floor(dice() * (frames - 60 * RATE_HZ));
    const askedMs = performance.now();
    const { outcome } = await engine.seek(1, at);
    if (outcome !== 'accepted') throw new Error(`A seek to ${at} in ${path} was ${outcome}.`);
    taken.push(performance.now() - askedMs);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  clearInterval(awake);
  await engine.close(0);
  return taken;
}

async function run(args: string[]): Promise<void> {
  const numberOf = (flag: string, otherwise: number) =>
    Number(args.includes(flag) ? args[args.indexOf(flag) + 1] : otherwise);
  const seconds = 60 * numberOf('--minutes', 180);
  const times = numberOf('--times', 40);
  const isFlag = (word: string, index: number) => word.startsWith('--') || args[index - 1]?.startsWith('--');
  const only = args.find((word, index) => !isFlag(word, index)) ?? '';
  const rows: (string | number)[][] = [];
  for (const { name, write } of FILES.filter((file) => file.name.includes(only))) {
    const folder = temporaryFolder('seek');
    mkdirSync(folder.path, { recursive: true });
    const path = write(folder.path, seconds);
    if (path === null) rows.push([name, 'ffmpeg is missing', '', '', '']);
    else {
      const taken = await measure(path, times);
      const at = (q: number) => quantile(taken, q).toFixed(0);
      rows.push([name, at(0.5), at(0.99), at(1), quantile(taken, 0.99) <= TARGET_MS ? 'yes' : 'no']);
    }
    folder.remove();
    process.stdout.write('.');
  }
  console.log(`\n${times} seeks anywhere in ${seconds / 60} minutes, ms until the target sounds`);
  table(['file', 'p50', 'p99', 'worst', `p99 within ${TARGET_MS} ms`], rows);
}

export const bench = {
  name: 'seek',
  summary: 'a seek anywhere in a file of three hours, until it sounds: p50 and p99 for every format',
  run,
};
