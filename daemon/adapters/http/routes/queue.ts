// Routes of the queue. Removing and moving are asked of the concepts and answered when the core has decided.
import type { Door, Origin } from '../../../../sync/door.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId, publicId } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { Reply, type Route, route } from '../route.ts';
import { either, id, list, object, oneOf, optional } from '../schema.ts';
import { queueView } from '../views.ts';

const MAX_QUEUE = 100;

const where = either(oneOf('next', 'end'), object({ after: id('e') }));
const noSuchEntry = (text: string) =>
  failure('NO_SUCH_ENTRY', `There is no queue entry "${text}": GET /api/v1/queue lists them.`);

async function remove(door: Door, entry: number, origin: Origin): Promise<object> {
  const answer = await door.request('Queue', 'askRemove', { entry }, ['Queue.remove', 'Player.skip'], origin);
  const shown = publicId('e', entry);
  if (isFailure(answer)) {
    // Removing again what is gone already is no mistake.
    const isGone = !door.query('Queue', 'entries', {}).some((each) => each.entry === entry);
    const isAbsence = answer.error === 'NO_ANSWER' || answer.error === 'NOTHING_PLAYS';
    return isAbsence && isGone ? { entry: shown, removed: false } : answer;
  }
  if ('throttled' in answer) return { entry: shown, removed: !answer.throttled, throttled: answer.throttled };
  return { entry: shown, removed: 'removed' in answer && answer.removed === true };
}

export function queueRoutes({ door }: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/queue',
      summary: 'What sounds and what waits, in order',
      run: () => queueView(door),
    }),
    route('POST', {
      path: '/api/v1/queue',
      summary: 'Enqueue one passage or several',
      body: object({
        passage: optional(id('p')),
        passages: optional(list(id('p'), { min: 1, max: MAX_QUEUE })),
        where: optional(where),
      }),
      async run({ body, origin }) {
        if ((body.passage === undefined) === (body.passages === undefined))
          return failure('BAD_REQUEST', 'Give either passage or passages.');
        const passages = body.passages ?? [body.passage as number];
        const input = { passages, where: body.where ?? 'end', source: 'person' } as const;
        const enqueued = await door.run('Queue', 'enqueue', input, origin);
        if (isFailure(enqueued)) return enqueued;
        return new Reply(201, { entries: enqueued.entries.map((entry) => publicId('e', entry)) });
      },
    }),
    route('DELETE', {
      path: '/api/v1/queue',
      summary: 'Remove all that waits',
      run: ({ origin }) => door.request('Queue', 'askClear', {}, ['Queue.clear'], origin),
    }),
    route('DELETE', {
      path: '/api/v1/queue/:id',
      summary: 'Remove one entry; what sounds is skipped',
      run({ params, origin }) {
        const entry = parseId('e', params.id ?? '');
        return entry === null ? noSuchEntry(params.id ?? '') : remove(door, entry, origin);
      },
    }),
    route('POST', {
      path: '/api/v1/queue/:id/move',
      summary: 'Move one waiting entry',
      body: object({ where }),
      async run({ params, body, origin }) {
        const entry = parseId('e', params.id ?? '');
        if (entry === null) return noSuchEntry(params.id ?? '');
        const input = { entry, where: body.where };
        const moved = await door.request('Queue', 'askMove', input, ['Queue.move'], origin);
        return isFailure(moved) ? moved : { entry: publicId('e', entry) };
      },
    }),
  ];
}
