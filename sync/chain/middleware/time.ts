// Middleware: tells how long each run of a step took, waiting included.
import { isPromise } from '../compose.ts';
import type { AnyMiddleware, ChainClock } from '../ports.ts';
import type { StepResult } from '../result.ts';

export interface TimeOptions {
  readonly clock: ChainClock;
  readonly tell: (step: string, durationMs: number, result: StepResult) => void;
}

export function time({ clock, tell }: TimeOptions): AnyMiddleware {
  return {
    name: 'time',
    around: (step, next) => {
      const told = (startedMs: number, result: StepResult) => {
        tell(step.name, clock.monotonicMs() - startedMs, result);
        return result;
      };
      return (context, cancel) => {
        const startedMs = clock.monotonicMs();
        const result = next(context, cancel);
        return isPromise(result)
          ? result.then((settled) => told(startedMs, settled))
          : told(startedMs, result);
      };
    },
  };
}
