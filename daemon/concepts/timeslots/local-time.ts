// Local civil time: the minute of the day somewhere at a moment. Pure, but for a cache of formatters.

const formatters = new Map<string, Intl.DateTimeFormat>();
/** Clocks have been set at whole quarter hours of UTC alone for fifty years: within one they go on minute by minute. */
const QUARTER_MS = 15 * 60_000;
/** The quarter hour that was asked for last, since formatting is dear. */
let last = { timeZone: '', quarter: -1, minute: 0 };

/** 0..1439. A day with a change of clocks skips or repeats minutes, as the clock on the wall does. */
export function minuteOfDay(atMs: number, timeZone: string): number {
  const quarter = Math.floor(atMs / QUARTER_MS);
  if (last.quarter !== quarter || last.timeZone !== timeZone)
    last = { timeZone, quarter, minute: formatted(quarter * QUARTER_MS, timeZone) };
  return (last.minute + Math.floor((atMs - quarter * QUARTER_MS) / 60_000)) % 1440;
}

function formatted(atMs: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  const [hour = '0', minute = '0'] = formatter.format(atMs).split(':');
  return Number(hour) * 60 + Number(minute);
}
