// Queue: what plays next, in order, durable before it is answered. At most 100 entries.
import type { EntryId, Failure, Nothing, PassageId, SelectionId } from './common.ts';

export type Where = 'next' | 'end' | { readonly after: EntryId };
export type Source = 'auto' | 'person';

export type CoreSays = 'withdrawn' | 'notLoaded' | 'tooLate';

export interface QueueEntry {
  readonly entry: EntryId;
  readonly passage: PassageId;
  readonly source: Source;
  readonly selection: SelectionId | null;
  /** waiting, or sounding once the core has begun it. */
  readonly state: 'waiting' | 'sounding';
  readonly durationMs: number;
}

export interface QueueVocabulary {
  actions: {
    enqueue: {
      input: { passages: readonly PassageId[]; where: Where; source: Source; selection?: SelectionId };
      output: { entries: readonly EntryId[] } | Failure<'QUEUE_FULL' | 'NO_SUCH_PASSAGE' | 'NO_SUCH_ENTRY'>;
    };
    /** Asked by a person. Answered when the core has given the entry back, or has begun it. */
    askRemove: {
      input: { entry: EntryId };
      output: { entry: EntryId; state: 'waiting' | 'sounding' | 'absent' };
    };
    askMove: {
      input: { entry: EntryId; where: Where };
      output: { entry: EntryId; state: 'waiting' } | Failure<'NO_SUCH_ENTRY' | 'TOO_LATE'>;
    };
    /** Idempotent: an entry that is not there answers removed false. `coreSays` is Player.withdraw's outcome:
     *  tooLate (it has begun) leaves it where it is and answers TOO_LATE. */
    remove: {
      input: { entry: EntryId; coreSays: CoreSays };
      output: { entry: EntryId; removed: boolean } | Failure<'TOO_LATE'>;
    };
    move: {
      input: { entry: EntryId; where: Where; coreSays: CoreSays };
      output: { entry: EntryId } | Failure<'NO_SUCH_ENTRY' | 'TOO_LATE'>;
    };
    /** Asked by a person to remove everything that waits. Answered by clear, when the core has given back what it had. */
    askClear: { input: Nothing; output: Nothing };
    /** Everything that waits; what sounds goes on. `except`: the entry the core has begun and not yet reported. */
    clear: { input: { except?: EntryId }; output: { removed: number } };
    /** The library has changed: what waits may be longer or shorter now. */
    reload: { input: Nothing; output: { entries: number } };
    /** Waiting automatic entries that were queued before `than` leave; what persons asked for stays. */
    dropEarlier: { input: { than: EntryId }; output: { removed: number } };
    markSounding: { input: { entry: EntryId }; output: { entry: EntryId } };
    /** Its voice has ended (or could not begin): the entry leaves the queue. */
    complete: { input: { entry: EntryId }; output: { entry: EntryId; removed: boolean } };
  };
  queries: {
    entries: { input: Nothing; row: QueueEntry };
    /** The first waiting entry; no row when none waits. */
    head: { input: Nothing; row: { entry: EntryId; passage: PassageId } };
    /** One row: the passages that sound, and those that persons asked for. */
    staying: { input: Nothing; row: { passages: readonly PassageId[] } };
    /** What lies ahead, the sounding one counted. `isLow`: fewer than 3 passages or less than 15 min,
     *  and not yet half of what is eligible. */
    ahead: {
      input: { restMs: number; eligible: number };
      row: {
        passages: number;
        waiting: number;
        aheadMs: number;
        isLow: boolean;
        queued: readonly PassageId[];
      };
    };
  };
  events: {
    /** State-like: coalesced, delivered as a flow of its own that remembers its cause. */
    changed: { waiting: number };
  };
}
