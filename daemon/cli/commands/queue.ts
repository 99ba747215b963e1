// queue, and what changes it.
import type { Entry, Queue } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { findPassages } from '../find-passages.ts';
import { fail, type Io, show } from '../io.ts';
import { clock, count, piece, table } from '../words.ts';

function queueLines(entries: readonly Entry[]): string[] {
  if (entries.length === 0) return ['The queue is empty.'];
  return table(
    entries.map((each) => [
      each.sounding ? '▶' : ' ',
      each.entry,
      clock(each.durationMs),
      each.source === 'person' ? 'asked for' : 'chosen',
      piece(each),
    ]),
  );
}

async function add(io: Io, { words, options }: Args): Promise<ExitCode> {
  const passages = await findPassages(io, words);
  if (typeof passages === 'number') return passages;
  const where = options.next === true ? 'next' : 'end';
  const reply = await io.client.post<{ entries: readonly string[] }>('/api/v1/queue', { passages, where });
  return show(
    io,
    reply,
    ({ entries }) => `Added ${entries.join(', ')} ${where === 'next' ? 'next' : 'at the end'}.`,
  );
}

interface Removed {
  readonly entry: string;
  readonly removed: boolean;
}

async function remove(io: Io, { words }: Args): Promise<ExitCode> {
  let code: ExitCode = 0;
  for (const word of words) {
    const reply = await io.client.del<Removed>(`/api/v1/queue/${encodeURIComponent(word)}`);
    const shown = show(io, reply, ({ entry, removed }) =>
      removed ? `Removed ${entry}.` : `${entry} is not in the queue.`,
    );
    code = code === 0 ? shown : code;
  }
  return code;
}

async function move(io: Io, { words: [entry = '', place = '', after] }: Args): Promise<ExitCode> {
  const isKnown = place === 'next' || place === 'end' || (place === 'after' && after !== undefined);
  if (!isKnown || (place !== 'after' && after !== undefined))
    return fail(io, { code: 'USAGE', message: 'Say where: next, end, or after <entry>.' }, 2);
  const where = place === 'after' ? { after } : place;
  const reply = await io.client.post(`/api/v1/queue/${encodeURIComponent(entry)}/move`, { where });
  return show(
    io,
    reply,
    () =>
      `Moved ${entry} ${place === 'after' ? `after ${after}` : `to the ${place === 'next' ? 'front' : 'end'}`}.`,
  );
}

export const queueCommands: readonly Command[] = [
  {
    name: 'queue',
    args: '',
    summary: 'What sounds and what waits',
    words: [0, 0],
    async run(io) {
      const reply = await io.client.get<Queue>('/api/v1/queue');
      return show(io, reply, ({ entries }) => queueLines(entries));
    },
  },
  {
    name: 'queue add',
    args: '<passage>... | <words>... [--next]',
    summary: 'Ask for a piece, by id or by what it is called',
    options: { next: { summary: 'right after what sounds, instead of at the end' } },
    words: [1, 100],
    run: add,
  },
  { name: 'queue rm', args: '<entry>...', summary: 'Take entries out', words: [1, 100], run: remove },
  {
    name: 'queue move',
    args: '<entry> next | end | after <entry>',
    summary: 'Move an entry',
    words: [2, 3],
    run: move,
  },
  {
    name: 'queue clear',
    args: '',
    summary: 'Take out all that waits',
    words: [0, 0],
    run: async (io) =>
      show(
        io,
        await io.client.del<{ removed: number }>('/api/v1/queue'),
        ({ removed }) => `Removed ${count(removed, 'entry', 'entries')}.`,
      ),
  },
];
