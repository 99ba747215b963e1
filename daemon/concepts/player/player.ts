// Player: what sounds now. Runs on the main thread and follows the audio core, which is the authority: it plans
// pairs, hands entries over, and turns the core's edges into events. It never waits for the core to play.
import type { CrossfadeSettings } from '../../../audio/crossfade-plan.ts';
import type {
  Answer,
  AudioEngine,
  EndedVoice,
  EngineSnapshot,
  EntryPlan,
  SoundingVoice,
} from '../../../audio/engine.ts';
import { framesToTicks, msToTicks, ticksToFrames, ticksToMs } from '../../../audio/ticks.ts';
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { EntryId, Playable } from '../../../sync/vocabulary/common.ts';
import type { PlayerStatus, PlayerVocabulary } from '../../../sync/vocabulary/player.ts';
import type { Clock } from '../../ports.ts';
import { isBuffered, watchBuffer } from './buffered.ts';
import { isHeard } from './heard.ts';
import { createPlanner, isSamePlan } from './planner.ts';
import { createSkipHold } from './skip-hold.ts';
import { createVoices } from './voices.ts';
import { createVolume } from './volume.ts';

export interface PlayerSettings extends CrossfadeSettings {
  readonly skipThrottleS: number;
  readonly skipFadeS: number;
  readonly resumeFadeS: number;
}

/** Where the position is kept for good. While it plays the core itself mirrors it, several times a second. */
export interface Positions {
  save(entry: EntryId | null, positionMs: number): void;
  /** What was heard last before this start, and where: the newest of what was saved and what was mirrored. */
  readonly last: { readonly entry: EntryId; readonly positionMs: number } | null;
}

export interface PlayerPorts {
  readonly engine: AudioEngine;
  readonly clock: Clock;
  readonly emit: Emit<PlayerVocabulary>;
  readonly settings: () => PlayerSettings;
  readonly positions: Positions;
  /** Runs once after `ms`, unless the daemon has gone by then. */
  readonly after: (ms: number, work: () => void) => void;
  /** Whether all that the last emitted event led to is on disk. */
  readonly isCommitted: () => boolean;
}

export interface Player extends Implementation<PlayerVocabulary> {
  /** Tells what has happened and was not told; called each second while the daemon lives. */
  tick(): void;
}

