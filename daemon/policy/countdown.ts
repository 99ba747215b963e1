// How long something that a person set still holds: an override, the sleep timer. Pure. Two clocks know: the steady one counts
// while the daemon runs, whatever is done to the calendar; the calendar alone knows how long the daemon was off.

export interface Countdown {
  /** Steady time at which it ends at the latest. */
  readonly endsAtMonotonicMs: number;
  /** Calendar time at which it ends, where that was read after a restart; null: set in this run. */
  readonly endsAtCalendarMs: number | null;
}

export interface Moment {
  readonly calendarMs: number;
  readonly monotonicMs: number;
}

export function countdownFrom(now: Moment, durationMs: number): Countdown {
  return { endsAtMonotonicMs: now.monotonicMs + durationMs, endsAtCalendarMs: null };
}

/** After a restart. A calendar that has fallen behind does not make it longer than it was. */
export function countdownAfterRestart(now: Moment, untilMs: number, durationMs: number): Countdown {
  const leftMs = Math.min(untilMs - now.calendarMs, durationMs);
  return { endsAtMonotonicMs: now.monotonicMs + leftMs, endsAtCalendarMs: untilMs };
}

/** 0 or less: it is over. A clock that is put right after a restart may end it, and never prolongs it. */
export function timeLeftMs({ endsAtMonotonicMs, endsAtCalendarMs }: Countdown, now: Moment): number {
  const steadyMs = endsAtMonotonicMs - now.monotonicMs;
  return endsAtCalendarMs === null ? steadyMs : Math.min(steadyMs, endsAtCalendarMs - now.calendarMs);
}
