// Appliance: the daemon's own life and its timers.
import type { CalendarMs, Failure, Nothing } from './common.ts';

export interface ApplianceVocabulary {
  actions: {
    /** Runs a chain that a script has defined. `with` is what its context begins with. Answers when it has begun. */
    runChain: {
      input: { chain: string; with?: Readonly<Record<string, unknown>> };
      output: { run: number } | Failure<'NO_SUCH_CHAIN' | 'BUSY' | 'UNAVAILABLE' | 'FAILED'>;
    };
    /** One action that a step of a chain wants: the chain's rule takes it, checked against what the chain may do. */
    takeStep: {
      input: { script: string; chain: string; run: number; step: string; action: string; args: object };
      output: Nothing;
    };
  };
  queries: {
    now: { input: Nothing; row: { nowMs: number } };
    /** The clock on the wall, in the time zone of the settings: weekday 0 is Sunday, month 1 January. */
    localTime: {
      input: Nothing;
      row: { minuteOfDay: number; weekday: number; dayOfMonth: number; month: number; year: number };
    };
  };
  events: {
    /** The last run crashed while it opened or read this file (an absolute path). */
    crashedOn: { path: string; reason: string; atMs: CalendarMs };
    started: { firstStart: boolean };
    /** Every 30 s: what has to be asked again. */
    halfMinute: { nowMs: number };
    /** A file of rules was read: a group of the engine is as it says from now on, or as before if it has faults.
     *  `message` says what happened, with the first fault. */
    rulesRead: { file: string; rules: number; faults: number; message: string };
    /** A route of a script was answered, and its answer brings these actions, checked against what it may do. */
    scriptAnswered: { script: string; actions: readonly { key: string; args: object }[] };
    /** A chain of a script has ended. `ok`: as a whole it went well; `failures` lists what did not. */
    chainEnded: {
      script: string;
      chain: string;
      run: number;
      ok: boolean;
      steps: number;
      cancelled: boolean;
      failures: readonly { step: string; error: string; message: string }[];
    };
    /** What a script defined is switched off, because it failed several times in a row. */
    scriptFailed: { script: string; what: string; message: string };
    stopping: { reason: string };
  };
}
