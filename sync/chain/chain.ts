// Event chain: ordered steps, first in first out, with middleware round each. Composed once, when it changes; a run that
// has begun keeps the steps it began with. Synchronous as long as its steps are: only a step's promise is awaited.
import { compose, isPromise } from './compose.ts';
import type { Cancel, Middleware, Now, Run, Step } from './ports.ts';
import type { ChainFailure, ChainResult, StepResult } from './result.ts';

/** strict: ends at the first failure. lenient: goes on. best-effort: goes on after a step's failure, ends at a
 *  middleware's. */
export type ChainMode = 'strict' | 'lenient' | 'best-effort';

export interface Chain<C> {
  readonly name: string;
  readonly steps: readonly string[];
  readonly middleware: readonly string[];
  /** Adds a step at the end. A name there is already: a bug, it throws. */
  add(...steps: readonly Step<C>[]): Chain<C>;
  /** Adds a middleware outside all others. */
  use(...middleware: readonly Middleware<C>[]): Chain<C>;
  /** False: there is no such step. */
  remove(step: string): boolean;
  /** Never throws or rejects for what a step or a middleware does. */
  run(context: C, cancel?: Cancel): Now<ChainResult>;
}

const never: Cancel = { aborted: false, addEventListener() {}, removeEventListener() {} };
const noFailures: readonly ChainFailure[] = Object.freeze([]);

export function createChain<C>(name: string, mode: ChainMode): Chain<C> {
  let steps: readonly Step<C>[] = [];
  let middleware: readonly Middleware<C>[] = [];
  let runs: readonly Run<C>[] = [];
  let untouched: ChainResult = untouchedOf(0);

  function recompose(): void {
    runs = steps.map((step) => compose(step, middleware));
    untouched = untouchedOf(steps.length);
  }

  function ends(result: StepResult): boolean {
    if (result.kind === 'ok' || mode === 'lenient') return false;
    return mode === 'strict' || result.kind === 'middleware failed';
  }

  const chain: Chain<C> = {
    name,
    get steps() {
      return steps.map((step) => step.name);
    },
    get middleware() {
      return middleware.map((each) => each.name);
    },
    add(...more) {
      const known = new Set(chain.steps);
      for (const step of more) {
        if (known.has(step.name)) throw new Error(`The chain ${name} has a step ${step.name} already.`);
        known.add(step.name);
      }
      steps = [...steps, ...more];
      recompose();
      return chain;
    },
    use(...more) {
      middleware = [...middleware, ...more];
      recompose();
      return chain;
    },
    remove(step) {
      const rest = steps.filter((each) => each.name !== step);
      if (rest.length === steps.length) return false;
      steps = rest;
      recompose();
      return true;
    },
    run(context, cancel = never) {
      return go(runs, steps, untouched, context, cancel);
    },
  };

  function go(
    own: readonly Run<C>[],
    of: readonly Step<C>[],
    whole: ChainResult,
    context: C,
    cancel: Cancel,
  ): Now<ChainResult> {
    let failures: ChainFailure[] | null = null;

    /** True: the chain ends here. */
    const take = (at: number, result: StepResult): boolean => {
      if (result.kind === 'ok') return false;
      failures ??= [];
      failures.push({ step: (of[at] as Step<C>).name, ...result });
      return ends(result);
    };
    const end = (steps: number, isStopped: boolean, isCancelled: boolean): ChainResult => {
      if (failures === null && !isCancelled) return whole;
      const all = failures ?? noFailures;
      const isAll = steps > 0 && all.length === steps;
      return { ok: !(isStopped || isCancelled || isAll), steps, isCancelled, failures: all };
    };
    const stop = (steps: number) => end(steps, true, cancel.aborted);
    const onwards = (from: number): Now<ChainResult> => {
      for (let at = from; at < own.length; at++) {
        if (cancel.aborted) return end(at, false, true);
        const result = (own[at] as Run<C>)(context, cancel);
        if (isPromise(result))
          return result.then((settled) => (take(at, settled) ? stop(at + 1) : onwards(at + 1)));
        if (take(at, result)) return stop(at + 1);
      }
      // A step that failed because nobody wants it any more has not failed by itself.
      return end(own.length, false, failures !== null && cancel.aborted);
    };
    return onwards(0);
  }
  return chain;
}

function untouchedOf(steps: number): ChainResult {
  return Object.freeze({ ok: true, steps, isCancelled: false, failures: noFailures });
}

/** All failures in one sentence each. */
export function failureWords(result: ChainResult): string[] {
  return result.failures.map((failure) =>
    failure.kind === 'failed'
      ? `${failure.step}: ${failure.message}`
      : `${failure.step}: ${failure.middleware}: ${failure.message}`,
  );
}
