// Routes of what persons think of the music: like, dislike, take back, and what that makes together.
import type { Failure } from '../../../../sync/vocabulary/common.ts';
import type { Opinion } from '../../../../sync/vocabulary/taste.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { boolean, numberText, object, optional, text } from '../schema.ts';
import type { Opinions } from '../shapes.ts';
import { hundredths } from '../views.ts';

/** Who says so unless they say who they are. */
const HOUSEHOLD = 'household';
const person = optional(text({ minLength: 1, maxLength: 40 }));

export function tasteRoutes({ door }: HttpPorts): Route[] {
  const shown = ({ likes, dislikes }: Opinions): Opinions => ({
    likes: hundredths(likes),
    dislikes: hundredths(dislikes),
  });
  /** The passage, and how far into it the music is, if it sounds. */
  function spokenOf(idText: string): { passage: number; positionMs: number | null } | Failure {
    const [status] = door.query('Player', 'status', {});
    if (idText === 'current') {
      const { passage = null, positionMs = 0 } = status ?? {};
      return passage === null
        ? failure('NOTHING_PLAYS', 'Nothing plays now. Name a passage.')
        : { passage, positionMs };
    }
    const passage = parseId('p', idText);
    if (passage === null)
      return failure('NO_SUCH_PASSAGE', `There is no passage "${idText}": search for it.`);
    return { passage, positionMs: status?.passage === passage ? status.positionMs : null };
  }
  const takeBack = (opinion: Opinion) =>
    route('DELETE', {
      path: `/api/v1/passages/:id/${opinion}`,
      summary: `Take back every ${opinion} of that passage by this person; "current" for what sounds`,
      query: object({ by: person }),
      async run({ params, query: { by = HOUSEHOLD }, origin }) {
        const of = spokenOf(params.id ?? '');
        if (isFailure(of)) return of;
        const answer = await door.run('Taste', 'takeBack', { passage: of.passage, opinion, by }, origin);
        return isFailure(answer) ? answer : shown(answer);
      },
    });

  return [
    route('POST', {
      path: '/api/v1/passages/:id/like',
      summary: 'More of that, please; again within five minutes: even more; "current" for what sounds',
      body: object({ by: person }),
      async run({ params, body: { by = HOUSEHOLD }, origin }) {
        const of = spokenOf(params.id ?? '');
        if (isFailure(of)) return of;
        const answer = await door.run('Taste', 'like', { ...of, by }, origin);
        return isFailure(answer) ? answer : shown(answer);
      },
    }),
    takeBack('like'),
    route('POST', {
      path: '/api/v1/passages/:id/dislike',
      summary: 'Less of that, please: each time its songs are half as likely; never: not any more',
      body: object({ by: person, never: optional(boolean()) }),
      async run({ params, body: { by = HOUSEHOLD, never = false }, origin }) {
        const of = spokenOf(params.id ?? '');
        if (isFailure(of)) return of;
        const answer = await door.run('Taste', 'dislike', { ...of, by, forGood: never }, origin);
        return isFailure(answer) ? answer : shown(answer);
      },
    }),
    takeBack('dislike'),
    route('GET', {
      path: '/api/v1/taste',
      summary: 'What was liked and disliked, song by song, the newest first',
      query: object({ limit: optional(numberText({ min: 1, max: 1000, integer: true })) }),
      run: ({ query: { limit = 100 } }) => ({
        songs: door.query('Taste', 'all', { limit }).map(({ song: _, likes, dislikes, forGood, ...row }) => ({
          ...row,
          never: forGood,
          ...shown({ likes, dislikes }),
        })),
      }),
    }),
  ];
}
