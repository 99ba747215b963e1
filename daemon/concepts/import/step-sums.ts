// Step sums: what the steps of a job have done, over all its workers. Pure.
import type { ImportStep } from '../../../sync/vocabulary/import.ts';

export interface StepSums {
  /** All that the running worker has done so far. */
  ofWorker(steps: readonly ImportStep[]): void;
  /** The next one counts from nought. */
  workerEnded(): void;
  /** Something that the daemon did itself. */
  did(step: string, tookMs: number): void;
  read(): ImportStep[];
}

export function createStepSums(): StepSums {
  const own = new Map<string, ImportStep>();
  let past: readonly ImportStep[] = [];
  let current: readonly ImportStep[] = [];
  return {
    ofWorker(steps) {
      current = steps;
    },
    workerEnded() {
      past = summed([past, current]);
      current = [];
    },
    did(step, tookMs) {
      const one = { step, runs: 1, failed: 0, retried: 0, totalMs: tookMs, maxMs: tookMs };
      own.set(step, summed([[own.get(step) ?? { ...one, runs: 0, totalMs: 0 }], [one]])[0] ?? one);
    },
    read: () => summed([past, current, [...own.values()]]),
  };
}

function summed(all: readonly (readonly ImportStep[])[]): ImportStep[] {
  const sums = new Map<string, ImportStep>();
  for (const one of all.flat()) {
    const sum = sums.get(one.step);
    sums.set(
      one.step,
      sum === undefined
        ? one
        : {
            step: one.step,
            runs: sum.runs + one.runs,
            failed: sum.failed + one.failed,
            retried: sum.retried + one.retried,
            totalMs: sum.totalMs + one.totalMs,
            maxMs: Math.max(sum.maxMs, one.maxMs),
          },
    );
  }
  return [...sums.values()];
}
