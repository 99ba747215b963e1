// timeslots: the day in slots, each with a mood, or silent.
import type { Card } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { findPassages } from '../find-passages.ts';
import { fail, type Io, show } from '../io.ts';
import { count, piece, table } from '../words.ts';

interface Slot {
  readonly name: string;
  readonly start: string;
  readonly references: readonly string[];
  readonly passages: readonly Pick<Card, 'passage' | 'title' | 'artist'>[];
  readonly flavor: object | null;
  readonly silent: boolean;
}
interface Slots {
  readonly timeslots: readonly Slot[];
  readonly version: string;
}
/** As it is written; without its references as they are shown. */
type Change = Omit<Slot, 'passages'> & { readonly was?: string };

const PATH = '/api/v1/timeslots';
const isNamed = (name: string) => (slot: Slot) => slot.name.toLowerCase() === name.toLowerCase();

function lines({ timeslots }: Slots): string | string[] {
  if (timeslots.length === 0)
    return 'There are none yet: they come with the first music, or with "segue timeslots set".';
  return table(
    timeslots.map(({ name, start, references, flavor, silent }) => [
      start,
      name,
      silent
        ? 'silent'
        : references.length > 0
          ? `like ${count(references.length, 'passage')}`
          : flavor === null
            ? ''
            : 'a flavor of its own',
    ]),
  );
}

const noSuch = (name: string) => `There is no timeslot "${name}": "segue timeslots" lists them.`;

/** What one slot is like, passage by passage. */
async function showOne(io: Io, { words: [name = ''] }: Args): Promise<ExitCode> {
  const all = await io.client.get<Slots>(PATH);
  if (!all.ok) return fail(io, all.error);
  const slot = all.body.timeslots.find(isNamed(name));
  if (slot === undefined) return fail(io, { code: 'NO_SUCH_TIMESLOT', message: noSuch(name) });
  return show(io, { ...all, body: slot }, (shown) => [
    ...lines({ timeslots: [shown], version: '' }),
    ...table(shown.passages.map((card) => [card.passage, piece(card)])),
  ]);
}

/** Replaces all of them by what `change` makes of them, unless somebody else has changed them meanwhile. */
async function replace(
  io: Io,
  change: (slots: readonly Slot[]) => readonly Change[] | string,
): Promise<ExitCode> {
  const before = await io.client.get<Slots>(PATH);
  if (!before.ok) return fail(io, before.error);
  const after = change(before.body.timeslots);
  if (typeof after === 'string') return fail(io, { code: 'NO_SUCH_TIMESLOT', message: after });
  const timeslots = after.map(({ name, start, references, flavor, silent, was }) => ({
    ...{ name, start, references, silent },
    ...(was !== undefined && { was }),
    ...(flavor !== null && { flavor }),
  }));
  const { version } = before.body;
  return show(io, await io.client.put<Slots>(PATH, { timeslots, version }), lines);
}

async function set(io: Io, { words: [name = '', ...like], options }: Args): Promise<ExitCode> {
  const found = like.length === 0 ? [] : await findPassages(io, like);
  if (typeof found === 'number') return found;
  return replace(io, (slots) => {
    const old = slots.find(isNamed(name));
    const start = options.from === undefined ? old?.start : String(options.from);
    if (start === undefined) return `There is no timeslot "${name}": say when it starts, with --from.`;
    const isSilent = options.silent === true || (old?.silent === true && found.length === 0);
    const changed: Change = {
      name: options.name === undefined ? (old?.name ?? name) : String(options.name),
      start,
      references: found.length > 0 ? found : (old?.references ?? []),
      flavor: found.length > 0 ? null : (old?.flavor ?? null),
      silent: isSilent,
      ...(old !== undefined && options.name !== undefined && { was: old.name }),
    };
    return [...slots.filter((slot) => slot !== old), changed];
  });
}

export const timeslotCommands: readonly Command[] = [
  {
    name: 'timeslots',
    args: '',
    summary: 'The day in slots, each with a mood; each lasts until the next one starts',
    words: [0, 0],
    run: async (io) => show(io, await io.client.get<Slots>(PATH), lines),
  },
  {
    name: 'timeslots show',
    args: '<name>',
    summary: 'The passages that one slot is like',
    words: [1, 1],
    run: showOne,
  },
  {
    name: 'timeslots set',
    args: '<name> [passage | words]... [--from 22:00] [--name NAME] [--silent]',
    summary: 'Add a slot, or change one: when it starts, what it is like, or that nothing plays in it',
    details:
      'Like passages, by their ids or by words that find one. In a silent slot the music has faded out; it begins again when the slot ends. To end its silence, say what it is like.',
    options: {
      from: { takes: 'TIME', summary: 'when it starts, such as 22:00' },
      name: { takes: 'NAME', summary: 'what it is called from now on; alarms with its mood keep it' },
      silent: { summary: 'nothing plays in it, unless somebody plays something' },
    },
    words: [1, 100],
    run: set,
  },
  {
    name: 'timeslots remove',
    args: '<name>',
    summary: 'Remove a slot; the one before it lasts longer',
    words: [1, 1],
    run: (io, { words: [name = ''] }) =>
      replace(io, (slots) =>
        slots.some(isNamed(name)) ? slots.filter((slot) => !isNamed(name)(slot)) : noSuch(name),
      ),
  },
];
