// Appliance: the daemon's own life and its timers.
import type { CalendarMs, Nothing } from './common.ts';

export interface ApplianceVocabulary {
  actions: Record<never, never>;
  queries: { now: { input: Nothing; row: { nowMs: number } } };
  events: {
    /** The last run crashed while it opened or read this file (an absolute path). */
    crashedOn: { path: string; reason: string; atMs: CalendarMs };
    started: { firstStart: boolean };
    /** Every 30 s: what has to be asked again. */
    halfMinute: { nowMs: number };
    stopping: { reason: string };
  };
}
