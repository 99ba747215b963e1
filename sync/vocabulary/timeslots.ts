// Timeslots: the day in slots of local civil time, each with a flavor.
import type { CalendarMs, Failure, Nothing, PassageId } from './common.ts';
import type { Flavor } from './director.ts';

export interface Timeslot {
  readonly name: string;
  /** Minute of the local day at which it starts, 0..1439; it ends where the next one starts. */
  readonly startMinute: number;
  readonly references: readonly PassageId[];
  readonly flavor: Flavor | null;
  /** Nothing plays in it, unless a person plays something. */
  readonly silent: boolean;
}

/** What was called `from` is called `to` now. */
export interface TimeslotRenaming {
  readonly from: string;
  readonly to: string;
}

export interface TimeslotsVocabulary {
  actions: {
    /** `version`: only if the slots are still those that have it. `renamed`: which of them had another name. */
    replaceAll: {
      input: { timeslots: readonly Timeslot[]; version?: string; renamed?: readonly TimeslotRenaming[] };
      output: { count: number } | Failure<'INVALID' | 'CHANGED_MEANWHILE'>;
    };
    /** The flavors of passages may be others by now: what the slots aim at is worked out anew. */
    reload: { input: Nothing; output: Nothing };
    /** The slot of that name holds from now on, as everybody is told. */
    enter: { input: { name: string }; output: { from: string | null; to: string; silent: boolean } };
    /** Whether the silence of a silent slot is why nothing plays: then its end ends that. Durable. */
    noteSilenced: { input: { silenced: boolean }; output: { silenced: boolean } };
    /** Derives the starter set (night, morning, day, evening) if there is none yet. */
    ensureStarterSet: { input: Nothing; output: { created: number } };
  };
  queries: {
    all: { input: Nothing; row: Timeslot };
    /** Of all of them together: another set of slots has another. One row. */
    version: { input: Nothing; row: { version: string } };
    /** The slot that covers a time and its target flavor; after a silent one the next that is not, for then it will be
     *  heard. One row always (an empty flavor if nothing is known). */
    targetAt: {
      input: { atMs: CalendarMs };
      row: { name: string; flavor: Flavor; kind: 'timeslot' | 'none' };
    };
    /** One row when another slot holds at that time than the one that was entered last; `from` null: none was yet. */
    turn: { input: { atMs: CalendarMs }; row: { from: string | null; to: string } };
    /** The target flavor of the slot of that name, in any case; no row when there is none. */
    flavorOf: { input: { name: string }; row: { name: string; flavor: Flavor } };
    /** One row while a silent slot is why nothing plays. */
    silenced: { input: Nothing; row: { silenced: true } };
  };
  events: {
    /** State-like: the slots themselves were changed. */
    changed: { count: number };
    /** All at once: two may have changed names. */
    renamed: { names: readonly TimeslotRenaming[] };
    /** Another slot holds now: its time has come, or the clock, its zone or the slots were set. */
    slotChanged: { from: string; to: string };
  };
}
