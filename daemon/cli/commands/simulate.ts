// simulate: days of radio in seconds, without sound, from a copy of the library.
import { join } from 'node:path';
import type { SimulationReport } from '../../simulate/simulate.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { count, durationText, table } from '../words.ts';

const MOST_DAYS = 3660;

function numberIn(
  text: string | true | undefined,
  initial: number,
  least: number,
  most: number,
): number | null {
  if (text === undefined) return initial;
  const value = text === true ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= least && value <= most ? value : null;
}

/** A report in words. */
export function reportLines(report: SimulationReport): string[] {
  const { days, plays, skipped, silentMs, pausedMs, relaxed, broken, brokenExamples, slots, passages } =
    report;
  const share = (part: number) => `${((100 * part) / Math.max(1, plays)).toFixed(1)} %`;
  const lines = [
    `${count(days, 'day', 'days')}, ${count(plays, 'play', 'plays')}${skipped > 0 ? `, ${skipped} of them skipped early` : ''}.`,
    silentMs === 0 ? 'Never silent when music was to play.' : `Silent for ${durationText(silentMs)}.`,
    ...(pausedMs > 0 ? [`${durationText(pausedMs)} in silent timeslots.`] : []),
    broken === 0
      ? 'No cooldown was broken.'
      : `${count(broken, 'cooldown was', 'cooldowns were')} broken, for example:`,
    ...brokenExamples.map(
      ({ what, passage, afterMs, atLeastMs }) =>
        `  p${passage}: its ${what} came back after ${durationText(afterMs)} instead of ${durationText(atLeastMs)}`,
    ),
    `Cooldowns were shortened for ${count(relaxed, 'choice', 'choices')} (${share(relaxed)}).`,
    `${passages.played} of ${count(passages.known, 'passage', 'passages')} played: at least ${passages.least} times each, at most ${passages.most}, ${passages.median} in the middle.`,
  ];
  if (slots.length === 0) return lines;
  const near = (distance: number) => distance.toFixed(4);
  return [
    ...lines,
    'Distance to the mood of the time, mean of what played and of the whole library:',
    ...table(
      slots.map((slot) => [
        `  ${slot.name}`,
        count(slot.plays, 'play', 'plays'),
        near(slot.meanDistance),
        near(slot.randomDistance),
        `× ${(slot.meanDistance / slot.randomDistance).toFixed(2)}`,
      ]),
    ),
  ];
}

async function run(io: Io, { options }: Args): Promise<ExitCode> {
  const days = numberIn(options.days, 30, 1, MOST_DAYS);
  const seed = numberIn(options.seed, 1, 0, 2 ** 32 - 1);
  const skips = numberIn(options.skips, 0, 0, 100);
  const startMs = options.from === undefined ? Date.now() : Date.parse(String(options.from));
  if (days === null) return fail(io, { code: 'USAGE', message: `--days is 1 to ${MOST_DAYS}.` }, 2);
  if (seed === null) return fail(io, { code: 'USAGE', message: '--seed is 0 to 4294967295.' }, 2);
  if (skips === null)
    return fail(io, { code: 'USAGE', message: '--skips is a share in percent, 0 to 100.' }, 2);
  if (Number.isNaN(startMs))
    return fail(io, { code: 'USAGE', message: '--from is a day, such as 2026-03-29.' }, 2);
  // Loaded when they are asked for: no other command needs them.
  const { copyLibrary } = await import('../../simulate/library-copy.ts');
  const { simulate } = await import('../../simulate/simulate.ts');
  const copy = copyLibrary(join(io.stateDirectory, 'segue.db'));
  if ('error' in copy) return fail(io, { code: copy.error, message: copy.message });
  let isAsked = true;
  const stop = () => {
    isAsked = false;
  };
  process.once('SIGINT', stop);
  try {
    const report = await simulate({
      db: copy.db,
      startMs,
      days: Math.ceil(days),
      seed: Math.floor(seed),
      skips: skips / 100,
      onDay: async (done, plays) => {
        if (!io.isJson && io.columns !== null)
          io.progress(`Day ${done} of ${Math.ceil(days)}, ${plays} plays`);
        // So that Ctrl-C is heard.
        await new Promise((resolve) => setImmediate(resolve));
        return isAsked;
      },
    });
    if (!io.isJson && io.columns !== null) io.progress('');
    return show(io, { ok: true, status: 200, body: report }, reportLines);
  } finally {
    process.removeListener('SIGINT', stop);
    copy.close();
  }
}

export const simulateCommands: readonly Command[] = [
  {
    name: 'simulate',
    args: '[--days 30] [--seed 1] [--from DAY] [--skips PERCENT]',
    summary: 'What would play: days of radio in seconds, without sound, by the real rules',
    details:
      'From a copy of the library, its settings and its history; the daemon may run meanwhile, and nothing is changed. The same library, day and seed give the same plays. Ctrl-C ends it early, with what is known by then.',
    options: {
      days: { takes: 'N', summary: `how many, at most ${MOST_DAYS}` },
      seed: { takes: 'N', summary: 'the dice' },
      from: { takes: 'DAY', summary: 'when it begins, such as 2026-03-29; else now' },
      skips: { takes: 'PERCENT', summary: 'how many passages somebody skips after ten seconds' },
    },
    words: [0, 0],
    run,
  },
];
