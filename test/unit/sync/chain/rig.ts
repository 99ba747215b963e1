// Time, timers and steps for the tests of event chains.
import type { Cancel, Step } from '../../../../sync/chain/index.ts';

/** A clock that stands still until a timer is run: then it is that time. */
export function handTimers() {
  let nowMs = 1000;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    monotonicMs: () => nowMs,
    pass(ms: number) {
      nowMs += ms;
    },
    waiting: () => timers.map((timer) => timer.atMs - nowMs),
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    /** Runs timers as they come, until none is left. Answers the delays. */
    async runAll(): Promise<number[]> {
      const delays: number[] = [];
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = timers.sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) return delays;
        timers = timers.filter((each) => each !== next);
        delays.push(next.atMs - nowMs);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
    },
  };
}

export function cancelling(): { cancel: Cancel; now(): void } {
  const controller = new AbortController();
  return { cancel: controller.signal, now: () => controller.abort() };
}

/** Fails as often as told, then goes well. */
export function failing(name: string, times: number, isAsync = false): Step<unknown> & { runs: number } {
  const step = {
    name,
    runs: 0,
    run(): unknown {
      step.runs++;
      const output = step.runs <= times ? { error: 'BUSY', message: 'try again' } : undefined;
      return isAsync ? Promise.resolve(output) : output;
    },
  };
  return step;
}
