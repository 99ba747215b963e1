// Routes of the bedside: the sleep timer, and the alarms.
import type { Alarm, AlarmSetting } from '../../../../sync/vocabulary/alarms.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { Reply, type Route, route } from '../route.ts';
import { boolean, either, fitting, list, nothing, number, object, oneOf, optional, text } from '../schema.ts';
import { alarmView, sleepView, WEEKDAYS } from '../views.ts';
import { minuteOf } from '../words.ts';

const LEAST_S = 60;
const MOST_S = 86_400;
const MOST_RAMP_S = 1800;
/** Nobody wants to be startled. */
const RAMP_S = 60;

const time = fitting(/^([01]?\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 06:45');
const weekdays = list(oneOf(...WEEKDAYS), { min: 0, max: 7 });
const timeslot = either(text({ minLength: 1, maxLength: 40 }), nothing());
const volume = either(number({ min: 0, max: 1 }), nothing());
const rampS = number({ min: 0, max: MOST_RAMP_S });

interface Given {
  readonly time?: string;
  readonly weekdays?: readonly (typeof WEEKDAYS)[number][];
  readonly timeslot?: string | null;
  readonly volume?: number | null;
  readonly rampS?: number;
  readonly enabled?: boolean;
}

/** What was given of a setting; a weekday twice is a weekday. */
function settingOf(given: Given): Partial<AlarmSetting> {
  const days = given.weekdays?.map((day) => WEEKDAYS.indexOf(day));
  return {
    ...(given.time !== undefined && { minute: minuteOf(given.time) }),
    ...(days !== undefined && { weekdays: [...new Set(days)].sort() }),
    ...(given.timeslot !== undefined && { timeslot: given.timeslot }),
    ...(given.volume !== undefined && { volume: given.volume }),
    ...(given.rampS !== undefined && { rampMs: Math.round(given.rampS * 1000) }),
    ...(given.enabled !== undefined && { enabled: given.enabled }),
  };
}

export function bedsideRoutes({ door }: HttpPorts): Route[] {
  const unknown = (id: string | undefined) =>
    failure('NO_SUCH_ALARM', `There is no alarm "${id}": GET /api/v1/alarms lists them.`);
  return [
    route('POST', {
      path: '/api/v1/sleep',
      summary: 'So long from now the music has faded out, and pauses',
      body: object({ durationS: number({ min: LEAST_S, max: MOST_S }) }),
      async run({ body: { durationS }, origin }) {
        const set = await door.run('Sleep', 'set', { durationMs: Math.round(durationS * 1000) }, origin);
        return isFailure(set) ? set : { sleep: sleepView(door) };
      },
    }),
    route('DELETE', {
      path: '/api/v1/sleep',
      summary: 'No sleep timer: the music plays on',
      run: ({ origin }) => door.run('Sleep', 'cancel', {}, origin),
    }),
    route('GET', {
      path: '/api/v1/alarms',
      summary: 'The alarms, by the time of day, each with when it rings next',
      run: () => ({ alarms: door.query('Alarms', 'all', {}).map(alarmView) }),
    }),
    route('POST', {
      path: '/api/v1/alarms',
      summary: 'The music begins at this time of the local day; without weekdays once',
      body: object({
        time,
        weekdays: optional(weekdays),
        timeslot: optional(timeslot),
        volume: optional(volume),
        rampS: optional(rampS),
        enabled: optional(boolean()),
      }),
      async run({ body, origin }) {
        const initial = { minute: 0, weekdays: [], timeslot: null, volume: null, enabled: true };
        const setting = { ...initial, rampMs: RAMP_S * 1000, ...settingOf(body) };
        const added = await door.run('Alarms', 'add', setting, origin);
        return isFailure(added) ? added : new Reply(201, { alarm: alarmView(added as Alarm) });
      },
    }),
    route('PUT', {
      path: '/api/v1/alarms/:id',
      summary: 'Change an alarm; what is not given stays as it is',
      body: object({
        time: optional(time),
        weekdays: optional(weekdays),
        timeslot: optional(timeslot),
        volume: optional(volume),
        rampS: optional(rampS),
        enabled: optional(boolean()),
      }),
      async run({ params, body, origin }) {
        const alarm = parseId('w', params.id ?? '');
        if (alarm === null) return unknown(params.id);
        const changed = await door.run('Alarms', 'change', { alarm, setting: settingOf(body) }, origin);
        return isFailure(changed) ? changed : { alarm: alarmView(changed as Alarm) };
      },
    }),
    route('DELETE', {
      path: '/api/v1/alarms/:id',
      summary: 'Remove an alarm',
      run({ params, origin }) {
        const alarm = parseId('w', params.id ?? '');
        return alarm === null ? unknown(params.id) : door.run('Alarms', 'remove', { alarm }, origin);
      },
    }),
  ];
}
