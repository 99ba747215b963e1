// Builder: rules as TypeScript constants, typed against a vocabulary. Each call returns a new rule, so that what
// has been written stays as it is. A misspelt action, a missing argument or an unbound variable does not compile.
import type { AnyVocabulary } from '../door.ts';
import type {
  ActionKey,
  Bound,
  Common,
  EventKey,
  Flat,
  InputAt,
  OnlyFieldsOf,
  OutputAt,
  Pattern,
  QueryInputAt,
  QueryKey,
  RowAt,
  SubjectAt,
  Variable,
} from './keys.ts';
import type { PatternData, Rule, RuleDefinition, ThenStep, WhenPattern, WhereStep } from './rule.ts';

type WhenKey<V extends AnyVocabulary<V>> = ActionKey<V> | EventKey<V>;
type OrOf<B, T> = T | ((row: B) => T);
type Empty = Record<never, never>;

/** One alternative of WHEN; `Vars` are the variables it binds. */
export interface Alternative<Vars> extends WhenPattern {
  readonly binds?: Vars;
}

/** `When`: bound by WHEN, all that ELSE sees. `B`: bound so far. */
export interface TypedRule<V extends AnyVocabulary<V>, When, B> extends Rule {
  /** WHEN an action has completed (input and output match) or an event has happened (its payload matches). */
  when<
    K extends WhenKey<V>,
    const P extends Pattern<SubjectAt<V, K>> = Empty,
    const O extends Pattern<OutputAt<V, K>> = Empty,
  >(
    key: K,
    input?: P & OnlyFieldsOf<SubjectAt<V, K>, P>,
    output?: O & OnlyFieldsOf<OutputAt<V, K>, O>,
  ): TypedRule<
    V,
    Flat<When & Bound<SubjectAt<V, K>, P> & Bound<OutputAt<V, K>, O>>,
    Flat<B & Bound<SubjectAt<V, K>, P> & Bound<OutputAt<V, K>, O>>
  >;
  /** WHEN any of these; only what all of them bind is bound. */
  whenAny<A>(...alternatives: Alternative<A>[]): TypedRule<V, Flat<When & Common<A>>, Flat<B & Common<A>>>;

  /** WHERE the query has rows: one row here for each of them; none = dropped. */
  where<K extends QueryKey<V>, const P extends Pattern<RowAt<V, K>> | Variable = Empty>(
    key: K,
    args: OrOf<B, QueryInputAt<V, K>>,
    pattern?: P extends Variable ? P : P & OnlyFieldsOf<RowAt<V, K>, P>,
  ): TypedRule<V, When, Flat<B & Bound<RowAt<V, K>, P>>>;
  /** As where, but a row without an answer is kept, its variables undefined. */
  whereOptional<K extends QueryKey<V>, const P extends Pattern<RowAt<V, K>> | Variable>(
    key: K,
    args: OrOf<B, QueryInputAt<V, K>>,
    pattern: P extends Variable ? P : P & OnlyFieldsOf<RowAt<V, K>, P>,
  ): TypedRule<V, When, Flat<B & Partial<Bound<RowAt<V, K>, P>>>>;
  /** Kept only if the query answers nothing that matches. */
  whereNone<K extends QueryKey<V>, const P extends Pattern<RowAt<V, K>> = Empty>(
    key: K,
    args: OrOf<B, QueryInputAt<V, K>>,
    pattern?: P & OnlyFieldsOf<RowAt<V, K>, P>,
  ): TypedRule<V, When, B>;
  /** Kept if the test, a pure function of the row, says so. */
  filter(test: (row: B) => boolean): TypedRule<V, When, B>;
  /** Kept if the variable is bound to something: neither undefined nor null. */
  present<N extends keyof B & string>(
    name: N,
  ): TypedRule<V, When, Flat<Omit<B, N> & { readonly [K in N]: NonNullable<B[N]> }>>;
  /** Binds a value computed from the row. */
  let<N extends string, T>(
    name: N,
    compute: (row: B) => T,
  ): TypedRule<V, When, Flat<B & { readonly [K in N]: T }>>;
  /** At most once in `everyMs`. `first`: what comes too soon is dropped. `last`: the latest of them runs when the
   *  time is over. WHERE steps before this one are evaluated at once, those after it when it lets through. */
  atMostEvery(everyMs: number, keep: 'first' | 'last'): TypedRule<V, When, B>;

