// Player: what sounds now. It follows the audio core, which is the authority.
import type { CalendarMs, EntryId, Failure, Nothing, PassageId, Playable } from './common.ts';

export type EndReason = 'natural' | 'skipped' | 'removed' | 'failed' | 'stopped';

export interface PlayerStatus {
  readonly playing: boolean;
  /** The entry that sounds (the incoming one during a crossfade), or null. */
  readonly entry: EntryId | null;
  readonly passage: PassageId | null;
  readonly positionMs: number;
  readonly durationMs: number;
  /** Set while a crossfade is heard. */
  readonly crossfade: {
    readonly from: EntryId;
    readonly to: EntryId;
    readonly progress: number;
    readonly lengthMs: number;
  } | null;
  /** The entry handed to the core as next. */
  readonly prepared: EntryId | null;
  readonly volume: number;
  readonly sink: string;
}

export interface PlayerVocabulary {
  actions: {
    /** Hands the core the entry that follows what sounds (or starts, if nothing does). */
    prepare: {
      input: { entry: EntryId; playable: Playable; resumeMs?: number };
      output: { entry: EntryId; plan: number; frame: number } | Failure<'TOO_LATE' | 'BUSY'>;
    };
    /** Takes the prepared entry back. `outcome` is decided by the core: tooLate means it has begun. */
    withdraw: {
      input: { entry: EntryId };
      output: { entry: EntryId; outcome: 'withdrawn' | 'notLoaded' | 'tooLate' };
    };
    play: { input: Nothing; output: { playing: true } };
    pause: { input: Nothing; output: { playing: false; entry: EntryId | null; positionMs: number } };
    /** Pauses until a device plays again; play or pause by anybody ends the waiting. */
    pauseForDevice: {
      input: Nothing;
      output: { playing: false; entry: EntryId | null; positionMs: number };
    };
    /** Plays, if it does not, and gets louder over so long: from nothing to `volume`, or to what it is where that is null.
     *  What plays already is left alone. */
    fadeIn: { input: { overMs: number; volume: number | null }; output: { playing: true; faded: boolean } };
    /** Gets quieter over so long, to nothing; then fadedOut is emitted. The volume that is set stays; play, pause or a
     *  change of volume ends the fade. */
    fadeOut: { input: { overMs: number }; output: { fading: boolean } };
    /** A fadeOut is no more: it is as loud as is set, at once. */
    endFadeOut: { input: Nothing; output: { ended: boolean } };
    skip: {
      input: { reason: 'skipped' | 'removed'; fadeMs?: number };
      output: { skipped: EntryId | null; throttled: boolean } | Failure<'NOTHING_PLAYS' | 'HELD'>;
    };
    /** Crossfades from what sounds to the next entry now, if that is `to`. No double tap is meant and no hold holds it. */
    crossOver: {
      input: { to: EntryId; fadeMs: number };
      output: { from: EntryId; to: EntryId } | Failure<'TOO_LATE'>;
    };
    /** Skips are refused (HELD) for so long from now on, at most 10 min; 0 ends it. */
    holdSkips: { input: { forMs: number }; output: { heldMs: number } };
    seek: {
      input: { positionMs: number };
      output: { positionMs: number } | Failure<'NOTHING_PLAYS' | 'OUT_OF_RANGE' | 'TOO_LATE'>;
    };
    /** 0 to 1, a person's scale. */
    setVolume: { input: { volume: number }; output: { volume: number } };
    /** On the card; each second it is mirrored to tmpfs without being asked. */
    savePosition: { input: Nothing; output: { entry: EntryId | null; positionMs: number } };
  };
  queries: {
    status: { input: Nothing; row: PlayerStatus };
    /** What is left of the sounding passage; idle when nothing sounds. */
    rest: { input: Nothing; row: { restMs: number; idle: boolean; playing: boolean; entry: EntryId | null } };
    /** The entry that the core has as next; no row when there is none. `canBegin`: enough of it is decoded, and the
     *  music plays without a crossfade under way. */
    next: { input: Nothing; row: { entry: EntryId; canBegin: boolean } };
  };
  events: {
    /** Enough of the next entry is decoded to begin at any time. */
    buffered: { entry: EntryId };
    voiceStarted: {
      entry: EntryId;
      passage: PassageId;
      frame: number;
      atMs: CalendarMs;
      positionMs: number;
      resumed: boolean;
    };
    voiceEnded: {
      entry: EntryId;
      passage: PassageId;
      reason: EndReason;
      heardMs: number;
      durationMs: number;
      /** >= 30 s or half of it. */
      heard: boolean;
      atMs: CalendarMs;
    };
    /** The file of an entry could not be opened or decoded. `missing`: it is not there (now). */
    voiceFailed: { entry: EntryId; passage: PassageId; path: string; missing: boolean; message: string };
    crossfadeStarted: { from: EntryId; to: EntryId; lengthMs: number };
    crossfadeEnded: { from: EntryId; to: EntryId };
    /** State-like: playing or paused, what sounds, volume. */
    stateChanged: { playing: boolean; entry: EntryId | null };
    volumeChanged: { volume: number };
    /** A fadeOut has come to its end: nothing is heard any more, though it plays. */
    fadedOut: { entry: EntryId | null };
    underrun: { entry: EntryId; frame: number };
    /** The device, its loss and return; `sink` is what plays now. */
    sinkChanged: { sink: string; reason: string };
    /** The device has gone; sound goes to the null sink. `playing`: it was not paused. */
    deviceLost: { message: string; playing: boolean };
    /** A device plays again after pauseForDevice. */
    deviceBack: { sink: string };
    /** Points that had to be repaired at play time. */
    pointsRepaired: { passage: PassageId; before: object; after: object };
  };
}