export function createPlayer(ports: PlayerPorts): Player {
  const { engine, clock, emit, positions } = ports;
  const rate = engine.rate;
  const planner = createPlanner(rate, ports.settings);
  const voices = createVoices();
  const skipHold = createSkipHold(clock);
  let resume = positions.last;
  let lastSkipMs = Number.NEGATIVE_INFINITY;
  let awaitsDevice = false;

  const toMs = (frames: number) => ticksToMs(framesToTicks(frames, rate));
  const toFrames = (ms: number) => ticksToFrames(msToTicks(ms), rate);
  const current = (snapshot = engine.snapshot()): SoundingVoice | undefined =>
    snapshot.sounding.find((voice) => voice.role === 'current');
  const volume = createVolume({
    ...{ engine, clock, emit, toFrames, after: ports.after },
    sounding: () => current()?.entry ?? null,
  });
  const sayState = () => {
    const { playing } = engine.snapshot();
    emit('stateChanged', { playing, entry: current()?.entry ?? null });
  };

  /** `atFrame`: where in its file it began; where nobody says, where it was to begin. */
  function started(entry: EntryId, frame: number, atFrame?: number): void {
    const voice = voices.begin(entry);
    if (!voice) return;
    const { startFrame, resumeAtFrame = startFrame } = voice.plan;
    // Not when it was planned: until it begins it may be planned anew.
    if (resume?.entry === entry) resume = null;
    const positionMs = toMs((atFrame ?? resumeAtFrame) - startFrame);
    const { passage } = voice.playable;
    emit('voiceStarted', { entry, passage, frame, atMs: clock.nowMs(), positionMs, resumed: positionMs > 0 });
    if (!ports.isCommitted()) voices.begunAgain(entry);
  }

  function ended(event: EndedVoice): void {
    // Stopped: the daemon is going down. The entry stays in the queue with its play open, and is resumed.
    if (event.reason === 'stopped') return;
    // A core that lost events reports the end of a voice whose start was never told.
    started(event.entry, event.startedAtFrame);
    const voice = voices.get(event.entry);
    if (voice) {
      const heardMs = Math.round(voice.resumedMs + toMs(event.heardFrames));
      const durationMs = Math.round(toMs(voice.plan.endFrame - voice.plan.startFrame));
      emit('voiceEnded', {
        entry: event.entry,
        passage: voice.playable.passage,
        reason: event.reason,
        heardMs,
        durationMs,
        heard: isHeard(heardMs, durationMs),
        atMs: clock.nowMs(),
      });
      // Not on disk (it may be full): the core keeps it, and it is told again.
      if (!ports.isCommitted()) return;
      voices.end(event.entry);
    }
    engine.acknowledge([event.entry]);
  }

  function failed(entry: EntryId, missing: boolean, message: string): void {
    const voice = voices.drop(entry);
    if (voice)
      emit('voiceFailed', {
        entry,
        passage: voice.playable.passage,
        path: voice.playable.path,
        missing,
        message,
      });
  }

  /** What the core says now, instead of guessing: every edge that was not told, or not written down, is told. */
  function retell(snapshot: EngineSnapshot): void {
    for (const voice of snapshot.ended) ended(voice);
    for (const voice of snapshot.sounding) started(voice.entry, voice.startedAtFrame);
  }

  engine.onEvent((event) => {
    switch (event.type) {
      case 'voiceStarted':
        return started(event.entry, event.frame, event.atFrame);
      case 'voiceEnded':
        return ended(event.ended);
      case 'voiceFailed':
        return failed(event.entry, event.missing, event.message);
      case 'crossfadeStarted':
        return emit('crossfadeStarted', { from: event.from, to: event.to, lengthMs: toMs(event.frames) });
      case 'crossfadeEnded':
        return emit('crossfadeEnded', { from: event.from, to: event.to });
      case 'underrunBegan':
        return emit('underrun', { entry: event.entry, frame: event.frame });
      case 'streamOpened':
        emit('sinkChanged', { sink: event.sink, reason: 'opened' });
        if (awaitsDevice && event.sink !== 'null') {
          awaitsDevice = false;
          emit('deviceBack', { sink: event.sink });
        }
        return;
      case 'streamLost': {
        // The core plays into the null sink from here on.
        emit('sinkChanged', { sink: 'null', reason: event.message });
        return emit('deviceLost', { message: event.message, playing: engine.snapshot().playing });
      }
      case 'overflow':
        retell(engine.snapshot());
        return sayState();
    }
  });

  /** A plan came too late: what the core has of the entry decides. It may have begun it, or keep an older plan. */
  function refused(entry: EntryId, refusedPlan: number, older: EntryPlan | undefined): void {
    const voice = voices.get(entry);
    if (voice?.state !== 'prepared' || voice.plan.plan !== refusedPlan) return;
    const { sounding, next, ended: over } = engine.snapshot();
    const isKept = next?.entry === entry || [...sounding, ...over].some((other) => other.entry === entry);
    if (!isKept) voices.drop(entry);
    else if (older) voices.prepare(entry, voice.playable, older, voice.resumedMs);
  }

  async function prepare(entry: EntryId, playable: Playable) {
    const known = voices.get(entry);
    if (known && known.state !== 'prepared') return tooLate(entry);
    const sounding = current();
    // The core may have begun it already, and the event be on its way.
    if (sounding?.entry === entry) return tooLate(entry);
    const previous = sounding ? voices.get(sounding.entry) : undefined;
    if (sounding && !previous) return tooLate(entry);
    const resumeMs = resume?.entry === entry ? resume.positionMs : 0;
    const { plan, repaired } = planner.plan(entry, playable, previous, resumeMs);
    if (known && isSamePlan(known.plan, plan))
      return { entry, plan: known.plan.plan, frame: engine.snapshot().streamFrame };
    if (repaired) emit('pointsRepaired', repaired);
    voices.prepare(entry, playable, plan, resumeMs);
    const answer: Answer = await engine.offer(plan);
    if (answer.outcome === 'tooLate') {
      refused(entry, plan.plan, known?.plan);
      return tooLate(entry);
    }
    voices.accepted(plan);
    watchBuffer({ engine, after: ports.after }, plan, () => emit('buffered', { entry }));
    return { entry, plan: plan.plan, frame: answer.frame };
  }

  function withdraw(entry: EntryId) {
    const outcome = engine.withdraw(entry);
    if (outcome === 'withdrawn') voices.drop(entry);
    return { entry, outcome };
  }

  async function pause(untilDeviceIsBack: boolean) {
    awaitsDevice = untilDeviceIsBack;
    await engine.pause();
    volume.restore();
    sayState();
    return { playing: false as const, ...position() };
  }

  async function play() {
    awaitsDevice = false;
    volume.restore();
    await engine.play(toFrames(ports.settings().resumeFadeS * 1000));
    sayState();
    return { playing: true } as const;
  }

  /** Whoever listens already is not woken. */
  async function fadeIn(overMs: number, to: number | null) {
    if (engine.snapshot().playing) return { playing: true, faded: false } as const;
    awaitsDevice = false;
    await volume.fadeIn(overMs, to);
    sayState();
    return { playing: true, faded: true } as const;
  }

  function fadeOut(overMs: number) {
    const isPlaying = engine.snapshot().playing;
    if (isPlaying) volume.fadeOut(overMs);
    return { fading: isPlaying };
  }

  async function skip(reason: 'skipped' | 'removed', fadeMs: number) {
    const sounding = current();
    if (!sounding)
      return { error: 'NOTHING_PLAYS', message: 'Nothing plays, so there is nothing to skip.' } as const;
    const held = skipHold.refusal();
    if (held !== null) return held;
    const nowMs = clock.monotonicMs();
    if (nowMs - lastSkipMs < ports.settings().skipThrottleS * 1000) return { skipped: null, throttled: true };
    lastSkipMs = nowMs;
    const answer = await engine.skip(sounding.entry, toFrames(fadeMs), reason);
    if (!engine.snapshot().playing) await engine.play(toFrames(ports.settings().resumeFadeS * 1000));
    return { skipped: answer.outcome === 'accepted' ? sounding.entry : null, throttled: false };
  }

  /** Like a skip, but to the entry that is meant and no other: neither throttled nor held, and it stays paused. */
  async function crossOver(to: EntryId, fadeMs: number) {
    const sounding = current();
    const { next, playing } = engine.snapshot();
    if (!sounding || next?.entry !== to || !playing) return tooLate(to);
    const answer = await engine.skip(sounding.entry, toFrames(fadeMs), 'skipped');
    return answer.outcome === 'accepted' ? { from: sounding.entry, to } : tooLate(to);
  }

  async function seek(positionMs: number) {
    const sounding = current();
    if (!sounding)
      return { error: 'NOTHING_PLAYS', message: 'Nothing plays, so there is no position to seek.' } as const;
    const durationMs = toMs(sounding.endFrame - sounding.startFrame);
    if (!(positionMs >= 0 && positionMs < durationMs)) {
      const message = `The position must be from 0 to ${Math.floor(durationMs)} ms, the length of what plays.`;
      return { error: 'OUT_OF_RANGE', message } as const;
    }
    const answer = await engine.seek(sounding.entry, sounding.startFrame + toFrames(positionMs));
    if (answer.outcome === 'tooLate') {
      return { error: 'TOO_LATE', message: 'That passage has ended; the next one plays now.' } as const;
    }
    sayState();
    return { positionMs };
  }

  function position(snapshot = engine.snapshot()): { entry: EntryId | null; positionMs: number } {
    const voice = current(snapshot);
    return voice
      ? { entry: voice.entry, positionMs: Math.floor(toMs(voice.atFrame - voice.startFrame)) }
      : { entry: null, positionMs: 0 };
  }

  function status(): PlayerStatus {
    const snapshot = engine.snapshot();
    const voice = snapshot.sounding.find(({ role }) => role === 'current');
    const outgoing = snapshot.sounding.find(({ role }) => role === 'outgoing');
    const planned = voice ? voices.get(voice.entry)?.plan.overlapFrames : undefined;
    const fading =
      voice && outgoing && planned
        ? {
            from: outgoing.entry,
            to: voice.entry,
            lengthMs: toMs(planned),
            progress: Math.min(1, (voice.atFrame - voice.startFrame) / planned),
          }
        : null;
    return {
      playing: snapshot.playing,
      entry: voice?.entry ?? null,
      passage: (voice && voices.get(voice.entry)?.playable.passage) ?? null,
      positionMs: voice ? toMs(voice.atFrame - voice.startFrame) : 0,
      durationMs: voice ? toMs(voice.endFrame - voice.startFrame) : 0,
      crossfade: fading,
      prepared: snapshot.next?.entry ?? null,
      volume: volume.value,
      sink: snapshot.sink,
    };
  }

  return {
    actions: {
      prepare: ({ entry, playable }) => prepare(entry, playable),
      withdraw: ({ entry }) => withdraw(entry),
      play,
      pause: () => pause(false),
      pauseForDevice: () => pause(true),
      skip: ({ reason, fadeMs }) => skip(reason, fadeMs ?? ports.settings().skipFadeS * 1000),
      crossOver: ({ to, fadeMs }) => crossOver(to, fadeMs),
      holdSkips: ({ forMs }) => ({ heldMs: skipHold.hold(forMs) }),
      seek: ({ positionMs }) => seek(positionMs),
      setVolume: (input) => ({ volume: volume.set(input.volume) }),
      fadeIn: ({ overMs, volume: to }) => fadeIn(overMs, to),
      fadeOut: ({ overMs }) => fadeOut(overMs),
      endFadeOut: () => ({ ended: volume.endFadeOut() }),
      savePosition: () => {
        const at = position();
        positions.save(at.entry, at.positionMs);
        return at;
      },
    },
    queries: {
      status: () => [status()],
      rest: () => {
        const snapshot = engine.snapshot();
        const voice = snapshot.sounding.find(({ role }) => role === 'current');
        return [
          {
            restMs: voice ? toMs(voice.endFrame - voice.atFrame) : 0,
            idle: snapshot.sounding.length === 0,
            playing: snapshot.playing,
            entry: voice?.entry ?? null,
          },
        ];
      },
      next: () => {
        const { next, playing, sounding } = engine.snapshot();
        const plan = next === null ? undefined : voices.get(next.entry)?.plan;
        if (next === null || plan === undefined) return [];
        const isAlone = sounding.every(({ role }) => role === 'current');
        return [{ entry: next.entry, canBegin: playing && isAlone && isBuffered(next, plan, rate) }];
      },
    },
    tick() {
      retell(engine.snapshot());
    },
  };
}

function tooLate(entry: EntryId) {
  return {
    error: 'TOO_LATE',
    message: `Entry ${entry} has begun, or what it should follow has ended.`,
  } as const;
}
