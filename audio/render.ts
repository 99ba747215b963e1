// Drives the core with its manual sink through a planned sequence, by the same protocol as the radio: each passage is
// offered once the one before it sounds. Main thread of a tool; decides nothing about the sound.
import type { AudioEngine, EngineEvent, EngineOptions } from './engine.ts';
import { openNativeEngine } from './native-engine.ts';
import type { SequenceVoice } from './sequence-plan.ts';

/** Frames asked of the core at once. */
const BLOCK_FRAMES = 16_384;

export interface RenderOptions {
  readonly rate: number;
  readonly volume: number;
  readonly limiter: boolean;
}

/** Where a voice was heard on the stream, as the core reported it. */
export interface Sounded {
  readonly firstFrame: number;
  readonly lastFrame: number;
}

/**
 * Calls `write` with every frame in order, `totalFrames` in all. Resolves with what the core says it did, or with the
 * sentence of what went wrong. `open` is a parameter for tests.
 */
export async function renderSequence(
  paths: readonly string[],
  voices: readonly SequenceVoice[],
  totalFrames: number,
  { rate, volume, limiter }: RenderOptions,
  write: (samples: Float32Array) => void,
  open: (options: EngineOptions) => AudioEngine = openNativeEngine,
): Promise<{ readonly voices: readonly Sounded[] } | { readonly message: string }> {
  const engine = open({ rate, sink: { kind: 'manual' }, playing: true, volume, limiter });
  const started = new Map<number, number>();
  const ended = new Map<number, number>();
  const faults: string[] = [];
  engine.onEvent((event) => {
    note(event, started, ended, faults, paths);
    // Noted: the core need not keep it, however many follow.
    if (event.type === 'voiceEnded') engine.acknowledge([event.ended.entry]);
  });
  try {
    let frame = 0;
    for (const [i, voice] of voices.entries()) {
      const offered = engine.offer(entryPlan(paths[i] ?? '', voice, voices[i - 1], i));
      const answer = await offered;
      if (answer.outcome === 'tooLate')
        faults.push(`Passage ${i + 1} was offered too late; the core had gone on.`);
      if (faults.length > 0) break;
      // One frame into it, it is the current one, and its successor can be offered.
      const isLast = i === voices.length - 1;
      const until = isLast ? totalFrames : voice.streamFrame + 1;
      for (; frame < until && faults.length === 0; frame += Math.min(BLOCK_FRAMES, until - frame))
        write(engine.pull(Math.min(BLOCK_FRAMES, until - frame)));
    }
    // Voices that end with the last frame are reported with the period after it.
    if (faults.length === 0) engine.pull(1);
    if (faults.length > 0) return { message: faults.join(' ') };
    return {
      voices: voices.map((_, i) => ({
        firstFrame: started.get(i + 1) ?? -1,
        lastFrame: (ended.get(i + 1) ?? 0) - 1,
      })),
    };
  } finally {
    await engine.close(0);
  }
}

function entryPlan(path: string, voice: SequenceVoice, before: SequenceVoice | undefined, index: number) {
  return {
    plan: index + 1,
    generation: 0,
    entry: index + 1,
    after: before ? index : null,
    path,
    startFrame: voice.startFrame,
    endFrame: voice.endFrame,
    gain: voice.gain,
    overlapFrames: voice.overlapFrames,
    fadeIn: voice.fadeIn,
    fadeOut: voice.plan.fadeOut,
    previousFadeOut: before ? before.fadeOut : null,
  };
}

function note(
  event: EngineEvent,
  started: Map<number, number>,
  ended: Map<number, number>,
  faults: string[],
  paths: readonly string[],
): void {
  if (event.type === 'voiceStarted') started.set(event.entry, event.frame);
  else if (event.type === 'voiceEnded') ended.set(event.ended.entry, event.ended.endedAtFrame);
  else if (event.type === 'voiceFailed') faults.push(event.message);
  else if (event.type === 'endedEarly')
    faults.push(
      `${paths[event.entry - 1]} ends at frame ${event.endFrame}, before its plan does: it is damaged.`,
    );
}
