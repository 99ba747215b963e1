// override: a mood in place of the timeslots, for a while.
import { publicStatus, type Status } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { findPassages, isPassage } from '../find-passages.ts';
import { fail, type Io, show } from '../io.ts';
import { durationText, parseDuration, when } from '../words.ts';

type Override = Status['override'];

export function overrideLine(override: NonNullable<Override>, nowMs: number): string {
  return `${override.name} until ${when(override.untilMs, nowMs)} (${durationText(override.leftMs)} left)`;
}

async function like(io: Io, words: readonly string[]): Promise<object | ExitCode> {
  const wanted = words.join(' ');
  if (words.length !== 1 || !isPassage(wanted)) {
    const slots = await io.client.get<{ timeslots: readonly { name: string }[] }>('/api/v1/timeslots');
    if (!slots.ok) return fail(io, slots.error);
    const isSlot = slots.body.timeslots.some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    if (isSlot) return { timeslot: wanted };
  }
  const passages = await findPassages(io, words);
  if (typeof passages === 'number') return passages;
  if (passages.length !== 1)
    return fail(io, { code: 'USAGE', message: 'Name one passage, or a timeslot.' }, 2);
  return { passage: passages[0] };
}

async function set(io: Io, { words, options }: Args): Promise<ExitCode> {
  const length = String(options.for ?? '2h');
  const durationMs = parseDuration(length);
  if (durationMs === null)
    return fail(io, { code: 'USAGE', message: `"${length}" is no duration: give 90m, 2h or 1h30m.` }, 2);
  const target = await like(io, words);
  if (typeof target === 'number') return target;
  const name = options.name === undefined ? {} : { name: options.name };
  const body = { ...target, durationS: durationMs / 1000, ...name };
  const reply = await io.client.post<{ override: NonNullable<Override> }>('/api/v1/override', body);
  return show(io, reply, ({ override }) => `Like ${overrideLine(override, Date.now())}.`);
}

export const overrideCommands: readonly Command[] = [
  {
    name: 'override',
    args: '',
    summary: 'The mood that somebody asked for, if one holds',
    words: [0, 0],
    async run(io) {
      const status = await publicStatus(io);
      if (!status.ok) return fail(io, status.error);
      const { override } = status.body;
      return show(io, { ok: true, status: 200, body: { override } }, () =>
        override === null ? 'None: the timeslots hold.' : `${overrideLine(override, Date.now())}.`,
      );
    },
  },
  {
    name: 'override set',
    args: '<passage | timeslot | words>... [--for 2h] [--name NAME]',
    summary: 'From now on music like this, in place of the timeslots',
    details:
      'Like a passage (its id, or words that find it) or like a timeslot, by its name. What was chosen before gives way at once; what somebody asked for stays.',
    options: {
      for: { takes: 'TIME', summary: 'how long: 90m, 2h (the default), 1h30m; a minute to seven days' },
      name: { takes: 'NAME', summary: 'what it is called; else as the passage or timeslot is' },
    },
    words: [1, 100],
    run: set,
  },
  {
    name: 'override off',
    args: '',
    summary: 'The timeslots hold again; what is queued stays',
    words: [0, 0],
    run: async (io) =>
      show(io, await io.client.del<{ cancelled: boolean }>('/api/v1/override'), ({ cancelled }) =>
        cancelled ? 'The timeslots hold again.' : 'There was none: the timeslots hold.',
      ),
  },
];
