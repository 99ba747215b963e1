// The typed face of the audio core: what it is told and what it tells. Types only.
// The core is the authority on what sounds: every plan is accepted at a frame or is too late, and the daemon follows.
// All positions here are frames at the working rate, counted from the (gapless-trimmed) start of a file,
// or frames of the stream clock, which counts every frame handed to the sink and never goes back.
import type { Curve } from '../sync/vocabulary/common.ts';

export type { Curve };

export interface Fade {
  readonly frames: number;
  readonly curve: Curve;
}

/** One entry, and how it follows the one before it. */
export interface EntryPlan {
  /** Id of this plan, unique and rising within one engine. */
  readonly plan: number;
  /** Counts the re-plannings of the same pair. */
  readonly generation: number;
  /** The queue entry (> 0). One entry sounds at most once. */
  readonly entry: number;
  /** The entry it follows; null: it starts as soon as nothing sounds. Too late if that entry is not the current one
   *  (or, when none is current, was not the last). */
  readonly after: number | null;
  /** Absolute path of the audio file. */
  readonly path: string;
  /** First frame that sounds and first that does not. */
  readonly startFrame: number;
  readonly endFrame: number;
  /** Linear gain of the passage (loudness), constant while it sounds. */
  readonly gain: number;
  /** Frames for which `after` and this entry sound together. 0: gapless. */
  readonly overlapFrames: number;
  /** Its own fade-in, counted from startFrame. */
  readonly fadeIn: Fade;
  /** Its own fade-out, ending at endFrame; replaced when its successor's plan says otherwise. */
  readonly fadeOut: Fade;
  /** The fade-out of `after` as this pair resolves it, or null to leave it as it is. */
  readonly previousFadeOut: Fade | null;
  /** Set when the pair lets `after` play on to another end (album neighbours: the end of its file, no trimmed silence).
   *  Absent or null: its end stays. Too late for frames it has passed already. */
  readonly previousEndFrame?: number | null;
  /** Start within the passage instead of at startFrame (resume after a restart); fadeIn does not apply then,
   *  a 10 ms ramp does. */
  readonly resumeAtFrame?: number;
}

export type Answer =
  | { readonly outcome: 'accepted'; readonly frame: number }
  | { readonly outcome: 'tooLate' };

export type VoiceEnd = 'natural' | 'skipped' | 'removed' | 'failed' | 'stopped';

/** An edge, reported after the period in which it happened was full. `frame` is stream time. */
export type EngineEvent =
  | {
      readonly type: 'voiceStarted';
      readonly frame: number;
      readonly entry: number;
      readonly plan: number;
      readonly atFrame: number;
    }
  | {
      readonly type: 'crossfadeStarted';
      readonly frame: number;
      readonly from: number;
      readonly to: number;
      readonly frames: number;
    }
  | { readonly type: 'crossfadeEnded'; readonly frame: number; readonly from: number; readonly to: number }
  | { readonly type: 'voiceEnded'; readonly frame: number; readonly ended: EndedVoice }
  /** Before it could begin: cannot be opened or decoded. The entry is dropped by the core. */
  | {
      readonly type: 'voiceFailed';
      readonly frame: number;
      readonly entry: number;
      readonly missing: boolean;
      readonly message: string;
    }
  /** The file ended before the plan's end; the voice ends at `endFrame` instead. */
  | { readonly type: 'endedEarly'; readonly frame: number; readonly entry: number; readonly endFrame: number }
  | { readonly type: 'underrunBegan'; readonly frame: number; readonly entry: number }
  | { readonly type: 'underrunEnded'; readonly frame: number; readonly entry: number }
  | { readonly type: 'xrun'; readonly frame: number }
  | { readonly type: 'limiterEngaged'; readonly frame: number }
  | { readonly type: 'streamOpened'; readonly frame: number; readonly sink: string }
  | { readonly type: 'streamLost'; readonly frame: number; readonly message: string }
  /** Events were lost: take a snapshot. Nothing in a snapshot is lost. */
  | { readonly type: 'overflow'; readonly frame: number };

