// Local civil time: what the clock and the calendar on the wall show somewhere at a moment. Pure, but for a cache of
// formatters. A day with a change of clocks skips or repeats minutes, as the clock on the wall does.
import type { ApplianceVocabulary } from '../sync/vocabulary/appliance.ts';

export type LocalTime = ApplianceVocabulary['queries']['localTime']['row'];

const formatters = new Map<string, Intl.DateTimeFormat>();

export function localTimeAt(atMs: number, timeZone: string): LocalTime {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) part[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = part;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { minuteOfDay: hour * 60 + minute, weekday, dayOfMonth: day, month, year };
}
