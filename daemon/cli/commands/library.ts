// search, why, history.
import type { Card, History, Why } from '../answers.ts';
import type { Command } from '../command.ts';
import { show } from '../io.ts';
import { clock, piece, table, when } from '../words.ts';

const NEAREST_SHOWN = 5;

function whyLines({ sentence, facts, rule, flow, ...card }: Why): string[] {
  const lines = [`${piece(card)} (${card.entry})`, sentence];
  if (facts === null) return lines;
  const dropped = Object.entries(facts.dropped).filter(([, n]) => n > 0);
  const shown = facts.candidates.slice(0, NEAREST_SHOWN);
  lines.push(
    '',
    `target    ${facts.target.name} (${facts.target.kind})`,
    `free      ${facts.eligible}${dropped.length === 0 ? '' : `, left out: ${dropped.map(([why, n]) => `${n} ${why}`).join(', ')}`}`,
    `relaxed   ${facts.relaxedTo === 1 ? 'no' : facts.relaxedTo === 0 ? 'all: the one heard longest ago' : `cooldowns × ${facts.relaxedTo}`}`,
    `draw      ${facts.draw.toFixed(3)} with seed ${facts.seed}, number ${facts.chosen + 1} of ${facts.candidates.length}`,
  );
  if (rule !== null) lines.push(`rule      ${rule}${flow === null ? '' : `, flow ${flow}`}`);
  lines.push(
    '',
    'nearest',
    ...table(
      shown.map((each) => [
        each.passage === card.passage ? '  *' : '   ',
        each.distance.toFixed(3),
        `weight ${each.weight.toFixed(2)}`,
        piece(each),
      ]),
    ),
  );
  return lines;
}

export const libraryCommands: readonly Command[] = [
  {
    name: 'search',
    args: '<words>... [--limit N]',
    summary: 'Find pieces by title, artist and album',
    options: { limit: { takes: 'N', summary: 'how many, 1 to 100 (default 20)' } },
    words: [1, 50],
    async run(io, { words, options }) {
      const query = `q=${encodeURIComponent(words.join(' '))}&limit=${encodeURIComponent(options.limit ?? 20)}`;
      const reply = await io.client.get<{ passages: readonly Card[] }>(`/api/v1/library/search?${query}`);
      return show(io, reply, ({ passages }) =>
        passages.length === 0
          ? `Nothing is called "${words.join(' ')}".`
          : table(
              passages.map((each) => [each.passage, clock(each.durationMs), piece(each), each.album ?? '']),
            ),
      );
    },
  },
  {
    name: 'why',
    args: '[entry]',
    summary: 'Why it plays: what sounds, or an entry of queue or history',
    words: [0, 1],
    async run(io, { words: [entry = 'current'] }) {
      return show(io, await io.client.get<Why>(`/api/v1/why/${encodeURIComponent(entry)}`), whyLines);
    },
  },
  {
    name: 'history',
    args: '[--limit N] [--before PLAY]',
    summary: 'What was played, newest first',
    options: {
      limit: { takes: 'N', summary: 'how many, 1 to 100 (default 20)' },
      before: { takes: 'PLAY', summary: 'go on from the cursor that --json gives as "next"' },
    },
    words: [0, 0],
    async run(io, { options: { limit = '20', before } }) {
      const cursor = before === undefined ? '' : `&before=${encodeURIComponent(String(before))}`;
      const path = `/api/v1/history?limit=${encodeURIComponent(String(limit))}${cursor}`;
      const reply = await io.client.get<History>(path);
      return show(io, reply, ({ plays }) =>
        plays.length === 0
          ? 'Nothing was played yet.'
          : table(
              plays.map((play) => [
                when(play.startedAtMs, Date.now()),
                play.entry,
                play.ended ?? 'sounding',
                play.heardMs === null ? '' : clock(play.heardMs),
                piece(play),
              ]),
            ),
      );
    },
  },
];
