// lyrics: the words of what sounds, or of a passage.
import type { Command } from '../command.ts';
import { findPassages } from '../find-passages.ts';
import { fail, show } from '../io.ts';

interface Lyrics {
  readonly passage: string;
  readonly title: string;
  readonly lines: readonly string[];
}

export const lyricsCommands: readonly Command[] = [
  {
    name: 'lyrics',
    args: '[passage | words]...',
    summary: 'The words of what sounds, or of a passage',
    details: 'As its file is tagged with them, or from a .lrc file beside it.',
    words: [0, 100],
    async run(io, { words }) {
      const found = words.length === 0 ? ['current'] : await findPassages(io, words);
      if (typeof found === 'number') return found;
      if (found.length !== 1) return fail(io, { code: 'USAGE', message: 'Name one passage.' }, 2);
      const reply = await io.client.get<Lyrics>(`/api/v1/library/passages/${found[0]}/lyrics`);
      return show(io, reply, ({ title, lines }) => [title, '', ...lines]);
    },
  },
];
