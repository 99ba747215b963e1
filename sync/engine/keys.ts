// Keys: "Concept.action", "Concept.event" and "Concept.query" as types, and what stands behind each. Types only.
import type { AnyVocabulary } from '../door.ts';

type Members = 'actions' | 'events' | 'queries';
type KeyOf<V extends AnyVocabulary<V>, M extends Members> = {
  [C in keyof V & string]: `${C}.${keyof V[C][M] & string}`;
}[keyof V & string];

export type ActionKey<V extends AnyVocabulary<V>> = KeyOf<V, 'actions'>;
export type EventKey<V extends AnyVocabulary<V>> = KeyOf<V, 'events'>;
export type QueryKey<V extends AnyVocabulary<V>> = KeyOf<V, 'queries'>;

type MemberAt<V extends AnyVocabulary<V>, M extends Members, K> = K extends `${infer C}.${infer N}`
  ? C extends keyof V
    ? N extends keyof V[C][M]
      ? V[C][M][N]
      : never
    : never
  : never;
type Part<T, P extends string> = T extends { readonly [K in P]: infer X } ? X : never;

export type InputAt<V extends AnyVocabulary<V>, K> = Part<MemberAt<V, 'actions', K>, 'input'>;
export type OutputAt<V extends AnyVocabulary<V>, K> = Part<MemberAt<V, 'actions', K>, 'output'>;
export type QueryInputAt<V extends AnyVocabulary<V>, K> = Part<MemberAt<V, 'queries', K>, 'input'>;
export type RowAt<V extends AnyVocabulary<V>, K> = Part<MemberAt<V, 'queries', K>, 'row'>;
export type PayloadAt<V extends AnyVocabulary<V>, K> = MemberAt<V, 'events', K>;

/** What a pattern looks at first: an action's input or an event's payload. */
export type SubjectAt<V extends AnyVocabulary<V>, K> =
  K extends ActionKey<V> ? InputAt<V, K> : K extends EventKey<V> ? PayloadAt<V, K> : never;

type AllKeys<T> = T extends unknown ? keyof T : never;
type Field<T, K> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
type Scalar = string | number | boolean | null;
/** What a field can be compared with; a field of unknown type with anything plain. */
type Literal<F> = unknown extends F ? Scalar : Extract<F, Scalar>;

export type Variable = `?${string}`;
/** Field -> a literal that must be equal, or "?name", which binds. A field that is absent never matches. */
export type Pattern<T> = { readonly [K in AllKeys<T>]?: Literal<Field<T, K>> | Variable };
/** Refuses fields that T has not. */
export type OnlyFieldsOf<T, P> = { readonly [K in keyof P]: K extends AllKeys<T> ? P[K] : never };

/** The variables a pattern binds, with the types of their fields. */
export type Bound<T, P> = P extends Variable
  ? P extends `?${infer Name}`
    ? { readonly [K in Name]: T }
    : never
  : {
      readonly [K in keyof P as P[K] extends `?${infer Name}` ? Name : never]: Exclude<
        Field<T, K>,
        undefined
      >;
    };

/** Variables bound by every one of several alternatives. */
export type Common<U> = { readonly [K in keyof U]: U[K] };
export type Flat<T> = { readonly [K in keyof T]: T[K] };