/** A voice that has ended: kept by the core until acknowledged. */
export interface EndedVoice {
  readonly entry: number;
  readonly plan: number;
  readonly reason: VoiceEnd;
  /** Stream frames: its first, and the first on which it no longer sounded. */
  readonly startedAtFrame: number;
  readonly endedAtFrame: number;
  /** Frames of it that were heard (pauses not counted). */
  readonly heardFrames: number;
  /** File frame at which it stopped. */
  readonly atFrame: number;
}

export interface SoundingVoice {
  readonly entry: number;
  readonly plan: number;
  readonly role: 'current' | 'outgoing';
  /** File frame that sounds next. */
  readonly atFrame: number;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly startedAtFrame: number;
  readonly bufferedFrames: number;
}

/** The whole truth at one moment; consistent in itself. */
export interface EngineSnapshot {
  /** Frames handed to the sink since the engine was opened. */
  readonly streamFrame: number;
  readonly playing: boolean;
  readonly volume: number;
  readonly sounding: readonly SoundingVoice[];
  /** Taken by the core, not begun. */
  readonly next: { readonly entry: number; readonly plan: number; readonly bufferedFrames: number } | null;
  readonly ended: readonly EndedVoice[];
  readonly sink: string;
}

export interface Counters {
  readonly periods: number;
  readonly frames: number;
  readonly underruns: number;
  readonly xruns: number;
  readonly limitedFrames: number;
  readonly recordsDropped: number;
  readonly concealedPackets: number;
  readonly worstCallbackUs: number;
  /** All callbacks together; over the time that `frames` took it is the share of a core that rendering costs. */
  readonly callbackTotalUs: number;
  readonly periodUs: number;
  /** Histogram of callback times: bucket i counts those below 2^i microseconds (and at least 2^(i-1)). */
  readonly callbackHistogram: readonly number[];
  /** Whether the audio thread got real-time scheduling; null where it does not apply. */
  readonly realtime: boolean | null;
  readonly lockedArenaBytes: number;
  readonly memoryLocked: boolean;
  /** Reads that hang for good: each keeps a thread and a file handle. */
  readonly leakedSources: number;
}

/** Linear, full scale = 1. Measured on what goes to the sink, after volume and limiter. */
export interface ChannelLevel {
  /** Of the last whole window. */
  readonly peak: number;
  /** The largest peak of the last `holdFrames` frames. */
  readonly heldPeak: number;
  /** Of the last whole window: a sine at full scale has 0.707. */
  readonly rms: number;
}

/** As of one moment: the levels, and where every voice stands (two during a crossfade, three after a skip in one). */
export interface Meters {
  readonly streamFrame: number;
  readonly playing: boolean;
  /** Windows follow each other without a gap: 100 ms, and 1.5 s for what is held. */
  readonly windowFrames: number;
  readonly holdFrames: number;
  /** Stream frame at which the last whole window ended; 0: none is whole yet. */
  readonly windowEndFrame: number;
  /** Left and right. */
  readonly channels: readonly [ChannelLevel, ChannelLevel];
  readonly voices: readonly SoundingVoice[];
}

/** An output device as the core's own PortAudio names it. */
export interface OutputDevice {
  /** Stable across restarts: "<host API>: <device>". What a SinkChoice takes. */
  readonly name: string;
  readonly hostApi: string;
  readonly device: string;
  readonly maxChannels: number;
  readonly defaultRateHz: number;
  readonly isDefault: boolean;
}

export type SinkChoice =
  | {
      readonly kind: 'portaudio' /** Stable name; null: the default device. */;
      readonly device: string | null;
      readonly latencyS?: number;
    }
  /** For compatibility: naudiodon in a process of its own, fed from JavaScript, which is heard when it is late. */
  | {
      readonly kind: 'naudiodon' /** "<host API>: <device>"; null: the default device. */;
      readonly device: string | null;
    }
  /** Paced by the monotonic clock. */
  | { readonly kind: 'null' }
  /** Driven by pull(): deterministic, as fast as possible. */
  | { readonly kind: 'manual' };

