// Routes of the override: a mood in place of the timeslots, for a while.
import type { Failure } from '../../../../sync/vocabulary/common.ts';
import { failure, isFailure } from '../errors.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { id, number, object, optional, text } from '../schema.ts';
import { overrideView } from '../views.ts';

const LEAST_S = 60;
const MOST_S = 7 * 86_400;
const name = text({ minLength: 1, maxLength: 40 });

export function overrideRoutes({ door }: HttpPorts): Route[] {
  return [
    route('POST', {
      path: '/api/v1/override',
      summary: 'A mood from now on, like a passage or a timeslot, in place of the timeslots',
      body: object({
        passage: optional(id('p')),
        timeslot: optional(name),
        durationS: number({ min: LEAST_S, max: MOST_S }),
        name: optional(name),
      }),
      async run({ body: { passage, timeslot, durationS, name: given }, origin }): Promise<object | Failure> {
        const common = { durationMs: Math.round(durationS * 1000), name: given ?? null };
        const answeredBy = ['Override.set', 'Override.refuse'];
        let answer: object;
        if (passage !== undefined && timeslot === undefined)
          answer = await door.request(
            'Override',
            'askLikePassage',
            { passage, ...common },
            answeredBy,
            origin,
          );
        else if (timeslot !== undefined && passage === undefined)
          answer = await door.request(
            'Override',
            'askLikeTimeslot',
            { timeslot, ...common },
            answeredBy,
            origin,
          );
        else return failure('BAD_REQUEST', 'Give either passage or timeslot.');
        return isFailure(answer) ? answer : { override: overrideView(door) };
      },
    }),
    route('DELETE', {
      path: '/api/v1/override',
      summary: 'The timeslots hold again, for what is chosen from now on',
      run: ({ origin }) => door.run('Override', 'cancel', {}, origin),
    }),
  ];
}
