// Results of a step and of a chain. Plain data.

/** A step has done its work. */
export interface StepOk {
  readonly kind: 'ok';
}

/** The step itself could not, or threw. */
export interface StepFailed {
  readonly kind: 'failed';
  readonly error: string;
  readonly message: string;
}

/** What stands round the step did not let it through, or threw. Retrying the step would not help. */
export interface MiddlewareFailed {
  readonly kind: 'middleware failed';
  readonly middleware: string;
  readonly error: string;
  readonly message: string;
}

export type StepResult = StepOk | StepFailed | MiddlewareFailed;

export type ChainFailure = (StepFailed | MiddlewareFailed) & { readonly step: string };

export interface ChainResult {
  /** False: a failure stopped the chain, every step failed, or it was cancelled. */
  readonly ok: boolean;
  /** Steps that were begun. */
  readonly steps: number;
  readonly isCancelled: boolean;
  /** All of them, in the order of the steps. */
  readonly failures: readonly ChainFailure[];
}

export const stepOk: StepOk = Object.freeze({ kind: 'ok' });

export const stepFailed = (error: string, message: string): StepFailed => ({
  kind: 'failed',
  error,
  message,
});

export const middlewareFailed = (middleware: string, error: string, message: string): MiddlewareFailed => ({
  kind: 'middleware failed',
  middleware,
  error,
  message,
});

export const wordsOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
