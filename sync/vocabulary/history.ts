// History: what was played, when, for how long and how it ended. Durable at start and end.
import type { CalendarMs, EntryId, Nothing, PassageId, PlayId, SelectionId } from './common.ts';
import type { EndReason } from './player.ts';

export interface Play {
  readonly play: PlayId;
  readonly entry: EntryId;
  readonly passage: PassageId;
  readonly selection: SelectionId | null;
  readonly startedAtMs: CalendarMs;
  readonly heardMs: number | null;
  /** Null while it sounds. */
  readonly ended: EndReason | null;
}

export interface HistoryVocabulary {
  actions: {
    /** A voice started. A resumed entry goes on with its open play. */
    begin: { input: { entry: EntryId; passage: PassageId; atMs: CalendarMs }; output: { play: PlayId } };
    /** It ended; `heard` plays are credited to the songs of the passage. */
    end: {
      input: { entry: EntryId; heardMs: number; heard: boolean; reason: EndReason; atMs: CalendarMs };
      output: { play: PlayId | null };
    };
  };
  queries: {
    recent: { input: { limit: number; before?: PlayId }; row: Play };
    /** The play of an entry that has left the queue. */
    ofEntry: { input: { entry: EntryId }; row: Play };
    /** How often a passage was heard to its own end. One row. */
    fullPlays: { input: { passage: PassageId }; row: { plays: number } };
    openPlays: { input: Nothing; row: Play };
  };
  events: Record<never, never>;
}
