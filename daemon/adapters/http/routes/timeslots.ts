// Routes of the day in slots.
import type { Timeslot } from '../../../../sync/vocabulary/timeslots.ts';
import { isFailure } from '../errors.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { boolean, fitting, id, list, number, object, optional, record, text } from '../schema.ts';
import { timeslotsView } from '../views.ts';
import { minuteOf } from '../words.ts';

const MOST_SLOTS = 48;
const MOST_REFERENCES = 100;
const MOST_CHARACTERISTICS = 100;
const flavor = record(record(number({ min: 0, max: 1.0001 }), { min: 1, max: 100 }), {
  min: 1,
  max: MOST_CHARACTERISTICS,
});
const name = text({ minLength: 1, maxLength: 40 });
const slot = object({
  name,
  was: optional(name),
  start: fitting(/^([01]?\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 06:45'),
  references: optional(list(id('p'), { min: 0, max: MOST_REFERENCES })),
  flavor: optional(flavor),
  silent: optional(boolean()),
});

export function timeslotRoutes({ door }: HttpPorts): Route[] {
  const all = () => timeslotsView(door);
  return [
    route('GET', { path: '/api/v1/timeslots', summary: 'The day in slots', run: all }),
    route('PUT', {
      path: '/api/v1/timeslots',
      summary: 'Other slots of the day, all of them; each lasts until the next one starts',
      right: 'admin',
      body: object({
        timeslots: list(slot, { min: 1, max: MOST_SLOTS }),
        version: optional(text({ minLength: 1, maxLength: 40 })),
      }),
      async run({ body, origin }) {
        const timeslots = body.timeslots.map(
          ({ name: called, start, references = [], flavor: own = null, silent = false }): Timeslot => ({
            name: called,
            startMinute: minuteOf(start),
            references,
            flavor: own,
            silent,
          }),
        );
        const renamed = body.timeslots.flatMap(({ was: from, name: to }) =>
          from === undefined || from === to ? [] : [{ from, to }],
        );
        const more = {
          ...(body.version !== undefined && { version: body.version }),
          ...(renamed.length > 0 && { renamed }),
        };
        const done = await door.run('Timeslots', 'replaceAll', { timeslots, ...more }, origin);
        return isFailure(done) ? done : all();
      },
    }),
  ];
}