  /** THEN this action; what `output` binds is there for those after it, and the row stops if it does not match. */
  thenDo<K extends ActionKey<V>, const O extends Pattern<OutputAt<V, K>> = Empty>(
    key: K,
    args: OrOf<B, InputAt<V, K>>,
    output?: O & OnlyFieldsOf<OutputAt<V, K>, O>,
  ): TypedRule<V, When, Flat<B & Bound<OutputAt<V, K>, O>>>;
  /** THEN this action if the guard says so; the row goes on either way, what `output` binds may be undefined. */
  thenDoIf<K extends ActionKey<V>, const O extends Pattern<OutputAt<V, K>> = Empty>(
    guard: (row: B) => boolean,
    key: K,
    args: OrOf<B, InputAt<V, K>>,
    output?: O & OnlyFieldsOf<OutputAt<V, K>, O>,
  ): TypedRule<V, When, Flat<B & Partial<Bound<OutputAt<V, K>, O>>>>;
  /** ELSE this action, when no row survives WHERE. */
  elseDo<K extends ActionKey<V>>(key: K, args: OrOf<When, InputAt<V, K>>): TypedRule<V, When, B>;
}

export interface RuleWriter<V extends AnyVocabulary<V>> {
  rule(name: string, summary: string): TypedRule<V, Empty, Empty>;
  /** An alternative for whenAny. */
  on<
    K extends WhenKey<V>,
    const P extends Pattern<SubjectAt<V, K>> = Empty,
    const O extends Pattern<OutputAt<V, K>> = Empty,
  >(
    key: K,
    input?: P & OnlyFieldsOf<SubjectAt<V, K>, P>,
    output?: O & OnlyFieldsOf<OutputAt<V, K>, O>,
  ): Alternative<Flat<Bound<SubjectAt<V, K>, P> & Bound<OutputAt<V, K>, O>>>;
}

/** The writer of rules for one vocabulary. */
export function rulesFor<V extends AnyVocabulary<V>>(): RuleWriter<V> {
  // The types above are the interface; below, rules are plain data and need none of them.
  return {
    rule: (name: string, summary: string) =>
      new Builder({ name, summary, when: [], where: [], does: [], otherwise: [] }),
    on: whenPattern,
  } as unknown as RuleWriter<V>;
}

function whenPattern(key: string, input: PatternData = {}, output: PatternData = {}): WhenPattern {
  return { key, input, output };
}

class Builder implements Rule {
  readonly definition: RuleDefinition;
  constructor(definition: RuleDefinition) {
    this.definition = definition;
  }

  when(key: string, input?: PatternData, output?: PatternData): Builder {
    return this.whenAny(whenPattern(key, input, output));
  }
  whenAny(...alternatives: WhenPattern[]): Builder {
    return this.#with({ when: [...this.definition.when, alternatives] });
  }

  where(key: string, args: object, pattern: PatternData | string = {}): Builder {
    return this.#where({ step: 'query', key, args, pattern, mode: 'each' });
  }
  whereOptional(key: string, args: object, pattern: PatternData | string): Builder {
    return this.#where({ step: 'query', key, args, pattern, mode: 'optional' });
  }
  whereNone(key: string, args: object, pattern: PatternData = {}): Builder {
    return this.#where({ step: 'query', key, args, pattern, mode: 'none' });
  }
  filter(test: (row: never) => boolean): Builder {
    return this.#where({ step: 'filter', test });
  }
  present(name: string): Builder {
    return this.filter((row) => (row[name] ?? null) !== null);
  }
  let(name: string, compute: (row: never) => unknown): Builder {
    return this.#where({ step: 'let', name, compute });
  }
  atMostEvery(everyMs: number, keep: 'first' | 'last'): Builder {
    return this.#where({ step: 'limit', everyMs, keep });
  }

  thenDo(key: string, args: object, output: PatternData = {}): Builder {
    return this.#then({ key, args, output, guard: null });
  }
  thenDoIf(guard: (row: never) => boolean, key: string, args: object, output: PatternData = {}): Builder {
    return this.#then({ key, args, output, guard });
  }
  elseDo(key: string, args: object): Builder {
    const step: ThenStep = { key, args, output: {}, guard: null };
    return this.#with({ otherwise: [...this.definition.otherwise, step] });
  }

  #where(step: WhereStep): Builder {
    return this.#with({ where: [...this.definition.where, step] });
  }
  #then(step: ThenStep): Builder {
    return this.#with({ does: [...this.definition.does, step] });
  }
  #with(change: Partial<RuleDefinition>): Builder {
    return new Builder({ ...this.definition, ...change });
  }
}
