// Types that every concept's vocabulary shares. Types only: this file compiles to nothing.

/** Row id of a passage, a queue entry, a song, ... in segue.db: a positive integer. */
export type PassageId = number;
export type EntryId = number;
export type SongId = number;
export type ArtistId = number;
export type WorkId = number;
export type AlbumId = number;
export type FileId = number;
export type SelectionId = number;
export type PlayId = number;

/** Position or length on the tick scale: 28,224,000 per second, an integer. */
export type Ticks = number;
/** Calendar time: milliseconds since 1970-01-01 UTC. */
export type CalendarMs = number;

/** Expected failure: returned, never thrown. `message` is a sentence that says what to do. */
export interface Failure<Code extends string = string> {
  readonly error: Code;
  readonly message: string;
  readonly details?: unknown;
}

/** What a concept offers. Inputs, outputs, rows and payloads are plain data, frozen once emitted. */
export interface ConceptVocabulary {
  actions: Record<string, { input: object; output: object }>;
  queries: Record<string, { input: object; row: object }>;
  events: Record<string, object>;
}

/** No fields. */
export type Nothing = Record<never, never>;

export type Curve = 'linear' | 'cosine' | 'exponential' | 'logarithmic' | 'equal-power';

/** The six points of a passage, in ticks from the start of its file. Null: resolved when the pair is known. */
export interface Points {
  readonly startTicks: Ticks;
  readonly fadeInTicks: Ticks | null;
  readonly leadInTicks: Ticks | null;
  readonly leadOutTicks: Ticks | null;
  readonly fadeOutTicks: Ticks | null;
  readonly endTicks: Ticks;
}

/** What the Player needs to sound a passage. */
export interface Playable {
  readonly passage: PassageId;
  /** Absolute path of the audio file. */
  readonly path: string;
  readonly points: Points;
  /** Length of the whole file. */
  readonly fileTicks: Ticks;
  /** Where in the file the part lies that it is, as a CUE sheet has it; null: it is no part. */
  readonly part: { readonly startTicks: Ticks; readonly endTicks: Ticks } | null;
  readonly fadeInCurve: Curve | null;
  readonly fadeOutCurve: Curve | null;
  /** Loudness correction in dB, frozen while the passage sounds. */
  readonly gainDb: number;
  /** Neighbours of one album (same disc, consecutive numbers) play gapless. */
  readonly album: AlbumId | null;
  readonly disc: number | null;
  readonly track: number | null;
}
