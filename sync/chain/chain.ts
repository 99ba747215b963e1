// Event chain: ordered steps, first in first out, with middleware round each. Composed once, when it changes; a run that
// has begun keeps the steps it began with. Synchronous as long as its steps are: only a step's promise is awaited.
import { compose, isPromise } from './compose.ts';
import type { Cancel, Middleware, Now, Run, Step } from './ports.ts';
import type { ChainFailure, ChainResult, StepOk, StepResult } from './result.ts';

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

/** A chain as it is until its next change. */
interface Composed<C> {
  readonly mode: ChainMode;
  readonly steps: readonly Step<C>[];
  readonly runs: readonly Run<C>[];
  /** What a run without a failure answers. */
  readonly fine: ChainResult;
}

export function createChain<C>(name: string, mode: ChainMode): Chain<C> {
  let middleware: readonly Middleware<C>[] = [];
  let composed = composedOf<C>(mode, [], middleware);

  const chain: Chain<C> = {
    name,
    get steps() {
      return composed.steps.map((step) => step.name);
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
      composed = composedOf(mode, [...composed.steps, ...more], middleware);
      return chain;
    },
    use(...more) {
      middleware = [...middleware, ...more];
      composed = composedOf(mode, composed.steps, middleware);
      return chain;
    },
    remove(step) {
      const rest = composed.steps.filter((each) => each.name !== step);
      if (rest.length === composed.steps.length) return false;
      composed = composedOf(mode, rest, middleware);
      return true;
    },
    run: (context, cancel = never) => runFrom(composed, 0, null, context, cancel),
  };
  return chain;
}

function composedOf<C>(
  mode: ChainMode,
  steps: readonly Step<C>[],
  middleware: readonly Middleware<C>[],
): Composed<C> {
  const runs = steps.map((step) => compose(step, middleware));
  const fine = Object.freeze({ ok: true, steps: steps.length, isCancelled: false, failures: noFailures });
  return { mode, steps, runs, fine };
}

// No function is made while a chain runs: a chain of synchronous steps that go well allocates nothing.

function runFrom<C>(
  own: Composed<C>,
  from: number,
  before: ChainFailure[] | null,
  context: C,
  cancel: Cancel,
): Now<ChainResult> {
  const { runs } = own;
  let failures = before;
  for (let at = from; at < runs.length; at++) {
    if (cancel.aborted) return ended(at, failures, false, true);
    const result = (runs[at] as Run<C>)(context, cancel);
    if (isPromise(result)) return goOn(own, at, result, failures, context, cancel);
    if (result.kind === 'ok') continue;
    failures = noted(own, at, result, failures);
    if (ends(own.mode, result)) return ended(at + 1, failures, true, cancel.aborted);
  }
  // A step that failed because nobody wants it any more has not failed by itself.
  return failures === null ? own.fine : ended(runs.length, failures, false, cancel.aborted);
}

async function goOn<C>(
  own: Composed<C>,
  at: number,
  running: Promise<StepResult>,
  before: ChainFailure[] | null,
  context: C,
  cancel: Cancel,
): Promise<ChainResult> {
  const result = await running;
  if (result.kind === 'ok') return runFrom(own, at + 1, before, context, cancel);
  const failures = noted(own, at, result, before);
  if (ends(own.mode, result)) return ended(at + 1, failures, true, cancel.aborted);
  return runFrom(own, at + 1, failures, context, cancel);
}

function noted<C>(
  { steps }: Composed<C>,
  at: number,
  result: Exclude<StepResult, StepOk>,
  failures: ChainFailure[] | null,
): ChainFailure[] {
  const all = failures ?? [];
  all.push({ step: (steps[at] as Step<C>).name, ...result });
  return all;
}

function ends(mode: ChainMode, result: StepResult): boolean {
  if (mode === 'lenient') return false;
  return mode === 'strict' || result.kind === 'middleware failed';
}

function ended(
  steps: number,
  failures: ChainFailure[] | null,
  isStopped: boolean,
  isCancelled: boolean,
): ChainResult {
  const all = failures ?? noFailures;
  const isAll = steps > 0 && all.length === steps;
  return { ok: !(isStopped || isCancelled || isAll), steps, isCancelled, failures: all };
}

/** All failures in one sentence each. */
export function failureWords(result: ChainResult): string[] {
  return result.failures.map((failure) =>
    failure.kind === 'failed'
      ? `${failure.step}: ${failure.message}`
      : `${failure.step}: ${failure.middleware}: ${failure.message}`,
  );
}
