// The volume that a person has set, and long fades of it: the end of a sleep timer, the beginning of an alarm. Main thread.
import type { AudioEngine } from '../../../audio/engine.ts';
import type { Emit } from '../../../sync/concept.ts';
import type { PlayerVocabulary } from '../../../sync/vocabulary/player.ts';
import type { Clock } from '../../ports.ts';
import { createLongFade } from './long-fade.ts';

/** From nothing: a click cannot come of it, and nobody hears it. */
const BEGIN_MS = 50;

export interface VolumePorts {
  readonly engine: AudioEngine;
  readonly clock: Clock;
  readonly after: (ms: number, work: () => void) => void;
  readonly emit: Emit<PlayerVocabulary>;
  readonly toFrames: (ms: number) => number;
  readonly sounding: () => number | null;
}

export interface Volume {
  /** What a person has set, 0 to 1, whatever a fade makes of it. */
  readonly value: number;
  /** Clamped to 0..1; a fade under way is over. */
  set(volume: number): number;
  /** Plays and gets louder; the volume is set to `volume` first, if that is given. */
  fadeIn(overMs: number, volume: number | null): Promise<void>;
  /** Gets quieter; fadedOut is emitted when nothing is heard any more. */
  fadeOut(overMs: number): void;
  /** As loud as is set, at once; true: it was fading out. */
  endFadeOut(): boolean;
  /** The same, whatever it was doing. */
  restore(): void;
}

export function createVolume(ports: VolumePorts): Volume {
  const { engine, emit } = ports;
  let value = engine.snapshot().volume;
  let isFadingOut = false;
  const fade = createLongFade({
    clock: ports.clock,
    after: ports.after,
    setShare: (share) => engine.setVolume(value * share),
  });

  function restore(): void {
    if (!fade.isRunning && !isFadingOut) return;
    fade.end();
    isFadingOut = false;
    engine.setVolume(value);
  }
  function set(volume: number): number {
    value = Math.min(1, Math.max(0, volume));
    fade.end();
    isFadingOut = false;
    engine.setVolume(value);
    emit('volumeChanged', { volume: value });
    return value;
  }

  return {
    get value() {
      return value;
    },
    set,
    async fadeIn(overMs, volume) {
      if (volume !== null) set(volume);
      engine.setVolume(0);
      // Answered when the core has taken the volume too: nothing is heard before it is down.
      await engine.pause();
      await engine.play(ports.toFrames(BEGIN_MS));
      isFadingOut = false;
      fade.begin(0, 1, overMs);
    },
    fadeOut(overMs) {
      isFadingOut = true;
      // Still fading when it is over: what restores the volume then is the pause, or whoever does not want one.
      fade.begin(1, 0, overMs, () => emit('fadedOut', { entry: ports.sounding() }));
    },
    endFadeOut() {
      const was = isFadingOut;
      if (was) restore();
      return was;
    },
    restore,
  };
}
