// A fade of many seconds: the end of a sleep timer, the beginning of an alarm. Main thread: the volume is set in small steps,
// each of which the core leads over to in 10 ms of its own. A blocked main thread makes it late, and never loud at once.
import type { Clock } from '../../ports.ts';

/** So small that a fade of half a minute has no audible steps. */
const STEP_MS = 50;

export interface LongFadePorts {
  readonly clock: Clock;
  readonly after: (ms: number, work: () => void) => void;
  /** The share of the volume that is set, 0 to 1 on a person's scale. */
  readonly setShare: (share: number) => void;
}

export interface LongFade {
  /** In place of any other: from one share of the volume to another; `then` when it has come there. */
  begin(from: number, to: number, overMs: number, then?: () => void): void;
  /** Ends it where it is. The caller sets the volume. */
  end(): void;
  readonly isRunning: boolean;
}

export function createLongFade({ clock, after, setShare }: LongFadePorts): LongFade {
  /** What the running one is known by; a step of any other does nothing. */
  let running: object | null = null;

  function begin(from: number, to: number, overMs: number, then: () => void = () => {}): void {
    const own = {};
    running = own;
    const startMs = clock.monotonicMs();
    const step = () => {
      if (running !== own) return;
      const done = overMs > 0 ? Math.min(1, (clock.monotonicMs() - startMs) / overMs) : 1;
      setShare(from + (to - from) * done);
      if (done < 1) return after(STEP_MS, step);
      running = null;
      then();
    };
    step();
  }

  return {
    begin,
    end() {
      running = null;
    },
    get isRunning() {
      return running !== null;
    },
  };
}
