// A player without sound, on a clock that is moved by hand: passages begin, overlap and end exactly when they would, by the
// same plans that the core is given. It knows no device, no file, and fails never.
import { type CrossfadeSettings, type PairPlan, planPair } from '../../audio/crossfade-plan.ts';
import type { Emit, Implementation } from '../../sync/concept.ts';
import type { Playable } from '../../sync/vocabulary/common.ts';
import type { EndReason, PlayerVocabulary } from '../../sync/vocabulary/player.ts';
import { isHeard } from '../concepts/player/heard.ts';
import type { Clock } from '../ports.ts';

/** Plans are made in frames; calendar time is whole milliseconds, as it is on disk. */
const RATE_HZ = 48_000;
const msOf = (frames: number) => Math.round((frames * 1000) / RATE_HZ);

interface Voice {
  readonly entry: number;
  readonly playable: Playable;
  readonly pair: PairPlan;
  readonly startedAtMs: number;
  endsAtMs: number;
  reason: EndReason;
}

export interface SimulatedPlayer {
  readonly concept: Implementation<Pick<PlayerVocabulary, 'actions' | 'queries' | 'events'>>;
  /** When something begins or ends next; Infinity: never, unless something is enqueued. */
  nextMs(): number;
  /** Begins and ends what is due now. */
  step(): void;
  /** The entry that sounds; during an overlap the incoming one. */
  sounding(): { readonly entry: number; readonly startedAtMs: number } | null;
}

export function createSimulatedPlayer(
  clock: Clock,
  emit: Emit<PlayerVocabulary>,
  settings: () => CrossfadeSettings,
): SimulatedPlayer {
  /** Those that sound, the newest last: one, or two while they overlap. */
  let voices: Voice[] = [];
  let prepared: { readonly entry: number; readonly playable: Playable } | null = null;
  let plans = 0;

  const newest = (): Voice | undefined => voices.at(-1);
  const pairWith = (voice: Voice | undefined, playable: Playable) =>
    planPair(
      voice === undefined ? null : { playable: voice.playable, overlapFrames: voice.pair.overlapFrames },
      playable,
      settings(),
      RATE_HZ,
    );
  const lengthMs = (pair: PairPlan, endFrame = pair.endFrame) => msOf(endFrame - pair.startFrame);

  /** How the prepared one follows, and when. */
  function transition(): {
    readonly atMs: number;
    readonly pair: PairPlan;
    readonly endsAtMs: number;
  } | null {
    if (prepared === null) return null;
    const voice = newest();
    const pair = pairWith(voice, prepared.playable);
    if (voice === undefined) return { atMs: clock.nowMs(), pair, endsAtMs: 0 };
    const { previousEndFrame } = pair;
    const isCut = voice.reason !== 'natural';
    const endsAtMs =
      isCut || previousEndFrame === null
        ? voice.endsAtMs
        : voice.startedAtMs + lengthMs(voice.pair, previousEndFrame);
    const overlapMs = isCut ? 0 : msOf(pair.overlapFrames);
    return { atMs: Math.max(clock.nowMs(), endsAtMs - overlapMs), pair, endsAtMs };
  }

  function begin({ pair, endsAtMs }: NonNullable<ReturnType<typeof transition>>): void {
    const next = prepared;
    if (next === null) return;
    const atMs = clock.nowMs();
    const voice = newest();
    if (voice !== undefined) voice.endsAtMs = endsAtMs;
    prepared = null;
    voices.push({ ...next, pair, startedAtMs: atMs, endsAtMs: atMs + lengthMs(pair), reason: 'natural' });
    const { entry, playable } = next;
    emit('voiceStarted', {
      entry,
      passage: playable.passage,
      frame: 0,
      atMs,
      positionMs: 0,
      resumed: false,
    });
  }

  function end(voice: Voice): void {
    voices = voices.filter((each) => each !== voice);
    const { entry, playable, pair, startedAtMs, reason } = voice;
    const atMs = clock.nowMs();
    const [heardMs, durationMs] = [atMs - startedAtMs, lengthMs(pair)];
    const heard = isHeard(heardMs, durationMs);
    emit('voiceEnded', { entry, passage: playable.passage, reason, heardMs, durationMs, heard, atMs });
  }

  function status(): PlayerVocabulary['queries']['status']['row'] {
    const voice = newest();
    return {
      playing: true,
      entry: voice?.entry ?? null,
      passage: voice?.playable.passage ?? null,
      positionMs: voice === undefined ? 0 : clock.nowMs() - voice.startedAtMs,
      durationMs: voice === undefined ? 0 : lengthMs(voice.pair),
      crossfade: null,
      prepared: prepared?.entry ?? null,
      volume: 1,
      sink: 'none',
    };
  }

  const cut = (reason: 'skipped' | 'removed') => {
    const voice = newest();
    if (voice === undefined) return null;
    voice.reason = reason;
    voice.endsAtMs = clock.nowMs();
    return voice.entry;
  };
  const positionMs = () => status().positionMs;

  return {
    concept: {
      actions: {
        prepare({ entry, playable }) {
          prepared = { entry, playable };
          plans += 1;
          return { entry, plan: plans, frame: 0 };
        },
        withdraw({ entry }) {
          if (prepared?.entry !== entry) return { entry, outcome: 'notLoaded' };
          prepared = null;
          return { entry, outcome: 'withdrawn' };
        },
        skip: ({ reason }) => ({ skipped: cut(reason), throttled: false }),
        crossOver({ to }) {
          const from = prepared?.entry === to ? cut('skipped') : null;
          if (from === null) return { error: 'TOO_LATE', message: 'Nothing can be led over.' };
          return { from, to };
        },
        play: () => ({ playing: true }),
        pause: () => ({ playing: false, entry: newest()?.entry ?? null, positionMs: positionMs() }),
        pauseForDevice: () => ({ playing: false, entry: newest()?.entry ?? null, positionMs: positionMs() }),
        fadeIn: () => ({ playing: true, faded: false }),
        fadeOut: () => ({ fading: false }),
        endFadeOut: () => ({ ended: false }),
        holdSkips: () => ({ heldMs: 0 }),
        seek: (input) => ({ positionMs: input.positionMs }),
        setVolume: ({ volume }) => ({ volume }),
        savePosition: () => ({ entry: newest()?.entry ?? null, positionMs: positionMs() }),
      },
      queries: {
        status: () => [status()],
        rest() {
          const voice = newest();
          const restMs = voice === undefined ? 0 : Math.max(0, voice.endsAtMs - clock.nowMs());
          return [{ restMs, idle: voice === undefined, playing: true, entry: voice?.entry ?? null }];
        },
        next: () => (prepared === null ? [] : [{ entry: prepared.entry, canBegin: voices.length < 2 }]),
      },
    },
    nextMs() {
      const ends = voices.map(({ endsAtMs }) => endsAtMs);
      return Math.min(transition()?.atMs ?? Number.POSITIVE_INFINITY, ...ends);
    },
    step() {
      const nowMs = clock.nowMs();
      const due = transition();
      if (due !== null && due.atMs <= nowMs) begin(due);
      for (const voice of voices.filter(({ endsAtMs }) => endsAtMs <= nowMs)) end(voice);
    },
    sounding() {
      const voice = newest();
      return voice === undefined ? null : { entry: voice.entry, startedAtMs: voice.startedAtMs };
    },
  };
}