export interface EngineOptions {
  readonly rate: number;
  readonly sink: SinkChoice;
  /** Starts paused unless true. */
  readonly playing: boolean;
  readonly volume: number;
  readonly limiter: boolean;
  /** File in which the audio files at work are noted, for the next start after a crash (daemon/crash-note.ts). Emptied. */
  readonly crashNote?: string;
  /** Events kept for a JavaScript thread that does not take them; beyond it `overflow`. Default 1024. */
  readonly eventLimit?: number;
}

/** renders: a sink takes frames, or should. switching: one is being opened, or put in place of another. lost: the device has
 *  gone, and the null sink has not begun yet. In the latter two it may be that nothing is rendered. */
export type SinkState = 'renders' | 'switching' | 'lost';

/** Commands return their answer when the audio thread has taken them at a period boundary (promise), or at once
 *  where one compare-and-swap decides (withdraw). */
export interface AudioEngine {
  readonly rate: number;
  /** Loads an entry and hands it to the audio thread. Offering while another entry is next replaces it,
   *  as one step; offering the same entry again re-plans it without decoding it anew. */
  offer(plan: EntryPlan): Promise<Answer>;
  /** Takes the next entry back. tooLate: it has begun, and will be reported as started. */
  withdraw(entry: number): 'withdrawn' | 'notLoaded' | 'tooLate';
  /** Resumes under an equal-power ramp of `rampFrames` (0.5 s unless told). */
  play(rampFrames?: number): Promise<Answer>;
  pause(): Promise<Answer>;
  /** Fades the current voice out over `fadeFrames` and starts the next at its start with an equal-power fade-in of
   *  as many frames, as soon as 0.1 s of it is buffered. During a crossfade: the outgoing one fades out in 0.1 s.
   *  `entry` names what is meant to stop: too late if it is not the current one any more. */
  skip(entry: number, fadeFrames: number, reason: 'skipped' | 'removed'): Promise<Answer>;
  /** Exact to the frame; answered when the target is buffered and sounds. Too late if the entry has ended or was
   *  sought again before that, or if the target cannot be decoded. During a crossfade the outgoing ends at once. */
  seek(entry: number, fileFrame: number): Promise<Answer>;
  /** What a device does, for a person to hear: the music waits as in a pause while a tone of 440 Hz at -20 dBFS, whatever
   *  the volume, sounds on the left, on the right and on both, a second each; then it goes on where it was under a ramp of
   *  `resumeFrames` (0.5 s unless told). Accepted at the frame with which it goes on; too late if one sounds already, while
   *  the sink is changed, or if it was cut short. */
  testTone(resumeFrames?: number): Promise<Answer>;
  /** Cuts the tone short, if one sounds. */
  endTestTone(): Promise<Answer>;
  /** 0 to 1, a person's scale: gain = v^3, ramped over 10 ms. */
  setVolume(volume: number): void;
  snapshot(): EngineSnapshot;
  /** Forget these ended voices: their history is written. */
  acknowledge(entries: readonly number[]): void;
  counters(): Counters;
  /** Read from what the audio thread published last: it is never waited for, and never waits. */
  meters(): Meters;
  /** Events in order; called on the JavaScript thread, never from the audio thread. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
  /** From now on a thread of the core writes into this file which entry sounds and where, some four times a second while it
   *  plays, also while JavaScript hangs (native/addon/position_record.h), until close(). `floorMs`: no record is of an earlier
   *  calendar time. Null, or why it cannot be written. */
  mirrorPosition(file: string, floorMs: number): string | null;
  sinkState(): SinkState;
  /** Another sink, position kept. */
  switchSink(sink: SinkChoice): Promise<{ ok: true; sink: string } | { ok: false; message: string }>;
  /** Manual sink only: renders `frames` frames, waiting for decoders where needed; interleaved stereo. The events of
   *  these frames have been delivered when it returns. With this sink commands are obeyed at once, and wait for the decoders
   *  of what is due at this very frame. */
  pull(frames: number): Float32Array;
  /** Fades out over `fadeMs`, stops, joins every thread. */
  close(fadeMs?: number): Promise<void>;
}
