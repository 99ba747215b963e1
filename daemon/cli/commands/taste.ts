// like, dislike, taste: what is thought of the music.
import type { Args, Command, ExitCode } from '../command.ts';
import { findPassages } from '../find-passages.ts';
import { fail, type Io, show } from '../io.ts';
import { count, table, when } from '../words.ts';

interface Opinions {
  readonly likes: number;
  readonly dislikes: number;
}
interface Song extends Opinions {
  readonly never: boolean;
  readonly title: string;
  readonly artist: string;
  readonly atMs: number;
}

const BY = { takes: 'NAME', summary: 'who says so; else the household' } as const;
const BACK = { summary: 'take back what was said' } as const;

function shown({ likes, dislikes }: Opinions): string {
  const words = [
    likes > 0 ? `liked ${count(likes, 'time', 'times')}` : '',
    dislikes > 0 ? `disliked ${count(dislikes, 'time', 'times')}` : '',
  ].filter(Boolean);
  return words.length === 0 ? 'Nothing is said of it.' : `It is ${words.join(' and ')}.`;
}

async function say(io: Io, opinion: 'like' | 'dislike', { words, options }: Args): Promise<ExitCode> {
  const passages = words.length === 0 ? ['current'] : await findPassages(io, words);
  if (typeof passages === 'number') return passages;
  if (passages.length !== 1)
    return fail(io, { code: 'USAGE', message: 'Name one passage, or nothing for what sounds.' }, 2);
  const path = `/api/v1/passages/${passages[0]}/${opinion}`;
  const by = options.by === undefined ? {} : { by: options.by };
  if (options.back === true) {
    const query = options.by === undefined ? '' : `?by=${encodeURIComponent(String(options.by))}`;
    return show(io, await io.client.del<Opinions>(`${path}${query}`), shown);
  }
  const never = options.never === true ? { never: true } : {};
  return show(io, await io.client.post<Opinions>(path, { ...by, ...never }), (answer) =>
    options.never === true ? 'It is not chosen any more; --back takes that back.' : shown(answer),
  );
}

export const tasteCommands: readonly Command[] = [
  {
    name: 'like',
    args: '[passage | words...] [--by NAME] [--back]',
    summary: 'More of what sounds, or of a passage',
    details:
      'The mood of the time moves a little towards what is liked. Again within five minutes: even more.',
    options: { by: BY, back: BACK },
    words: [0, 100],
    run: (io, args) => say(io, 'like', args),
  },
  {
    name: 'dislike',
    args: '[passage | words...] [--never] [--by NAME] [--back]',
    summary: 'Less of what sounds, or of a passage',
    details: 'Each time its songs are half as likely to be chosen.',
    options: { never: { summary: 'do not choose it any more' }, by: BY, back: BACK },
    words: [0, 100],
    run: (io, args) => say(io, 'dislike', args),
  },
  {
    name: 'taste',
    args: '',
    summary: 'What was liked and disliked, the newest first',
    words: [0, 0],
    async run(io) {
      const reply = await io.client.get<{ songs: readonly Song[] }>('/api/v1/taste');
      return show(io, reply, ({ songs }) =>
        songs.length === 0
          ? 'Nothing is liked or disliked yet: segue like'
          : table(
              songs.map(({ title, artist, likes, dislikes, never, atMs }) => [
                likes > 0 ? `+${likes}` : '',
                never ? 'never' : dislikes > 0 ? `-${dislikes}` : '',
                artist === '' ? title : `${title} – ${artist}`,
                when(atMs, Date.now()),
              ]),
            ),
      );
    },
  },
];
