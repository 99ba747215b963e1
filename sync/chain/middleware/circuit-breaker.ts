// Middleware: a step that has failed so many times in a row is left alone for a while; then one run is let through as a
// trial. Each step has its own breaker, which a change of the chain does not reset.
import { isPromise } from '../compose.ts';
import type { AnyMiddleware, ChainClock } from '../ports.ts';
import { middlewareFailed, type StepResult } from '../result.ts';

export interface CircuitBreakerOptions {
  /** In a row; what a middleware refused does not count. */
  readonly failures: number;
  readonly openMs: number;
  readonly clock: ChainClock;
}

export type CircuitState = 'closed' | 'open' | 'half open';

export interface CircuitBreaker extends AnyMiddleware {
  stateOf(step: object): CircuitState;
}

interface Circuit {
  state: CircuitState;
  failed: number;
  openedMs: number;
  isOnTrial: boolean;
}

export function circuitBreaker({ failures, openMs, clock }: CircuitBreakerOptions): CircuitBreaker {
  const circuits = new WeakMap<object, Circuit>();

  function settle(circuit: Circuit, result: StepResult, isTrial: boolean): StepResult {
    if (isTrial) circuit.isOnTrial = false;
    if (result.kind === 'ok') {
      circuit.state = 'closed';
      circuit.failed = 0;
    } else if (result.kind === 'failed') {
      circuit.failed++;
      if (isTrial || circuit.failed >= failures) {
        circuit.state = 'open';
        circuit.openedMs = clock.monotonicMs();
      }
    }
    return result;
  }

  return {
    name: 'circuit breaker',
    stateOf: (step) => circuits.get(step)?.state ?? 'closed',
    around: (step, next) => {
      const fresh: Circuit = { state: 'closed', failed: 0, openedMs: 0, isOnTrial: false };
      const circuit = circuits.get(step) ?? fresh;
      circuits.set(step, circuit);
      return (context, cancel) => {
        if (circuit.state === 'open' && clock.monotonicMs() - circuit.openedMs >= openMs)
          circuit.state = 'half open';
        const isTrial = circuit.state === 'half open';
        if (circuit.state === 'open' || circuit.isOnTrial)
          return middlewareFailed(
            'circuit breaker',
            'CIRCUIT_OPEN',
            `failed ${circuit.failed} times in a row; left alone for ${openMs} ms`,
          );
        circuit.isOnTrial = isTrial;
        const result = next(context, cancel);
        return isPromise(result)
          ? result.then((settled) => settle(circuit, settled, isTrial))
          : settle(circuit, result, isTrial);
      };
    },
  };
}
