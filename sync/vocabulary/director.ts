// Director: chooses what plays next, and remembers the facts of each choice.
import type { CalendarMs, Failure, Nothing, PassageId, SelectionId, SongId } from './common.ts';

export type NothingLeft = 'NO_PASSAGES' | 'NO_SONGS' | 'ALL_IN_COOLDOWN' | 'ALL_EXCLUDED';

/** A flavor: characteristic -> label -> value; the labels of one characteristic sum to 1. */
export type Flavor = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface SelectionFacts {
  readonly selection: SelectionId;
  readonly passage: PassageId;
  readonly targetAtMs: CalendarMs;
  readonly chosenAtMs: CalendarMs;
  readonly target: {
    readonly kind: 'timeslot' | 'override' | 'none';
    readonly name: string;
    readonly flavor: Flavor;
  };
  /** How far the flavor above was bent towards what is liked, 0 to 1; 0: not at all. */
  readonly tasteStrength: number;
  readonly seed: number;
  readonly eligible: number;
  readonly dropped: Readonly<
    Record<'queued' | 'cooldown' | 'broken' | 'missing' | 'noSong' | 'zeroBase', number>
  >;
  /** 1 unless cooldowns were relaxed; 0 when the least recently heard song was taken. */
  readonly relaxedTo: number;
  readonly candidates: readonly {
    readonly passage: PassageId;
    readonly distance: number;
    readonly base: number;
    readonly cooldown: number;
    readonly weight: number;
  }[];
  /** Index into candidates. */
  readonly chosen: number;
  /** What the draw returned, 0 <= draw < sum of the weights. */
  readonly draw: number;
  /** How often the songs of the chosen one are disliked: each time halves their base. */
  readonly dislikes: number;
}

export interface DirectorVocabulary {
  actions: {
    select: {
      input: {
        targetAtMs: CalendarMs;
        /** Waiting or sounding now, with the time each is expected to be heard. */
        queued: readonly PassageId[];
        targetName: string;
        target: Flavor;
        targetKind: 'timeslot' | 'override' | 'none';
        /** Bends the target. */
        taste?: { readonly flavor: Flavor; readonly strength: number } | null;
        /** Nothing waits: rather repeat than fall silent. */
        mustPlay: boolean;
        seed?: number;
      };
      output:
        | { passage: PassageId; selection: SelectionId }
        | (Failure<NothingLeft | 'PAUSED'> & { readonly freeAtMs?: CalendarMs });
    };
    /** The catalogue (passages, songs, flavors, factors) has changed and is read again. */
    reload: { input: Nothing; output: { passages: number } };
    /** What is thought of songs has changed: how likely each passage is chosen is worked out again. */
    reweigh: { input: Nothing; output: { disliked: number } };
    /** These are not chosen (their base counts as 0) until the next call of that name says otherwise; in memory. */
    setAside: {
      input: { name: string; passages: readonly PassageId[] };
      output: { passages: number; changed: boolean };
    };
    /** A playback failure; the third within 60 s pauses automatic enqueueing for 10 min or until somebody acts. */
    noteFailure: { input: { passage: PassageId }; output: { failures: number; paused: boolean } };
    resumeAfterFailures: { input: Nothing; output: { wasPaused: boolean } };
  };
  queries: {
    /** One row: whether automatic selection runs, and why not. */
    state: {
      input: Nothing;
      row: { paused: boolean; reason: NothingLeft | 'PAUSED' | null; freeAtMs: CalendarMs | null };
    };
    /** How many passages could be chosen at all (ok, with a song, base > 0), cooldowns aside. */
    eligible: { input: Nothing; row: { count: number } };
    facts: { input: { selection: SelectionId }; row: SelectionFacts };
    /** Replays a stored selection by its seed: the passage it leads to. */
    replay: { input: { selection: SelectionId }; row: { passage: PassageId; matches: boolean } };
  };
  events: {
    selected: { passage: PassageId; selection: SelectionId; songs: readonly SongId[] };
    nothingLeft: { reason: NothingLeft | 'PAUSED'; freeAtMs: CalendarMs | null };
    /** After the start or a reload: all flavors have been read. */
    loaded: { passages: number };
  };
}
