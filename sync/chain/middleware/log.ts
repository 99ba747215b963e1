// Middleware: tells of every step that failed, and if wanted of every one that did not.
import { after } from '../compose.ts';
import type { AnyMiddleware } from '../ports.ts';
import type { StepResult } from '../result.ts';

export interface LogOptions {
  readonly write: (step: string, result: StepResult) => void;
  /** Also what went well. Default: failures only. */
  readonly isVerbose?: boolean;
}

export function log({ write, isVerbose = false }: LogOptions): AnyMiddleware {
  return {
    name: 'log',
    around: (step, next) => {
      const told = (result: StepResult) => {
        if (isVerbose || result.kind !== 'ok') write(step.name, result);
        return result;
      };
      return (context, cancel) => after(next(context, cancel), told);
    },
  };
}
