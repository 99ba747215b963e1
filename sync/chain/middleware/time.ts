// Middleware: tells how long each run of a step took, waiting included.
import { after } from '../compose.ts';
import type { AnyMiddleware, ChainClock } from '../ports.ts';
import type { StepResult } from '../result.ts';

export interface TimeOptions {
  readonly clock: ChainClock;
  readonly tell: (step: string, durationMs: number, result: StepResult) => void;
}

export function time({ clock, tell }: TimeOptions): AnyMiddleware {
  return {
    name: 'time',
    around: (step, next) => (context, cancel) => {
      const startedMs = clock.monotonicMs();
      return after(next(context, cancel), (result) => {
        tell(step.name, clock.monotonicMs() - startedMs, result);
        return result;
      });
    },
  };
}
