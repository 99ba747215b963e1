// Middleware: counts each step's runs and failures, and what they took. Inside a retry it counts every try, outside
// it what became of them.
import type { AnyMiddleware, ChainClock } from '../ports.ts';
import type { StepResult } from '../result.ts';
import { time } from './time.ts';

export interface StepMetrics {
  readonly step: string;
  readonly runs: number;
  readonly failed: number;
  readonly middlewareFailed: number;
  readonly totalMs: number;
  readonly maxMs: number;
}

export interface ChainMetrics extends AnyMiddleware {
  /** In the order in which the steps first ran. */
  read(): StepMetrics[];
}

type Counts = { -readonly [K in keyof StepMetrics]: StepMetrics[K] };

export function metrics(clock: ChainClock): ChainMetrics {
  const all = new Map<string, Counts>();
  const tell = (step: string, durationMs: number, { kind }: StepResult): void => {
    let counts = all.get(step);
    if (counts === undefined) {
      counts = { step, runs: 0, failed: 0, middlewareFailed: 0, totalMs: 0, maxMs: 0 };
      all.set(step, counts);
    }
    counts.runs++;
    if (kind === 'failed') counts.failed++;
    if (kind === 'middleware failed') counts.middlewareFailed++;
    counts.totalMs += durationMs;
    if (durationMs > counts.maxMs) counts.maxMs = durationMs;
  };
  return { ...time({ clock, tell }), name: 'metrics', read: () => [...all.values()].map((c) => ({ ...c })) };
}
