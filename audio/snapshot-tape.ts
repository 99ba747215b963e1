// A snapshot of the native core, read from a row of numbers that it writes (native/addon/snapshot_tape.cc). JavaScript thread.
import type { EndedVoice, EngineSnapshot, SoundingVoice } from './engine.ts';

/** In the order of the core's VoiceEnd. */
const REASONS = ['natural', 'skipped', 'removed', 'failed', 'stopped'] as const;
/** Three voices that sound and many that have ended. */
const FIRST_CELLS = 128;

/**
 * Gives a function that takes a snapshot.
 * @param fill Writes one into the tape as far as there is room, says in its first cell how many cells it takes, and answers the
 *   name of the sink.
 */
export function snapshotReader(fill: (tape: Float64Array) => string): () => EngineSnapshot {
  let tape = new Float64Array(FIRST_CELLS);
  let at = 0;
  const next = () => tape[at++] as number;

  function voice(): SoundingVoice {
    return {
      entry: next(),
      plan: next(),
      role: next() === 1 ? 'current' : 'outgoing',
      atFrame: next(),
      startFrame: next(),
      endFrame: next(),
      startedAtFrame: next(),
      bufferedFrames: next(),
    };
  }

  function endedVoice(): EndedVoice {
    const reason = REASONS[next()] ?? 'natural';
    return {
      reason,
      entry: next(),
      plan: next(),
      startedAtFrame: next(),
      endedAtFrame: next(),
      heardFrames: next(),
      atFrame: next(),
    };
  }

  return () => {
    let sink = fill(tape);
    while ((tape[0] as number) > tape.length) {
      tape = new Float64Array(2 * (tape[0] as number));
      sink = fill(tape);
    }
    at = 1;
    const streamFrame = next();
    const playing = next() === 1;
    const volume = next();
    const upcoming = { entry: next(), plan: next(), bufferedFrames: next() };
    const voices = next();
    const over = next();
    const sounding: SoundingVoice[] = [];
    for (let n = 0; n < voices; n++) sounding.push(voice());
    const ended: EndedVoice[] = [];
    for (let n = 0; n < over; n++) ended.push(endedVoice());
    return {
      streamFrame,
      playing,
      volume,
      sounding,
      next: upcoming.entry === 0 ? null : upcoming,
      ended,
      sink,
    };
  };
}
