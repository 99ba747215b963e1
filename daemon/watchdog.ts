// The watchdog's food: systemd hears that Segue is alive as long as both hearts beat, the event loop (whose timer this is) and
// the audio clock, which moves as long as anything renders, also in a pause and without a device. Main thread.
import type { SinkState } from '../audio/engine.ts';

/** What is seen of the core. */
export interface CoreLook {
  /** Frames handed to a sink so far. */
  readonly streamFrame: number;
  readonly sinkState: SinkState;
}

/**
 * How long nothing may be rendered while a sink is opened, closed or replaced. What sounds is stopped only when the next device
 * has been opened; but the same one again is let go of first, and one that is lost is closed before the null sink takes its place.
 * That takes milliseconds, of a USB device that starts anew some seconds. What takes longer hangs, and a restart is what helps.
 */
export const PATIENCE_MS = 30_000;

/** Whether the core is well, by each look at it. */
export function createHeart(patienceMs: number = PATIENCE_MS): (look: CoreLook, nowMs: number) => boolean {
  let before: { readonly frame: number; readonly movedAtMs: number } | null = null;
  return ({ streamFrame, sinkState }, nowMs) => {
    if (before === null || streamFrame > before.frame) {
      before = { frame: streamFrame, movedAtMs: nowMs };
      return true;
    }
    return sinkState !== 'renders' && nowMs - before.movedAtMs <= patienceMs;
  };
}

export interface WatchdogPorts {
  readonly look: () => CoreLook;
  readonly monotonicMs: () => number;
  readonly alive: () => void;
  readonly every: (ms: number, work: () => void) => () => void;
  /** Null: nobody watches. */
  readonly everyMs: number | null;
}

/** Begins; the answer ends it. */
export function feedWatchdog({ look, monotonicMs, alive, every, everyMs }: WatchdogPorts): () => void {
  if (everyMs === null) return () => {};
  const isWell = createHeart();
  isWell(look(), monotonicMs());
  return every(everyMs, () => {
    if (isWell(look(), monotonicMs())) alive();
  });
}
