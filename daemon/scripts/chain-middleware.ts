// The stock middleware of sync/chain, made from what a script wrote down. Pure but for its ports.
import {
  type AnyMiddleware,
  type Backoff,
  type ChainClock,
  type ChainTimers,
  circuitBreaker,
  exponential,
  fixed,
  linear,
  log,
  metrics,
  none,
  rateLimit,
  retry,
  time,
} from '../../sync/chain/index.ts';
import type { MiddlewareSpec } from '../../sync/script/lua-chains.ts';

/** The code of a step's failure that the script itself is to blame for: no other try can mend it. */
export const mistake = 'MISTAKE';

export interface MiddlewarePorts {
  readonly clock: ChainClock;
  readonly timers: ChainTimers;
  readonly tell: (step: string, words: string) => void;
}

export function middlewareOf(
  { kind, options }: MiddlewareSpec,
  { clock, timers, tell }: MiddlewarePorts,
): AnyMiddleware {
  const number = (name: string) => Number(options[name]);
  switch (kind) {
    case 'log':
      return log({
        isVerbose: options.verbose === true,
        write: (step, result) => tell(step, result.kind === 'ok' ? 'is done' : `failed: ${result.message}`),
      });
    case 'time':
      return time({ clock, tell: (step, ms) => tell(step, `took ${ms.toFixed(1)} ms`) });
    case 'metrics':
      return metrics(clock);
    case 'retry':
      return retry({
        times: number('times'),
        backoff: backoffOf(String(options.backoff), number('wait_ms'), number('most_ms')),
        timers,
        mayHelp: ({ error }) => error !== mistake,
      });
    case 'rate_limit':
      return rateLimit({
        times: number('times'),
        everyMs: number('every_ms'),
        excess: options.excess === 'refuse' ? 'refuse' : 'wait',
        clock,
        timers,
      });
    case 'circuit_breaker':
      return circuitBreaker({ failures: number('failures'), openMs: number('open_ms'), clock });
  }
}

function backoffOf(kind: string, waitMs: number, mostMs: number): Backoff {
  if (kind === 'none') return none;
  if (kind === 'linear') return linear(waitMs, mostMs);
  return kind === 'exponential' ? exponential(waitMs, mostMs) : fixed(waitMs);
}
