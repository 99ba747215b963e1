// Door: how adapters (HTTP, socket, command line) reach the concepts, as a type. The engine implements it.
import type { Failure } from './vocabulary/common.ts';
import type { Vocabulary } from './vocabulary/index.ts';

type V = Vocabulary;
export type InputOf<C extends keyof V, A extends keyof V[C]['actions']> = V[C]['actions'][A] extends {
  input: infer I;
}
  ? I
  : never;
export type OutputOf<C extends keyof V, A extends keyof V[C]['actions']> = V[C]['actions'][A] extends {
  output: infer O;
}
  ? O
  : never;
export type QueryInputOf<C extends keyof V, Q extends keyof V[C]['queries']> = V[C]['queries'][Q] extends {
  input: infer I;
}
  ? I
  : never;
export type RowOf<C extends keyof V, Q extends keyof V[C]['queries']> = V[C]['queries'][Q] extends {
  row: infer R;
}
  ? R
  : never;

/** Who asks: recorded as the root of the flow. */
export interface Origin {
  readonly door: 'http' | 'socket' | 'core' | 'timer' | 'test' | 'start';
  readonly who?: string;
}

export interface Door {
  /** Runs one action as the root of a new flow, and all that follows from it. Resolves with that action's own
   *  output, after the synchronous part of the flow is committed to disk. A throw inside becomes INTERNAL. */
  run<C extends keyof V & string, A extends keyof V[C]['actions'] & string>(
    concept: C,
    action: A,
    input: InputOf<C, A>,
    origin: Origin,
  ): Promise<OutputOf<C, A> | Failure<'INTERNAL'>>;
  /** Like run, but answered by another action of the flow: the output of the first of `answeredBy`
   *  ("Concept.action") that completes. A flow that ends without it answers NO_ANSWER at once. */
  request<C extends keyof V & string, A extends keyof V[C]['actions'] & string>(
    concept: C,
    action: A,
    input: InputOf<C, A>,
    answeredBy: readonly string[],
    origin: Origin,
  ): Promise<object | Failure<'INTERNAL' | 'NO_ANSWER'>>;
  query<C extends keyof V & string, Q extends keyof V[C]['queries'] & string>(
    concept: C,
    query: Q,
    input: QueryInputOf<C, Q>,
  ): readonly RowOf<C, Q>[];
}
