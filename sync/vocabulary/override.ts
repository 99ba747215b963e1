// Override: a mood that a person asked for, in place of the timeslots, for a while.
import type { CalendarMs, EntryId, Failure, Nothing, PassageId } from './common.ts';
import type { Flavor } from './director.ts';

/** Where the flavor of an override is from. */
export type OverrideKind = 'passage' | 'timeslot' | 'flavor';

export interface ActiveOverride {
  readonly name: string;
  readonly kind: OverrideKind;
  /** Null unless it is like a passage. */
  readonly passage: PassageId | null;
  readonly flavor: Flavor;
  readonly setAtMs: CalendarMs;
  readonly untilMs: CalendarMs;
  readonly leftMs: number;
}

export interface OverrideVocabulary {
  actions: {
    /** Asked by a person. Answered by set, when it is known what that sounds like, or by refuse. `name` null: that of
     *  the passage or timeslot. */
    askLikePassage: {
      input: { passage: PassageId; durationMs: number; name: string | null };
      output: Nothing;
    };
    askLikeTimeslot: {
      input: { timeslot: string; durationMs: number; name: string | null };
      output: Nothing;
    };
    /** From now on for so long; what was set before is replaced. A person's hours are hours of the steady clock. */
    set: {
      input: {
        name: string;
        kind: OverrideKind;
        passage: PassageId | null;
        flavor: Flavor;
        durationMs: number;
      };
      output: ActiveOverride | Failure<'NO_FLAVOR' | 'OUT_OF_RANGE'>;
    };
    refuse: {
      input: { reason: 'NO_SUCH_PASSAGE' | 'NO_SUCH_TIMESLOT' };
      output: Failure<'NO_SUCH_PASSAGE' | 'NO_SUCH_TIMESLOT'>;
    };
    /** Ends it; what is queued stays. Idempotent. */
    cancel: { input: Nothing; output: { cancelled: boolean } };
    /** Its time is over. */
    expire: { input: Nothing; output: { ended: string | null } };
    /** The calendar clock was set: the end is written down anew, as far ahead as it really is. */
    moveEnd: { input: { untilMs: CalendarMs }; output: { untilMs: CalendarMs } };
    /** The entry with which it begins: what was queued before it gives way. Null: it has begun. */
    noteLead: { input: { entry: EntryId | null }; output: { entry: EntryId | null } };
    /** That entry cannot be played: another one is wanted. */
    loseLead: { input: { entry: EntryId }; output: { entry: EntryId } };
  };
  queries: {
    /** One row while it holds. */
    active: { input: Nothing; row: ActiveOverride };
    /** One row if it will hold at that time. */
    at: { input: { atMs: CalendarMs }; row: { name: string; flavor: Flavor } };
    /** One row when its time is over and it has not been ended yet. */
    over: { input: Nothing; row: { name: string } };
    /** One row when the calendar clock was set since: where the end is now. */
    shifted: { input: Nothing; row: { untilMs: CalendarMs } };
    /** The entry with which it begins, as long as it has not begun. */
    lead: { input: Nothing; row: { entry: EntryId } };
  };
  events: {
    /** Set, replaced, cancelled or over. */
    changed: { name: string | null; untilMs: CalendarMs | null; reason: 'set' | 'cancelled' | 'expired' };
    /** It holds, and nothing has been chosen for it yet. */
    leadWanted: { name: string; flavor: Flavor };
  };
}
