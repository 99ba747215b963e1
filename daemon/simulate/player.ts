// A player without sound, on a clock that is moved by hand: passages begin, overlap and end exactly when they would, by the
// same plans that the core is given; in a pause they wait. It knows no device, no file, and fails never.
import { type CrossfadeSettings, type PairPlan, planPair } from '../../audio/crossfade-plan.ts';
import type { Emit, Implementation } from '../../sync/concept.ts';
import type { Playable } from '../../sync/vocabulary/common.ts';
import type { EndReason, PlayerVocabulary } from '../../sync/vocabulary/player.ts';
import { isHeard } from '../concepts/player/heard.ts';
import type { Timeline } from './timeline.ts';

/** Plans are made in frames; calendar time is whole milliseconds, as it is on disk. */
const RATE_HZ = 48_000;
const msOf = (frames: number) => Math.round((frames * 1000) / RATE_HZ);

interface Voice {
  readonly entry: number;
  readonly playable: Playable;
  readonly pair: PairPlan;
  /** Both move on with a pause. */
  startedAtMs: number;
  endsAtMs: number;
  reason: EndReason;
}

interface Prepared {
  readonly entry: number;
  readonly playable: Playable;
}

export interface SimulatedPlayer {
  readonly concept: Implementation<Pick<PlayerVocabulary, 'actions' | 'queries' | 'events'>>;
  /** When something begins or ends next; Infinity: never, unless something is enqueued. */
  nextMs(): number;
  /** Begins and ends what is due now. */
  step(): void;
  /** The entry that sounds, and since when without a pause; during an overlap the incoming one. */
  sounding(): { readonly entry: number; readonly sinceMs: number } | null;
  isPaused(): boolean;
}

export function createSimulatedPlayer(
  clock: Timeline,
  emit: Emit<PlayerVocabulary>,
  settings: () => CrossfadeSettings,
): SimulatedPlayer {
  /** Those that sound, the newest last: one, or two while they overlap. */
  let voices: Voice[] = [];
  let prepared: Prepared | null = null;
  let plans = 0;
  let pausedAtMs: number | null = null;
  let resumedAtMs = Number.NEGATIVE_INFINITY;
  /** Ends a fade to silence before its time. */
  let endFade: (() => void) | null = null;

  /** Time as it passes for what sounds: not at all in a pause. */
  const heardUntilMs = () => pausedAtMs ?? clock.nowMs();

  const newest = (): Voice | undefined => voices.at(-1);
  /** The last pair that was planned: it is asked for several times before it begins. */
  let planned: {
    readonly voice: Voice | undefined;
    readonly next: Prepared;
    readonly pair: PairPlan;
  } | null = null;
  function pairWith(voice: Voice | undefined, next: Prepared): PairPlan {
    if (planned?.voice === voice && planned?.next === next) return planned.pair;
    const before =
      voice === undefined ? null : { playable: voice.playable, overlapFrames: voice.pair.overlapFrames };
    const pair = planPair(before, next.playable, settings(), RATE_HZ);
    planned = { voice, next, pair };
    return pair;
  }
  const lengthMs = (pair: PairPlan, endFrame = pair.endFrame) => msOf(endFrame - pair.startFrame);

  /** How the prepared one follows, and when. */
  function transition(): {
    readonly atMs: number;
    readonly pair: PairPlan;
    readonly endsAtMs: number;
  } | null {
    if (prepared === null) return null;
    const voice = newest();
    const pair = pairWith(voice, prepared);
    if (voice === undefined) return { atMs: heardUntilMs(), pair, endsAtMs: 0 };
    const { previousEndFrame } = pair;
    const isCut = voice.reason !== 'natural';
    const endsAtMs =
      isCut || previousEndFrame === null
        ? voice.endsAtMs
        : voice.startedAtMs + lengthMs(voice.pair, previousEndFrame);
    const overlapMs = isCut ? 0 : msOf(pair.overlapFrames);
    return { atMs: Math.max(heardUntilMs(), endsAtMs - overlapMs), pair, endsAtMs };
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
      playing: pausedAtMs === null,
      entry: voice?.entry ?? null,
      passage: voice?.playable.passage ?? null,
      positionMs: voice === undefined ? 0 : heardUntilMs() - voice.startedAtMs,
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
    voice.endsAtMs = heardUntilMs();
    return voice.entry;
  };
  const positionMs = () => status().positionMs;

  function endFadeOut(): boolean {
    const isFading = endFade !== null;
    endFade?.();
    endFade = null;
    return isFading;
  }

  function play(): void {
    endFadeOut();
    if (pausedAtMs === null) return;
    const pausedMs = clock.nowMs() - pausedAtMs;
    pausedAtMs = null;
    resumedAtMs = clock.nowMs();
    for (const voice of voices) {
      voice.startedAtMs += pausedMs;
      voice.endsAtMs += pausedMs;
    }
  }

  function pause() {
    endFadeOut();
    pausedAtMs ??= clock.nowMs();
    return { playing: false as const, entry: newest()?.entry ?? null, positionMs: positionMs() };
  }

  function fadeOut(overMs: number): boolean {
    if (pausedAtMs !== null) return false;
    endFadeOut();
    endFade = clock.after(overMs, () => {
      endFade = null;
      emit('fadedOut', { entry: newest()?.entry ?? null });
    });
    return true;
  }

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
        play() {
          play();
          return { playing: true };
        },
        pause,
        pauseForDevice: pause,
        fadeIn() {
          const faded = pausedAtMs !== null;
          play();
          return { playing: true, faded };
        },
        fadeOut: ({ overMs }) => ({ fading: fadeOut(overMs) }),
        endFadeOut: () => ({ ended: endFadeOut() }),
        holdSkips: () => ({ heldMs: 0 }),
        seek: (input) => ({ positionMs: input.positionMs }),
        setVolume: ({ volume }) => ({ volume }),
        savePosition: () => ({ entry: newest()?.entry ?? null, positionMs: positionMs() }),
      },
      queries: {
        status: () => [status()],
        rest() {
          const voice = newest();
          const restMs = voice === undefined ? 0 : Math.max(0, voice.endsAtMs - heardUntilMs());
          const [idle, playing] = [voice === undefined, pausedAtMs === null];
          return [{ restMs, idle, playing, entry: voice?.entry ?? null }];
        },
        next() {
          const canBegin = pausedAtMs === null && voices.length < 2;
          return prepared === null ? [] : [{ entry: prepared.entry, canBegin }];
        },
      },
    },
    nextMs() {
      if (pausedAtMs !== null) return Number.POSITIVE_INFINITY;
      const ends = voices.map(({ endsAtMs }) => endsAtMs);
      return Math.min(transition()?.atMs ?? Number.POSITIVE_INFINITY, ...ends);
    },
    step() {
      if (pausedAtMs !== null) return;
      const nowMs = clock.nowMs();
      const due = transition();
      if (due !== null && due.atMs <= nowMs) begin(due);
      for (const voice of voices.filter(({ endsAtMs }) => endsAtMs <= nowMs)) end(voice);
    },
    sounding() {
      const voice = newest();
      if (voice === undefined || pausedAtMs !== null) return null;
      return { entry: voice.entry, sinceMs: Math.max(voice.startedAtMs, resumedAtMs) };
    },
    isPaused: () => pausedAtMs !== null,
  };
}
