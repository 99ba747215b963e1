// split: divides a file that holds several pieces at its silences, by a CUE sheet beside it. Needs no daemon; a running one
// takes the sheet up by itself. The audio file is only read.
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ticksToMs } from '../../../audio/ticks.ts';
import { cueNames } from '../../import/beside.ts';
import { cueText, MOST_TRACKS } from '../../import/cue.ts';
import { partStarts } from '../../import/silences.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { clock, count, table } from '../words.ts';

/** Short enough that nobody hears where a part begins. */
const SPAN_MS = 20;

interface Split {
  readonly file: string;
  readonly parts: readonly {
    readonly title: string;
    readonly startMs: number;
    readonly durationMs: number;
  }[];
  /** The sheet, where it was written. */
  readonly written: string | null;
}

const OPTIONS = {
  silence: { initial: 1, least: 0.1, most: 60, unit: 'seconds' },
  below: { initial: -50, least: -90, most: -10, unit: 'dB' },
  least: { initial: 30, least: 1, most: 3600, unit: 'seconds' },
} as const;

function numbersOf(options: Args['options']): Record<keyof typeof OPTIONS, number> | string {
  const numbers = { silence: 0, below: 0, least: 0 };
  for (const name of Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]) {
    const { initial, least, most, unit } = OPTIONS[name];
    const given = options[name];
    const value = given === undefined ? initial : given === true ? Number.NaN : Number(given);
    if (!(value >= least && value <= most)) return `--${name} is ${least} to ${most} ${unit}.`;
    numbers[name] = value;
  }
  return numbers;
}

async function run(io: Io, { words, options }: Args): Promise<ExitCode> {
  const numbers = numbersOf(options);
  if (typeof numbers === 'string') return fail(io, { code: 'USAGE', message: numbers }, 2);
  const path = resolve(words[0] as string);
  const [name, folder] = [basename(path), dirname(path)];
  const sheet = join(folder, cueNames(name)[0] as string);
  const there = cueNames(name).find((each) => existsSync(join(folder, each)));
  if (options.write && there !== undefined && !options.replace)
    return fail(io, {
      code: 'EXISTS',
      message: `${join(folder, there)} divides it already: take it away first, or say --replace.`,
    });
  // Loaded when it is asked for: no other command needs the core for it.
  const { mediaTools } = await import('../../../audio/addon.ts');
  const probe = mediaTools().probe(path);
  if ('error' in probe) return fail(io, { code: probe.error, message: probe.message });
  if (io.columns !== null && !io.isJson) io.progress(`Listening to ${name} ...`);
  const spans = Math.max(1, Math.ceil(ticksToMs(probe.durationTicks) / SPAN_MS));
  const envelope = mediaTools().envelope(path, spans);
  if (io.columns !== null && !io.isJson) io.progress('');
  if ('error' in envelope) return fail(io, { code: envelope.error, message: envelope.message });
  const starts = partStarts(envelope, {
    silenceS: numbers.silence,
    belowDb: numbers.below,
    leastS: numbers.least,
  });
  if (starts.length > MOST_TRACKS)
    return fail(io, {
      code: 'TOO_MANY',
      message: `${starts.length} parts are more than the ${MOST_TRACKS} that a CUE sheet holds: ask for longer ones with --least, or longer silences with --silence.`,
    });
  const tracks = starts.map((startTicks, i) => ({
    title: `${basename(name, extname(name))} ${i + 1}`,
    startTicks,
  }));
  const isWritten = options.write === true && tracks.length > 1;
  if (isWritten) {
    try {
      writeFileSync(sheet, cueText(name, tracks), { flag: options.replace ? 'w' : 'wx' });
    } catch (error) {
      return fail(io, {
        code: 'UNWRITABLE',
        message: `${sheet} was not written: ${(error as Error).message}.`,
      });
    }
  }
  const body: Split = {
    file: path,
    parts: tracks.map(({ title, startTicks }, i) => ({
      title,
      startMs: ticksToMs(startTicks),
      durationMs: ticksToMs((starts[i + 1] ?? envelope.durationTicks) - startTicks),
    })),
    written: isWritten ? sheet : null,
  };
  return show(io, { ok: true, status: 200, body }, linesOf);
}

function linesOf({ file, parts, written }: Split): readonly string[] {
  if (parts.length === 1)
    return [
      `${file}: nothing divides it.`,
      'Try shorter silences (--silence 0.5) or louder ones (--below -40); parts are at least --least seconds long.',
    ];
  return [
    `${file}: ${count(parts.length, 'part', 'parts')}`,
    ...table(
      parts.map(({ title, startMs, durationMs }) => [`  ${clock(startMs)}`, clock(durationMs), title]),
    ),
    written === null
      ? 'Nothing was written: with --write a CUE sheet beside it makes a passage of each.'
      : `${written} was written: Segue takes it up within a minute or two. Titles can be changed in it; without it the file is one piece again.`,
  ];
}

export const splitCommands: readonly Command[] = [
  {
    name: 'split',
    args: '<file> [--silence 1] [--below -50] [--least 30] [--write [--replace]]',
    summary: 'Divide a file of several pieces at its silences, by a CUE sheet beside it',
    details:
      'A side of a record, a concert, a tape. Shows what it would do; --write does it. The file itself is not changed.',
    options: {
      silence: { takes: 'S', summary: 'how long a silence must be, in seconds' },
      below: { takes: 'DB', summary: 'how quiet it is, in dB of full scale' },
      least: { takes: 'S', summary: 'how long a part is at least, in seconds' },
      write: { summary: 'write the sheet' },
      replace: { summary: 'also where there is one' },
    },
    words: [1, 1],
    run,
  },
];
