// When it is: hours, days of the week, months and dates of local time, and lengths of time, as an owner writes them.
// Pure. Each parser answers a sentence where it cannot read.

/** Of the query Appliance.localTime. */
export interface LocalTime {
  readonly minuteOfDay: number;
  /** 0: Sunday. */
  readonly weekday: number;
  readonly dayOfMonth: number;
  /** 1 to 12. */
  readonly month: number;
}

export type TimeTest = (now: LocalTime) => boolean;
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const no = (message: string) => ({ ok: false, message }) as const;
const yes = <T>(value: T) => ({ ok: true, value }) as const;

export interface Hours {
  /** Minutes of the day; from > to crosses midnight. The end is not in it. */
  readonly from: number;
  readonly to: number;
}

export function parseHours(text: string): Parsed<Hours> {
  const match = text.match(/^(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})$/);
  const wanted = 'hours are written "22:00-06:00"';
  if (match === null) return no(wanted);
  const [h1 = 0, m1 = 0, h2 = 0, m2 = 0] = match.slice(1).map(Number);
  const from = h1 * 60 + m1;
  const to = h2 * 60 + m2;
  if (m1 > 59 || m2 > 59 || from >= 1440 || to > 1440) return no(`there is no such time of day: ${wanted}`);
  if (from === to) return no('these hours are empty: leave them out for the whole day');
  return yes({ from, to: to === 1440 ? 0 : to });
}

export function isWithin({ from, to }: Hours, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Numbers of days of the week or of months. A range "fri-sun" may go over the end. */
export function parseNames(words: readonly string[], kind: 'day' | 'month'): Parsed<ReadonlySet<number>> {
  const names = kind === 'day' ? dayNames : monthNames;
  const first = kind === 'day' ? 0 : 1;
  const numberOf = (word: string): number => {
    const wanted = word.trim().toLowerCase();
    return wanted.length < 3 ? -1 : names.findIndex((name) => name.startsWith(wanted));
  };
  const found = new Set<number>();
  for (const word of words.flatMap((each) => each.split(','))) {
    const [from = '', to = from] = word.split(/-|–|\bto\b/);
    const start = numberOf(from);
    const end = numberOf(to);
    if (start < 0 || end < 0)
      return no(
        `"${word.trim()}" is no ${kind}: write ${kind === 'day' ? 'mon, tue or fri-sun' : 'jan, december or nov-feb'}`,
      );
    for (let at = start; ; at = (at + 1) % names.length) {
      found.add(at + first);
      if (at === end) break;
    }
  }
  return yes(found);
}

/** "12-01 to 12-26", month first; both days are in it. */
export function parseDates(text: string): Parsed<{ readonly from: number; readonly to: number }> {
  const wanted = 'dates are written "12-01 to 12-26" (month-day)';
  const match = text.match(/^(\d{2})-(\d{2})(?:\s+to\s+(\d{2})-(\d{2}))?$/);
  if (match === null) return no(wanted);
  const [m1 = 0, d1 = 0, m2 = 0, d2 = 0] = match.slice(1).map((each) => Number(each ?? 0));
  const [toMonth, toDay] = match[3] === undefined ? [m1, d1] : [m2, d2];
  for (const [month, day] of [
    [m1, d1],
    [toMonth, toDay],
  ] as const)
    if (month < 1 || month > 12 || day < 1 || day > 31) return no(`there is no such date: ${wanted}`);
  return yes({ from: m1 * 100 + d1, to: toMonth * 100 + toDay });
}

/** All that is given must hold. Of a night over midnight the weekday is that of its evening. */
export function timeTest(parts: {
  readonly hours?: Hours;
  readonly days?: ReadonlySet<number>;
  readonly months?: ReadonlySet<number>;
  readonly dates?: { readonly from: number; readonly to: number };
}): TimeTest {
  const { hours, days, months, dates } = parts;
  return ({ minuteOfDay, weekday, dayOfMonth, month }) => {
    if (hours !== undefined && !isWithin(hours, minuteOfDay)) return false;
    if (months !== undefined && !months.has(month)) return false;
    if (dates !== undefined) {
      const day = month * 100 + dayOfMonth;
      const isIn =
        dates.from <= dates.to ? day >= dates.from && day <= dates.to : day >= dates.from || day <= dates.to;
      if (!isIn) return false;
    }
    if (days === undefined) return true;
    const isAfterMidnight = hours !== undefined && hours.from > hours.to && minuteOfDay < hours.to;
    return days.has(isAfterMidnight ? (weekday + 6) % 7 : weekday);
  };
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** What a timer of Node can wait: beyond it, it would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** "10 s", "500 ms", "8 h" as milliseconds. */
export function parseLength(text: string): Parsed<number> {
  const wanted = 'a length of time is written "500 ms", "10 s", "5 min", "8 h" or "2 d"';
  const match = text.match(/^(\d+(?:\.\d+)?)\s*([a-z]+)$/i);
  const unit = units[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || unit === undefined) return no(wanted);
  const ms = Math.round(Number(match[1]) * unit);
  if (ms < 1 || ms > longestTimerMs) return no(`between 1 ms and 24 d: ${wanted}`);
  return yes(ms);
}
