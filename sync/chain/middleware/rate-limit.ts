// Middleware: at most so many runs of a step within a time; what is too much waits its turn, or is refused. Each step
// has its own count, which a change of the chain does not forget.
import type { AnyMiddleware, ChainClock, ChainTimers } from '../ports.ts';
import { middlewareFailed } from '../result.ts';
import { wait } from '../wait.ts';

export interface RateLimitOptions {
  readonly times: number;
  readonly everyMs: number;
  readonly excess: 'wait' | 'refuse';
  readonly clock: ChainClock;
  readonly timers: ChainTimers;
}

export function rateLimit({ times, everyMs, excess, clock, timers }: RateLimitOptions): AnyMiddleware {
  const startsOf = new WeakMap<object, Starts>();
  return {
    name: 'rate limit',
    around: (step, next) => {
      const starts = startsOf.get(step) ?? new Starts(times);
      startsOf.set(step, starts);
      return (context, cancel) => {
        const nowMs = clock.monotonicMs();
        const startMs = Math.max(nowMs, starts.oldest + everyMs);
        if (startMs > nowMs && excess === 'refuse')
          return middlewareFailed(
            'rate limit',
            'TOO_OFTEN',
            `more than ${times} runs within ${everyMs} ms; try again in ${Math.ceil(startMs - nowMs)} ms`,
          );
        starts.add(startMs);
        if (startMs <= nowMs) return next(context, cancel);
        return wait(timers, startMs - nowMs, cancel).then((isOver) =>
          isOver
            ? next(context, cancel)
            : middlewareFailed('rate limit', 'CANCELLED', 'cancelled while it waited'),
        );
      };
    },
  };
}

/** When the last runs started, or will. */
class Starts {
  readonly #ms: Float64Array;
  #next = 0;
  constructor(size: number) {
    this.#ms = new Float64Array(Math.max(1, size)).fill(Number.NEGATIVE_INFINITY);
  }
  get oldest(): number {
    return this.#ms[this.#next] as number;
  }
  add(startMs: number): void {
    this.#ms[this.#next] = startMs;
    this.#next = (this.#next + 1) % this.#ms.length;
  }
}
