// Sleep: the sleep timer. When its time is over the music has faded out and pauses.
import type { CalendarMs, Failure, Nothing } from './common.ts';

export interface ActiveSleep {
  readonly setAtMs: CalendarMs;
  /** When the music has faded out. */
  readonly untilMs: CalendarMs;
  readonly leftMs: number;
}

export interface SleepVocabulary {
  actions: {
    /** From now on for so long; one that was set before is replaced. Hours of the steady clock. */
    set: { input: { durationMs: number }; output: ActiveSleep | Failure<'OUT_OF_RANGE'> };
    /** The music plays on. Idempotent. */
    cancel: { input: Nothing; output: { cancelled: boolean } };
    /** Its time has come: it is no more. */
    fall: { input: Nothing; output: { fell: boolean } };
  };
  queries: {
    /** One row while it runs. */
    active: { input: Nothing; row: ActiveSleep };
    /** One row when the fade has to begin, or should have begun. `fadeMs`: how long it takes. */
    due: { input: Nothing; row: { fadeMs: number } };
  };
  events: {
    /** Set, replaced, cancelled, or its time came. */
    changed: { untilMs: CalendarMs | null; reason: 'set' | 'cancelled' | 'fell' };
    /** The fade has to begin now. */
    dueNow: { untilMs: CalendarMs };
  };
}
