// sleep, alarms: how the music ends in the evening, and begins in the morning.
import type { AlarmLine, Status } from '../../adapters/http/shapes.ts';
import { publicStatus } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { parseWeekdays, weekdaysText } from '../weekdays.ts';
import { durationText, parseDuration, table, when } from '../words.ts';

type Sleep = NonNullable<Status['sleep']>;

const usage = (io: Io, message: string): ExitCode => fail(io, { code: 'USAGE', message }, 2);

export function sleepLine({ untilMs, leftMs }: Sleep, nowMs: number): string {
  return `sleep timer until ${when(untilMs, nowMs)} (${durationText(leftMs)} left)`;
}

export function alarmLine({ atMs }: NonNullable<Status['alarm']>, nowMs: number): string {
  return `alarm ${when(atMs, nowMs)}`;
}

async function sleep(io: Io, { words: [word] }: Args): Promise<ExitCode> {
  if (word === undefined) {
    const status = await publicStatus(io);
    if (!status.ok) return fail(io, status.error);
    const body = { sleep: status.body.sleep };
    return show(io, { ok: true, status: 200, body }, () =>
      body.sleep === null ? 'No sleep timer: the music plays on.' : `A ${sleepLine(body.sleep, Date.now())}.`,
    );
  }
  if (word === 'off')
    return show(io, await io.client.del<{ cancelled: boolean }>('/api/v1/sleep'), ({ cancelled }) =>
      cancelled ? 'The music plays on.' : 'There was no sleep timer: the music plays on.',
    );
  const durationMs = parseDuration(/^\d+$/.test(word) ? `${word}m` : word);
  if (durationMs === null) return usage(io, `"${word}" is no duration: give minutes (45), 1h30m, or "off".`);
  const reply = await io.client.post<{ sleep: Sleep }>('/api/v1/sleep', { durationS: durationMs / 1000 });
  return show(io, reply, ({ sleep: set }) => `A ${sleepLine(set, Date.now())}.`);
}

function alarmRow({ alarm, time, weekdays, timeslot, volume, rampS, enabled, nextMs }: AlarmLine): string[] {
  const facts = [
    timeslot === null ? '' : `like ${timeslot}`,
    volume === null ? '' : `up to ${Math.round(volume * 100)} %`,
    rampS > 0 ? `within ${rampS % 60 === 0 ? `${rampS / 60} min` : `${rampS} s`}` : 'at once',
  ];
  const next = !enabled || nextMs === null ? 'off' : when(nextMs, Date.now());
  return [alarm, time, weekdaysText(weekdays), next, facts.filter(Boolean).join(', ')];
}

const added = ({ alarm }: { alarm: AlarmLine }) => `${alarmRow(alarm).join('  ')}.`;

/** The body of a request from what was given; a sentence where that cannot be understood. */
function settingOf({ time, options }: { time: string | undefined; options: Args['options'] }) {
  const { days, mood, volume, ramp } = options;
  const body: Record<string, unknown> = time === undefined ? {} : { time };
  if (time !== undefined && !/^([01]?\d|2[0-3]):[0-5]\d$/.test(time))
    return `"${time}" is no time of day: give one such as 6:45.`;
  if (days !== undefined) {
    body.weekdays = parseWeekdays(String(days));
    if (body.weekdays === null)
      return `"${days}" are no days: give mon-fri, sat,sun, daily or once, with these names: mon tue wed thu fri sat sun.`;
  }
  if (mood !== undefined) body.timeslot = mood === 'any' ? null : mood;
  if (volume !== undefined) {
    const percent = /^(\d{1,3})%?$/.exec(String(volume))?.[1];
    if (volume !== 'same' && (percent === undefined || Number(percent) > 100))
      return `"${volume}" is no volume: give 0 to 100, or "same".`;
    body.volume = percent === undefined ? null : Number(percent) / 100;
  }
  if (ramp !== undefined) {
    const rampMs = ramp === '0' ? 0 : parseDuration(String(ramp));
    if (rampMs === null) return `"${ramp}" is no duration: give 30s, 2m or 0.`;
    body.rampS = rampMs / 1000;
  }
  return body;
}

