// Appliance: the daemon's own life and its timers.
import type { Nothing } from './common.ts';

export interface ApplianceVocabulary {
  actions: Record<never, never>;
  queries: { now: { input: Nothing; row: { nowMs: number } } };
  events: {
    started: { firstStart: boolean };
    /** Every 30 s: what has to be asked again. */
    halfMinute: { nowMs: number };
    stopping: { reason: string };
  };
}
