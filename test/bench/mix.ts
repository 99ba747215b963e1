// A mix of many hours with crossfades through the real core into the hashing sink: its length to the frame, how many times
// faster than it plays, and whether the memory stays flat. With --file: an RF64 file above 4 GiB, read back by ffmpeg.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHashWriter } from '../../audio/hash-writer.ts';
import { renderSequence } from '../../audio/render.ts';
import { planSequence } from '../../audio/sequence-plan.ts';
import { secondsToTicks } from '../../audio/ticks.ts';
import { createWavWriter } from '../../audio/wav-writer.ts';
import type { Playable } from '../../sync/vocabulary/common.ts';
import { type Codec, media, succeed, write } from '../support/media-files.ts';
import { music } from '../support/signals.ts';
import { memory } from './support/process-cost.ts';
import { table } from './support/table.ts';

const RATE = 44_100;
const CROSSFADE_S = 5;
const PIECE_S = 240;
/** Two of them at another rate than the mix. */
const PIECES: readonly (readonly [Codec, number])[] = [
  ['flac', 44_100],
  ['mp3', 44_100],
  ['opus', 48_000],
  ['flac', 48_000],
  ['vorbis', 44_100],
  ['aac', 44_100],
];

interface Asked {
  readonly hours: number;
  /** Null: hash. */
  readonly file: string | null;
}

function asked(args: readonly string[]): Asked {
  const value = (name: string) => args[args.indexOf(name) + 1];
  const file = args.includes('--file') ? resolve(value('--file') ?? 'mix.wav') : null;
  // 3.5 hours of stereo floats are 4.4 GB.
  const hours = args.includes('--hours') ? Number(value('--hours')) : file === null ? 10 : 3.5;
  if (!(hours > 0)) throw new Error('Usage: mix [--hours H] [--file PATH]');
  return { hours, file };
}

/** Enough passages for the time, the pieces one after the other, again and again; all points left to the planner. */
function passagesFor(hours: number, folder: string): readonly Playable[] {
  const files = PIECES.map(([codec, rate], i) => {
    const path = write(folder, `piece-${i}`, codec, rate, music(PIECE_S * rate, rate, i + 1));
    return { path, fileTicks: succeed(media.measure(path)).durationTicks };
  });
  const count = Math.max(2, Math.ceil((hours * 3600) / (PIECE_S - CROSSFADE_S)));
  return Array.from({ length: count }, (_, i): Playable => {
    const { path, fileTicks } = files[i % files.length] as (typeof files)[number];
    const none = { fadeInTicks: null, leadInTicks: null, leadOutTicks: null, fadeOutTicks: null };
    return {
      passage: i + 1,
      path,
      points: { ...none, startTicks: 0, endTicks: fileTicks },
      fileTicks,
      part: null,
      fadeInCurve: null,
      fadeOutCurve: null,
      gainDb: -6,
      album: null,
      disc: null,
      track: null,
    };
  });
}

async function run(args: string[]): Promise<void> {
  const { hours, file } = asked(args);
  const folder = mkdtempSync(join(tmpdir(), 'segue-bench-mix-'));
  try {
    console.log(`encoding ${PIECES.length} pieces of ${PIECE_S} s`);
    const passages = passagesFor(hours, folder);
    const settings = {
      globalCrossfadeTicks: secondsToTicks(CROSSFADE_S),
      defaultCurve: 'equal-power',
      albumAware: false,
    } as const;
    const { voices, totalFrames } = planSequence(passages, settings, RATE);
    const hash = createHashWriter();
    const wav = file === null ? null : createWavWriter(file, RATE);
    const samples: { hours: number; anonymousMb: number; residentMb: number; heapMb: number }[] = [];
    const every = Math.ceil(totalFrames / 20);
    let due = every;
    const began = performance.now();
    const cpuBefore = process.cpuUsage();
    const rendered = await renderSequence(
      passages.map(({ path }) => path),
      voices,
      totalFrames,
      { rate: RATE, volume: 1, limiter: true },
      (block) => {
        hash.write(block);
        wav?.write(block);
        if (hash.frames < due) return;
        due += every;
        const { anonymousMb, residentMb } = memory(process.pid);
        const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
        samples.push({ hours: hash.frames / RATE / 3600, anonymousMb, residentMb, heapMb });
      },
    );
    const seconds = (performance.now() - began) / 1000;
    wav?.close();
    if ('message' in rendered) throw new Error(rendered.message);
    const { user, system } = process.cpuUsage(cpuBefore);
    const mixSeconds = totalFrames / RATE;
    const late = rendered.voices.filter(({ firstFrame, lastFrame }, i) => {
      const voice = voices[i];
      const length = (voice?.endFrame ?? 0) - (voice?.startFrame ?? 0);
      return firstFrame !== voice?.streamFrame || lastFrame !== firstFrame + length - 1;
    });
    table(
      ['what', 'measured', 'target'],
      [
        ['length', `${(mixSeconds / 3600).toFixed(3)} h, ${voices.length} passages`, ''],
        ['frames written − planned', hash.frames - totalFrames, '0'],
        ['voices off their frame', `${late.length} of ${voices.length}`, '0'],
        ['x real time, elapsed', (mixSeconds / seconds).toFixed(0), '>= 200'],
        ['x real time, CPU', (mixSeconds / ((user + system) / 1e6)).toFixed(0), ''],
        ['sha256', hash.digest(), ''],
      ],
    );
    console.log('\nmemory on the way, MB');
    table(
      ['hours', 'resident', 'anonymous', 'JavaScript heap'],
      samples.map((at) => [
        at.hours.toFixed(2),
        at.residentMb.toFixed(1),
        at.anonymousMb.toFixed(1),
        at.heapMb.toFixed(1),
      ]),
    );
    const anonymous = samples.slice(1).map(({ anonymousMb }) => anonymousMb);
    const half = Math.floor(anonymous.length / 2);
    console.log(
      `\nanonymous: most in the first half ${Math.max(...anonymous.slice(0, half)).toFixed(1)} MB, in the second ${Math.max(...anonymous.slice(half)).toFixed(1)} MB (flat where the second is no more)`,
    );
    if (file !== null) readBack(file, totalFrames);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What ffprobe says of the file, and whether ffmpeg decodes its last second. */
function readBack(file: string, totalFrames: number): void {
  const bytes = statSync(file).size;
  const head = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  readSync(handle, head, 0, 4, 0);
  closeSync(handle);
  console.log(`\n${file}: ${bytes} bytes (${(bytes / 2 ** 30).toFixed(2)} GiB), ${head.toString('latin1')}`);
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'stream=duration_ts,sample_rate', '-of', 'csv=p=0', file],
    { encoding: 'utf8' },
  );
  console.log(
    `ffprobe: ${(probe.stdout ?? '').trim()}, expected ${RATE},${totalFrames} ${probe.stderr ?? ''}`,
  );
  const tail = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-ss', String(totalFrames / RATE - 1), '-i', file, '-f', 'f32le', '-'],
    { maxBuffer: 2 ** 24 },
  );
  console.log(`ffmpeg: ${(tail.stdout?.length ?? 0) / 8} frames of the last second, ${RATE} expected`);
}

export const bench = {
  name: 'mix',
  summary:
    'a 10-hour mix with crossfades into the hashing sink: memory, speed, length ([--hours H] [--file PATH])',
  run,
};
