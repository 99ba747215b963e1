// Weekdays as a person writes and reads them: "mon-fri", "sat,sun", "daily". Pure.
import type { Weekday } from '../adapters/http/shapes.ts';

/** As the week runs for most who set an alarm. */
const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const NAMES: readonly string[] = WEEK;

/** Null when it is none: "mon", "mon-fri", "sat,sun", "fri-mon", "daily", "once". */
export function parseWeekdays(text: string): readonly Weekday[] | null {
  if (text === 'once') return [];
  if (text === 'daily') return WEEK;
  const days = new Set<Weekday>();
  for (const part of text.toLowerCase().split(',')) {
    const [from = '', to = from, ...rest] = part.split('-').map((day) => day.trim().slice(0, 3));
    const [first, last] = [NAMES.indexOf(from), NAMES.indexOf(to)];
    if (first < 0 || last < 0 || rest.length > 0) return null;
    for (let at = first; ; at = (at + 1) % WEEK.length) {
      days.add(WEEK[at] as Weekday);
      if (at === last) break;
    }
  }
  return WEEK.filter((day) => days.has(day));
}

/** "mon-fri", "sat, sun", "daily", "once". */
export function weekdaysText(weekdays: readonly Weekday[]): string {
  if (weekdays.length === 0) return 'once';
  if (weekdays.length === WEEK.length) return 'daily';
  const on = WEEK.map((day) => weekdays.includes(day));
  const runs: string[] = [];
  for (let from = 0; from < WEEK.length; from += 1) {
    if (!on[from]) continue;
    let to = from;
    while (on[to + 1]) to += 1;
    const [first = '', last = ''] = [WEEK[from], WEEK[to]];
    runs.push(to - from >= 2 ? `${first}-${last}` : WEEK.slice(from, to + 1).join(', '));
    from = to;
  }
  return runs.join(', ');
}
