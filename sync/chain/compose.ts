// Composes a step with its middleware, the one registered last outermost, into one function. Pure; done when the chain
// changes, so that running it builds nothing. What is synchronous stays synchronous.
import type { Middleware, Now, Run, Step } from './ports.ts';
import { middlewareFailed, type StepResult, stepFailed, stepOk, wordsOf } from './result.ts';

export function compose<C>(step: Step<C>, middleware: readonly Middleware<C>[]): Run<C> {
  return middleware.reduce((next, each) => guarded(each.name, each.around(step, next)), bare(step));
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Goes on with a result, at once if it is there. */
export function after<T, U>(result: Now<T>, go: (result: T) => Now<U>): Now<U> {
  return isPromise(result) ? result.then(go) : go(result);
}

function bare<C>(step: Step<C>): Run<C> {
  const threw = (error: unknown): StepResult => stepFailed('THREW', wordsOf(error));
  return (context, cancel) => {
    try {
      const output = step.run(context, cancel);
      return isPromise(output) ? output.then(resultOf, threw) : resultOf(output);
    } catch (error) {
      return threw(error);
    }
  };
}

function guarded<C>(name: string, run: Run<C>): Run<C> {
  const threw = (error: unknown): StepResult => middlewareFailed(name, 'THREW', wordsOf(error));
  return (context, cancel) => {
    try {
      const result = run(context, cancel);
      return isPromise(result) ? result.catch(threw) : result;
    } catch (error) {
      return threw(error);
    }
  };
}

function resultOf(output: unknown): StepResult {
  if (typeof output !== 'object' || output === null || !('error' in output)) return stepOk;
  const { error, message = error } = output as { error: unknown; message?: unknown };
  return error === undefined ? stepOk : stepFailed(String(error), String(message));
}
