// Middleware: tries a failed step again, after a wait. Never after a middleware's failure: what stands in the way would
// stand there again. Waits end at once when the run is cancelled.
import { isPromise } from '../compose.ts';
import type { AnyMiddleware, Cancel, ChainTimers, Now } from '../ports.ts';
import type { StepFailed, StepResult } from '../result.ts';
import { wait } from '../wait.ts';

/** How long to wait before the n-th further try (from 1). */
export type Backoff = (n: number) => number;

export const none: Backoff = () => 0;
export const fixed =
  (delayMs: number): Backoff =>
  () =>
    delayMs;
export const linear =
  (stepMs: number, mostMs = Number.POSITIVE_INFINITY): Backoff =>
  (n) =>
    Math.min(mostMs, stepMs * n);
export const exponential =
  (firstMs: number, mostMs = Number.POSITIVE_INFINITY): Backoff =>
  (n) =>
    Math.min(mostMs, firstMs * 2 ** (n - 1));

export interface RetryOptions {
  /** Further tries after the first. */
  readonly times: number;
  readonly backoff: Backoff;
  readonly timers: ChainTimers;
  /** Whether another try may help. Default: always. */
  readonly mayHelp?: (failure: StepFailed) => boolean;
  readonly onRetry?: (step: string, n: number, failure: StepFailed) => void;
}

export function retry({ times, backoff, timers, mayHelp, onRetry }: RetryOptions): AnyMiddleware {
  return {
    name: 'retry',
    around: (step, next) => {
      /** Ms until the next try; null: this is the result. */
      const delayAfter = (result: StepResult, tried: number, cancel: Cancel): number | null => {
        if (result.kind !== 'failed' || tried >= times || cancel.aborted) return null;
        if (mayHelp?.(result) === false) return null;
        onRetry?.(step.name, tried + 1, result);
        return Math.max(0, backoff(tried + 1));
      };
      type Context = Parameters<typeof next>[0];
      function attempt(context: Context, cancel: Cancel, first: number): Now<StepResult> {
        for (let tried = first; ; tried++) {
          const result = next(context, cancel);
          if (isPromise(result)) return judge(context, cancel, result, tried);
          const delayMs = delayAfter(result, tried, cancel);
          if (delayMs === null) return result;
          if (delayMs > 0) return later(context, cancel, tried + 1, delayMs, result);
        }
      }
      async function judge(
        context: Context,
        cancel: Cancel,
        running: Promise<StepResult>,
        tried: number,
      ): Promise<StepResult> {
        const result = await running;
        const delayMs = delayAfter(result, tried, cancel);
        if (delayMs === null) return result;
        if (delayMs > 0) return later(context, cancel, tried + 1, delayMs, result);
        return attempt(context, cancel, tried + 1);
      }
      async function later(
        context: Context,
        cancel: Cancel,
        tried: number,
        delayMs: number,
        last: StepResult,
      ): Promise<StepResult> {
        return (await wait(timers, delayMs, cancel)) ? attempt(context, cancel, tried) : last;
      }
      return (context, cancel) => attempt(context, cancel, 0);
    },
  };
}
