// Local civil time: the minute of the day somewhere at a moment. Pure, but for a cache of formatters.

const formatters = new Map<string, Intl.DateTimeFormat>();

/** 0..1439. A day with a change of clocks skips or repeats minutes, as the clock on the wall does. */
export function minuteOfDay(atMs: number, timeZone: string): number {
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
