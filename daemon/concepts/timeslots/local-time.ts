// Local civil time: the minute of the day somewhere at a moment. Pure, but for a cache of formatters.

const formatters = new Map<string, Intl.DateTimeFormat>();
/** Clocks have been set at whole quarter hours of UTC alone for fifty years: within one they go on minute by minute. */
const QUARTER_MS = 15 * 60_000;
/** The quarter hours that were asked for last, since formatting is dear: now, and when what is chosen will play. */
const KEPT = 8;
const kept = Array.from({ length: KEPT }, () => ({ timeZone: '', quarter: Number.NaN, minute: 0 }));

/** 0..1439. A day with a change of clocks skips or repeats minutes, as the clock on the wall does. */
export function minuteOfDay(atMs: number, timeZone: string): number {
  const quarter = Math.floor(atMs / QUARTER_MS);
  const slot = ((quarter % KEPT) + KEPT) % KEPT;
  let known = kept[slot];
  if (known?.quarter !== quarter || known.timeZone !== timeZone) {
    known = { timeZone, quarter, minute: formatted(quarter * QUARTER_MS, timeZone) };
    kept[slot] = known;
  }
  return (known.minute + Math.floor((atMs - quarter * QUARTER_MS) / 60_000)) % 1440;
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
