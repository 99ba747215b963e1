// Door: how adapters (HTTP, socket, command line) reach the concepts, as a type. The engine implements it.
import type { ConceptVocabulary, Failure } from './vocabulary/common.ts';
import type { Vocabulary } from './vocabulary/index.ts';

/** A vocabulary: concept name -> its actions, queries and events. */
export type AnyVocabulary<V> = { readonly [C in keyof V]: ConceptVocabulary };

export type ActionInput<V extends AnyVocabulary<V>, C extends keyof V, A> = A extends keyof V[C]['actions']
  ? V[C]['actions'][A]['input']
  : never;
export type ActionOutput<V extends AnyVocabulary<V>, C extends keyof V, A> = A extends keyof V[C]['actions']
  ? V[C]['actions'][A]['output']
  : never;
export type QueryInput<V extends AnyVocabulary<V>, C extends keyof V, Q> = Q extends keyof V[C]['queries']
  ? V[C]['queries'][Q]['input']
  : never;
export type QueryRow<V extends AnyVocabulary<V>, C extends keyof V, Q> = Q extends keyof V[C]['queries']
  ? V[C]['queries'][Q]['row']
  : never;

export type InputOf<C extends keyof Vocabulary, A> = ActionInput<Vocabulary, C, A>;
export type OutputOf<C extends keyof Vocabulary, A> = ActionOutput<Vocabulary, C, A>;
export type QueryInputOf<C extends keyof Vocabulary, Q> = QueryInput<Vocabulary, C, Q>;
export type RowOf<C extends keyof Vocabulary, Q> = QueryRow<Vocabulary, C, Q>;

/** Who asks: recorded as the root of the flow. */
export interface Origin {
  readonly door: 'http' | 'socket' | 'core' | 'timer' | 'test' | 'start';
  readonly who?: string;
}

/** A record that something follows from, in a later flow. Given by the engine, given back to it. */
export interface Cause {
  readonly id: string;
}

export interface DoorOf<V extends AnyVocabulary<V>> {
  /** Runs one action as the root of a new flow, and all that follows from it. Resolves with that action's own
   *  output, after the synchronous part of the flow is committed to disk. A throw inside becomes INTERNAL. */
  run<C extends keyof V & string, A extends keyof V[C]['actions'] & string>(
    concept: C,
    action: A,
    input: ActionInput<V, C, A>,
    origin: Origin,
  ): Promise<ActionOutput<V, C, A> | Failure<'INTERNAL'>>;
  /** Like run, but answered by another action of the flow: the output of the first of `answeredBy`
   *  ("Concept.action") that completes, or the asked action's own output when that is a Failure.
   *  A flow that ends without either answers NO_ANSWER at once. */
  request<C extends keyof V & string, A extends keyof V[C]['actions'] & string>(
    concept: C,
    action: A,
    input: ActionInput<V, C, A>,
    answeredBy: readonly string[],
    origin: Origin,
    because?: Cause | null,
  ): Promise<object | Failure<'INTERNAL' | 'NO_ANSWER'>>;
  query<C extends keyof V & string, Q extends keyof V[C]['queries'] & string>(
    concept: C,
    query: Q,
    input: QueryInput<V, C, Q>,
  ): readonly QueryRow<V, C, Q>[];
}

export type Door = DoorOf<Vocabulary>;
