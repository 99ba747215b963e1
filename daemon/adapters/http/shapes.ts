// The answers of the API as types: what the server makes, and the panel and the command line read. Types only.
// Ids are public strings; positions and lengths are milliseconds.
import type { Counters, EngineSnapshot, Meters } from '../../../audio/engine.ts';

export type { Meters };

export interface Card {
  readonly passage: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string | null;
  readonly art: string | null;
  readonly durationMs: number;
  readonly state: 'ok' | 'missing' | 'broken';
}

export interface Entry extends Card {
  readonly entry: string;
  readonly source: 'auto' | 'person';
  readonly sounding: boolean;
}

export interface AutoSelect {
  readonly on: boolean;
  readonly reason: 'NO_PASSAGES' | 'NO_SONGS' | 'ALL_IN_COOLDOWN' | 'ALL_EXCLUDED' | 'PAUSED' | 'OFF' | null;
  /** In words, with what to do. */
  readonly message: string | null;
  /** Calendar time at which something is free again, where that is known. */
  readonly freeAtMs: number | null;
}

/** The sound of a whole file in equal spans, and where the passage lies in it. Milliseconds from the file's start. */
export interface PassageEnvelope {
  readonly passage: string;
  readonly fileMs: number;
  readonly spanMs: number;
  /** Linear, 1 is full scale; one value a span, the last of which may be shorter. */
  readonly peaks: readonly number[];
  readonly rms: readonly number[];
  /** As the player would take them now. Null: decided by the pair. */
  readonly points: {
    readonly startMs: number;
    readonly fadeInMs: number | null;
    readonly leadInMs: number | null;
    readonly leadOutMs: number | null;
    readonly fadeOutMs: number | null;
    readonly endMs: number;
  };
}

/** One side of a crossfade. */
export type Side = Partial<Card> & { readonly entry: string };

/** What everybody together thinks of something; sums of weights. */
export interface Opinions {
  readonly likes: number;
  readonly dislikes: number;
}

export interface Status {
  readonly playing: boolean;
  /** What sounds: during a crossfade the incoming piece. */
  readonly current: (Card & Opinions & { readonly entry: string; readonly positionMs: number }) | null;
  /** Progress from 0 to 1. */
  readonly crossfade: {
    readonly from: Side;
    readonly to: Side;
    readonly progress: number;
    readonly lengthMs: number;
  } | null;
  /** The first that wait; GET /queue has all. */
  readonly next: readonly Entry[];
  /** 0 to 1. */
  readonly volume: number;
  readonly queueLength: number;
  readonly timeslot: { readonly name: string; readonly kind: 'timeslot' | 'none' } | null;
  /** A mood that somebody asked for: it holds in place of the timeslot. */
  readonly override: {
    readonly name: string;
    readonly kind: 'passage' | 'timeslot' | 'flavor';
    readonly passage: string | null;
    readonly setAtMs: number;
    readonly untilMs: number;
    readonly leftMs: number;
  } | null;
  /** The sleep timer, while one runs. */
  readonly sleep: { readonly setAtMs: number; readonly untilMs: number; readonly leftMs: number } | null;
  /** The alarm that rings next. */
  readonly alarm: { readonly alarm: string; readonly atMs: number } | null;
  readonly autoSelect: AutoSelect;
  readonly sink: string;
  readonly bootId: string;
  readonly version: string;
}

export type Weekday = 'sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat';

export interface AlarmLine {
  readonly alarm: string;
  /** Of the local day, as 06:45. */
  readonly time: string;
  /** None: once. */
  readonly weekdays: readonly Weekday[];
  /** The timeslot whose mood it wakes with; null: the one that holds then. */
  readonly timeslot: string | null;
  /** 0 to 1; null: as it is. */
  readonly volume: number | null;
  readonly rampS: number;
  readonly enabled: boolean;
  /** When it rings next; null while it is switched off. */
  readonly nextMs: number | null;
}

/** Who a client is, and what it may do. */
export interface Session {
  readonly role: 'guest' | 'admin' | 'owner';
  readonly rights: readonly ('see' | 'control' | 'admin')[];
  /** Somebody is admin. Until then whoever reaches the port may do everything. */
  readonly claimed: boolean;
}

/** A device that is logged in as admin. */
export interface SessionLine {
  readonly session: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** To the day. */
  readonly usedAtMs: number;
}

/** Which lasts until the next one starts. */
export interface TimeslotLine {
  readonly name: string;
  /** Of the local day, as 06:45. */
  readonly start: string;
  readonly startMinute: number;
  /** Passages that sound as it should. */
  readonly references: readonly string[];
  /** The same as they are shown, in the same order. */
  readonly passages: readonly Card[];
  /** In their place, where it was given by hand. */
  readonly flavor: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  readonly silent: boolean;
}

/** By start. */
export interface Timeslots {
  readonly timeslots: readonly TimeslotLine[];
  /** Of all of them together: another set of slots has another. */
  readonly version: string;
}

export interface Queue {
  readonly entries: readonly Entry[];
}

