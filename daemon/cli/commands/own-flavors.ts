// flavors own: what the owner says music is like, in words of their own.
import type { Card } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { isPassage } from '../find-passages.ts';
import { fail, type Io, show } from '../io.ts';
import { count, piece } from '../words.ts';

const PATH = '/api/v1/library/flavors/own';
const PAGE = 100;
/** A request carries so many at most. */
const MOST = 1000;

/** Every passage that the words find, page by page. */
async function allHits(io: Io, words: readonly string[]): Promise<string[] | ExitCode> {
  const found: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const next: string = after === '' ? '' : `&after=${after}`;
    const path = `/api/v1/library/search?limit=${PAGE}&q=${encodeURIComponent(words.join(' '))}${next}`;
    const reply = await io.client.get<{ passages: readonly Card[]; next: string | null }>(path);
    if (!reply.ok) return fail(io, reply.error);
    found.push(...reply.body.passages.map(({ passage }) => passage));
    after = reply.body.next;
  }
  if (found.length === 0)
    return fail(io, { code: 'NO_SUCH_PASSAGE', message: `Nothing is called "${words.join(' ')}".` });
  return found;
}

async function say(io: Io, { words: [characteristic = '', ...which], options }: Args): Promise<ExitCode> {
  const wanted = String(options.amount ?? '1');
  const amount = wanted === 'none' ? null : Number(wanted);
  if (amount !== null && !(wanted.trim() !== '' && amount >= 0 && amount <= 1))
    return fail(io, { code: 'USAGE', message: `"${wanted}" is no amount: give 0 to 1, or none.` }, 2);
  const passages = which.every(isPassage) ? which : await allHits(io, which);
  if (typeof passages === 'number') return passages;
  let changed = 0;
  for (let from = 0; from < passages.length; from += MOST) {
    const body = { characteristic, amount, passages: passages.slice(from, from + MOST) };
    const reply = await io.client.put<{ passages: number }>(PATH, body);
    if (!reply.ok) return fail(io, reply.error);
    changed += reply.body.passages;
  }
  const body = { characteristic, amount, found: passages.length, changed };
  return show(io, { ok: true, status: 200, body }, () =>
    amount === null
      ? `Nothing is said of ${characteristic} any more: ${count(changed, 'passage')} of ${passages.length} changed.`
      : `${characteristic} ${amount}: ${count(changed, 'passage')} of ${passages.length} changed.`,
  );
}

async function list(io: Io, characteristic: string): Promise<ExitCode> {
  const path = `${PATH}/${encodeURIComponent(characteristic)}`;
  const reply = await io.client.get<{ passages: readonly Card[] }>(path);
  return show(io, reply, ({ passages }) =>
    passages.length === 0
      ? `Nothing is ${characteristic}, as far as you have said.`
      : passages.map((card) => `${card.passage}  ${piece(card)}`),
  );
}

export const ownFlavorCommands: readonly Command[] = [
  {
    name: 'flavors own',
    args: '<characteristic> [passage | words]... [--amount 0-1 | none]',
    summary: 'Say what music is like in a word of your own, such as christmas; without passages: list them',
    details:
      'Of the passages with these ids, or of all that the words find. It is believed before anything that was measured, is part of what timeslots and likes go by, and rules can ask for it.',
    options: {
      amount: {
        takes: 'N',
        summary: 'how much of it, 0 to 1 (the default); none: say nothing of it any more',
      },
    },
    words: [1, 1000],
    run: (io, args) => (args.words.length === 1 ? list(io, args.words[0] ?? '') : say(io, args)),
  },
];
