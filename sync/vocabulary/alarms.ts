// Alarms: times of the local day at which the music begins by itself.
import type { CalendarMs, Failure, Nothing } from './common.ts';
import type { TimeslotRenaming } from './timeslots.ts';

/** Row id of an alarm: a positive integer. */
export type AlarmId = number;

export interface AlarmSetting {
  /** Minute of the local day, 0..1439. */
  readonly minute: number;
  /** 0 Sunday to 6 Saturday; empty: once, the next time that the clock shows this. */
  readonly weekdays: readonly number[];
  /** The timeslot whose mood it wakes with; null: the one that holds then. */
  readonly timeslot: string | null;
  /** 0 to 1, reached at the end of the ramp; null: as it is. */
  readonly volume: number | null;
  /** How long the music takes to get that loud. */
  readonly rampMs: number;
  readonly enabled: boolean;
}

export interface Alarm extends AlarmSetting {
  readonly alarm: AlarmId;
  /** When it rings next; null while it is switched off. */
  readonly nextMs: CalendarMs | null;
}

export interface AlarmsVocabulary {
  actions: {
    add: { input: AlarmSetting; output: Alarm | Failure<'INVALID' | 'TOO_MANY'> };
    /** What is not given stays as it is. */
    change: {
      input: { alarm: AlarmId; setting: Partial<AlarmSetting> };
      output: Alarm | Failure<'INVALID' | 'NO_SUCH_ALARM'>;
    };
    remove: { input: { alarm: AlarmId }; output: { removed: boolean } };
    /** Its time has come. One that rings once is switched off by it. */
    ring: { input: { alarm: AlarmId }; output: { alarm: AlarmId } };
    /** The timeslots that alarms name are called otherwise now. `alarms`: how many of them name one. */
    renameTimeslots: { input: { names: readonly TimeslotRenaming[] }; output: { alarms: number } };
  };
  queries: {
    all: { input: Nothing; row: Alarm };
    /** The one that rings next. */
    next: { input: Nothing; row: { alarm: AlarmId; atMs: CalendarMs } };
    /** Those whose time has come, at most ten minutes ago, and that have not rung. */
    due: {
      input: Nothing;
      row: { alarm: AlarmId; timeslot: string | null; volume: number | null; rampMs: number };
    };
  };
  events: {
    changed: { count: number };
    /** The time of one or more has come. */
    dueNow: { atMs: CalendarMs };
  };
}