export interface Play extends Card {
  readonly play: string;
  readonly entry: string;
  readonly startedAtMs: number;
  readonly heardMs: number | null;
  /** Null while it sounds. */
  readonly ended: 'natural' | 'skipped' | 'removed' | 'failed' | 'stopped' | null;
  readonly source: 'auto' | 'person';
}

/** Newest first. */
export interface History {
  readonly plays: readonly Play[];
  /** Cursor for older ones. */
  readonly next: string | null;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

export interface Health {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface Import {
  readonly status: {
    readonly job: number;
    readonly state: 'scanning' | 'reading' | 'analysing' | 'paused' | 'done' | 'cancelled' | 'failed';
    readonly found: number;
    readonly done: number;
    readonly foundBytes: number;
    readonly doneBytes: number;
    readonly bytesPerS: number | null;
    readonly leftMs: number | null;
    readonly added: number;
    readonly failed: number;
    readonly current: string | null;
    readonly message: string | null;
  } | null;
  /** What each step has done in that job. */
  readonly steps: readonly {
    readonly step: string;
    readonly runs: number;
    readonly failed: number;
    readonly retried: number;
    readonly totalMs: number;
    readonly maxMs: number;
  }[];
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
  readonly counts: { readonly passages: number } | null;
}

/** A rule for people. */
export interface RuleLine {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /** The owner's, from a file. */
  readonly isOwn: boolean;
  readonly enabled: boolean;
  /** Times it matched and had something to do, since the start of the daemon. */
  readonly fired: number;
  readonly failed: number;
  /** When it last matched. */
  readonly lastAtMs: number | null;
}

export interface Candidate {
  readonly passage: string;
  readonly title: string;
  readonly artist: string;
  readonly distance: number;
  readonly base: number;
  readonly cooldown: number;
  readonly weight: number;
}

export interface Why extends Card {
  readonly entry: string;
  readonly source: 'auto' | 'person';
  readonly sentence: string;
  /** Every fact of the sentence: its text there, and where in the stored selection it was read from. */
  readonly said: readonly {
    readonly name: string;
    readonly text: string;
    readonly path: string;
    readonly value: string | number;
  }[];
  readonly rule: string | null;
  readonly flow: string | null;
  readonly facts: {
    readonly targetAtMs: number;
    readonly chosenAtMs: number;
    readonly target: { readonly kind: string; readonly name: string };
    readonly seed: number;
    readonly eligible: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly relaxedTo: number;
    readonly candidates: readonly Candidate[];
    readonly chosen: number;
    readonly draw: number;
  } | null;
}

/** The first event of every stream. */
export interface Full {
  readonly status: Status;
  readonly queue: Queue;
  readonly history: History;
  readonly health: Health;
  /** The slots themselves have a route. */
  readonly timeslots: Pick<Timeslots, 'version'>;
}

/** What the audio core counts; entries are row ids here, as the core knows them. */
export interface AudioStats {
  readonly output: {
    readonly sink: string;
    readonly rateHz: number;
    /** What was asked of the device; null on a sink that has none. */
    readonly askedLatencyS: number | null;
    readonly periodUs: number;
    /** Whether the audio thread got real-time scheduling; null where it does not apply. */
    readonly realtime: boolean | null;
  };
  /** How long the callback takes: so many of a hundred stayed below the bound (a power of two). Null before the first. */
  readonly callback: {
    readonly p50BelowUs: number | null;
    readonly p95BelowUs: number | null;
    readonly p99BelowUs: number | null;
    readonly worstUs: number;
    /** Of one core, since the start. */
    readonly shareOfCore: number;
  };
  readonly meters: Meters;
  readonly counters: Counters;
  readonly snapshot: EngineSnapshot;
  /** Of the process, in bytes. */
  readonly memory: { readonly rss: number; readonly heapUsed: number };
}

/** What was counted while the test tone sounded. */
export interface AudioTestReport {
  readonly output: AudioStats['output'];
  readonly tone: {
    readonly frequencyHz: number;
    readonly peakDbfs: number;
    readonly order: readonly ('left' | 'right' | 'both')[];
    readonly eachMs: number;
  };
  /** Bounds of a histogram whose steps are powers of two; null of no callback. */
  readonly callback: {
    readonly count: number;
    readonly p50BelowUs: number | null;
    readonly p99BelowUs: number | null;
    readonly worstBelowUs: number | null;
  };
  readonly xruns: number;
  readonly underruns: number;
  /** Neither of both. */
  readonly keptUp: boolean;
  /** It plays; false: it was paused, and is. */
  readonly musicGoesOn: boolean;
}

/** Memory of the daemon by what it is for; the parts add up to the sums. Anonymous: not backed by a file. */
export interface MemoryParts {
  readonly residentBytes: number;
  readonly anonymousBytes: number;
  /** Largest first. */
  readonly parts: readonly {
    readonly part: string;
    readonly residentBytes: number;
    readonly anonymousBytes: number;
  }[];
}

/** What happened, in a sentence for people. */
export interface Notice {
  readonly message: string;
}
