// Ports of event chains: steps, middleware, and the time and cancelling they are given. Types only.
import type { StepResult } from './result.ts';

export interface ChainClock {
  /** Monotonic time, ms, with a fraction. */
  monotonicMs(): number;
}

export interface ChainTimers {
  /** Runs once after `delayMs`; the answer takes it back. */
  after(delayMs: number, run: () => void): () => void;
}

/** Says that a run is no longer wanted. An AbortSignal fits. */
export interface Cancel {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export type Now<T> = T | Promise<T>;

export interface Step<C> {
  readonly name: string;
  /** A returned {error, message}, or a throw: failed. Anything else, or a promise of it: done. A step that waits looks
   *  at `cancel` itself: the chain abandons nothing that runs. */
  run(context: C, cancel: Cancel): unknown;
}

/** A step with all that stands round it. */
export type Run<C> = (context: C, cancel: Cancel) => Now<StepResult>;

/** For chains of any kind of context, as the stock ones are. */
export interface AnyMiddleware {
  readonly name: string;
  around<C>(step: Step<C>, next: Run<C>): Run<C>;
}

export interface Middleware<C = unknown> {
  readonly name: string;
  /** Wraps one step: called when the chain is composed, not when it runs. What is to outlive a change of the chain is
   *  kept by `step`, which stays the same object. */
  around(step: Step<C>, next: Run<C>): Run<C>;
}
