// When the clock on a wall somewhere shows a time next, across changes of clocks. Pure; it is given how to read that clock.

export interface WallTime {
  readonly minuteOfDay: number;
  /** 0 Sunday to 6 Saturday. */
  readonly weekday: number;
  readonly dayOfMonth: number;
  /** 1 January. */
  readonly month: number;
  readonly year: number;
}

/** What the wall shows at a moment. */
export type ReadWall = (atMs: number) => WallTime;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The wall's time as if it were UTC, whole minutes: what is shown minus what it is, is the offset. */
function asUtc({ year, month, dayOfMonth, minuteOfDay }: WallTime): number {
  return Date.UTC(year, month - 1, dayOfMonth) + minuteOfDay * MINUTE_MS;
}

/** The moment at which a wall shows `wantedMs` (its own time, as if it were UTC): the first of two where the clocks go back;
 *  where they go forward over it, as late as if they had not. */
function momentOf(wantedMs: number, wall: ReadWall): number {
  const offsetAt = (ms: number) => asUtc(wall(ms)) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  // No two changes of clocks are within a day of each other.
  const before = wantedMs - offsetAt(wantedMs - DAY_MS);
  const after = wantedMs - offsetAt(wantedMs + DAY_MS);
  const first = Math.min(before, after);
  return asUtc(wall(first)) === wantedMs ? first : Math.max(before, after);
}

/** The first moment after `afterMs` at which the wall shows `minute` of a day that is one of `weekdays` (none: of any). */
export function nextOnWall(
  { minute, weekdays }: { readonly minute: number; readonly weekdays: readonly number[] },
  afterMs: number,
  wall: ReadWall,
): number {
  const today = wall(afterMs);
  const midnight = asUtc({ ...today, minuteOfDay: 0 });
  // Of a day before: an hour that was skipped may still be to come.
  for (let day = -1; day <= 8; day += 1) {
    const dayMs = midnight + day * DAY_MS;
    if (weekdays.length > 0 && !weekdays.includes(new Date(dayMs).getUTCDay())) continue;
    const atMs = momentOf(dayMs + minute * MINUTE_MS, wall);
    if (atMs > afterMs) return atMs;
  }
  throw new Error(`No day of the week is one of ${weekdays.join(', ')}.`);
}