async function add(io: Io, { words: [time], options }: Args): Promise<ExitCode> {
  const body = settingOf({ time, options });
  if (typeof body === 'string') return usage(io, body);
  return show(io, await io.client.post<{ alarm: AlarmLine }>('/api/v1/alarms', body), added);
}

async function change(io: Io, { words: [alarm = ''], options }: Args): Promise<ExitCode> {
  const { time, ...others } = options;
  const body = settingOf({ time: time === undefined ? undefined : String(time), options: others });
  if (typeof body === 'string') return usage(io, body);
  if (Object.keys(body).length === 0) return usage(io, 'Say what is to be changed: see "segue help alarms".');
  return show(io, await io.client.put<{ alarm: AlarmLine }>(`/api/v1/alarms/${alarm}`, body), added);
}

const switched =
  (enabled: boolean) =>
  async (io: Io, { words: [alarm = ''] }: Args) =>
    show(io, await io.client.put<{ alarm: AlarmLine }>(`/api/v1/alarms/${alarm}`, { enabled }), added);

const OPTIONS = {
  days: { takes: 'DAYS', summary: 'mon-fri, sat,sun, daily; or once, the next time (the default)' },
  mood: { takes: 'TIMESLOT', summary: 'like that timeslot for two hours; any: like the one that holds then' },
  volume: { takes: '0-100', summary: 'how loud it gets; same: as it is' },
  ramp: { takes: 'TIME', summary: 'how long it takes to get that loud: 30s, 1m (the default), up to 30m' },
} as const;

export const bedsideCommands: readonly Command[] = [
  {
    name: 'sleep',
    args: '[TIME | off]',
    summary: 'So long from now the music has faded out, and pauses',
    details: 'A time is minutes (45), or 1h30m; at most 24 hours. It survives a restart.',
    words: [0, 1],
    run: sleep,
  },
  {
    name: 'alarms',
    args: '',
    summary: 'The alarms, and when each rings next',
    words: [0, 0],
    run: async (io) =>
      show(io, await io.client.get<{ alarms: readonly AlarmLine[] }>('/api/v1/alarms'), ({ alarms }) =>
        alarms.length === 0 ? 'There are no alarms.' : table(alarms.map(alarmRow)),
      ),
  },
  {
    name: 'alarms add',
    args: '<time> [--days DAYS] [--mood TIMESLOT] [--volume 0-100] [--ramp TIME]',
    summary: 'At this time of day the music begins, and gets louder',
    options: OPTIONS,
    words: [1, 1],
    run: add,
  },
  {
    name: 'alarms change',
    args: '<alarm> [--time TIME] [--days DAYS] [--mood TIMESLOT] [--volume 0-100] [--ramp TIME]',
    summary: 'Change an alarm; what is not given stays as it is',
    options: { time: { takes: 'TIME', summary: 'another time of day, such as 6:45' }, ...OPTIONS },
    words: [1, 1],
    run: change,
  },
  {
    name: 'alarms on',
    args: '<alarm>',
    summary: 'It rings again',
    words: [1, 1],
    run: switched(true),
  },
  {
    name: 'alarms off',
    args: '<alarm>',
    summary: 'It does not ring, until it is switched on',
    words: [1, 1],
    run: switched(false),
  },
  {
    name: 'alarms remove',
    args: '<alarm>',
    summary: 'Remove an alarm',
    words: [1, 1],
    run: async (io, { words: [alarm = ''] }) =>
      show(io, await io.client.del<{ removed: boolean }>(`/api/v1/alarms/${alarm}`), ({ removed }) =>
        removed ? `${alarm} is gone.` : `There was no ${alarm}.`,
      ),
  },
];
