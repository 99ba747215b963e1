// Compile: turns a rule's definition into what the evaluator runs. Done once, when the rule is registered.
import { type CompiledDecision, compileDecision } from './decide.ts';
import { Metrics } from './metrics.ts';
import { type CompiledPattern, compilePattern, rowMaker } from './pattern.ts';
import { Kind } from './record.ts';
import type { Args, Row, RuleDefinition, ThenStep, WhenPattern, WhereStep } from './rule.ts';

export interface CompiledWhen {
  readonly kind: Kind;
  readonly input: CompiledPattern;
  readonly output: CompiledPattern;
}

/** A rule as seen from the index: at which place of its tuple it looks at a kind, and for what. */
export interface Watcher {
  readonly rule: CompiledRule;
  readonly place: number;
  /** Alternatives at that place over that kind; the first that matches counts. */
  readonly patterns: readonly CompiledWhen[];
}

export type CompiledWhere =
  | {
      readonly step: 'query';
      readonly kind: Kind;
      readonly args: (row: Row) => object;
      readonly pattern: CompiledPattern;
      readonly mode: 'each' | 'optional' | 'none';
    }
  | { readonly step: 'filter'; readonly test: (row: Row) => boolean }
  | { readonly step: 'let'; readonly name: string; readonly compute: (row: Row) => unknown };

export interface CompiledThen {
  readonly kind: Kind;
  readonly args: (row: Row) => object;
  readonly output: CompiledPattern;
  readonly guard: ((row: Row) => boolean) | null;
}

export interface CompiledLimit {
  readonly everyMs: number;
  readonly keep: 'first' | 'last';
}

export interface CompiledRule {
  readonly definition: RuleDefinition;
  readonly name: string;
  readonly group: string;
  /** In the index. False: switched off, or gone; what is under way goes on. */
  isLive: boolean;
  /** Every variable, undefined: all rows of a rule have one shape. */
  readonly newRow: () => Row;
  readonly when: readonly (readonly CompiledWhen[])[];
  /** WHERE up to the rate limit, and after it. */
  readonly before: readonly CompiledWhere[];
  readonly limit: CompiledLimit | null;
  readonly after: readonly CompiledWhere[];
  readonly does: readonly CompiledThen[];
  readonly decision: CompiledDecision | null;
  readonly otherwise: readonly CompiledThen[];
  /** What its rate limit's timer is recorded as. */
  readonly timer: Kind;
  readonly metrics: Metrics;
}

type KindOf = (key: string) => Kind;

/** Throws on a rule that says nothing or limits its rate twice: an error of whoever wrote it. */
export function compileRule(definition: RuleDefinition, group: string, kindOf: KindOf): CompiledRule {
  const { name, when, where, does, otherwise } = definition;
  if (when.length === 0) throw new Error(`rule ${name} has no WHEN: say what it waits for`);
  if (does.length === 0 && otherwise.length === 0 && !definition.decides?.may.length)
    throw new Error(`rule ${name} has no THEN: say what it does`);
  const limits = where.filter((step) => step.step === 'limit');
  if (limits.length > 1) throw new Error(`rule ${name} limits its rate twice: leave one`);
  const limit = limits[0] ?? null;
  const cut = limit === null ? where.length : where.indexOf(limit);

  const compiled = {
    definition,
    name,
    group,
    isLive: false,
    when: when.map((alternatives) => alternatives.map((pattern) => compileWhen(pattern, kindOf))),
    before: where.slice(0, cut).map((step) => compileWhere(step, kindOf)),
    limit,
    after: where.slice(cut + 1).map((step) => compileWhere(step, kindOf)),
    does: does.map((step) => compileThen(step, kindOf)),
    decision: compileDecision(definition.decides, kindOf),
    otherwise: otherwise.map((step) => compileThen(step, kindOf)),
    timer: new Kind(`timer.${name}`),
    metrics: new Metrics(),
  };
  return { ...compiled, newRow: rowMaker(variablesOf(compiled)) };
}

/** The index of these rules: under every kind that one of them looks at, in their order. */
export function indexOf(rules: readonly CompiledRule[]): Map<Kind, Watcher[]> {
  const index = new Map<Kind, Watcher[]>();
  for (const rule of rules) {
    rule.when.forEach((alternatives, place) => {
      for (const kind of new Set(alternatives.map((pattern) => pattern.kind))) {
        const patterns = alternatives.filter((pattern) => pattern.kind === kind);
        const watchers = index.get(kind) ?? [];
        watchers.push({ rule, place, patterns });
        index.set(kind, watchers);
      }
    });
  }
  return index;
}

function compileWhen(pattern: WhenPattern, kindOf: KindOf): CompiledWhen {
  return {
    kind: kindOf(pattern.key),
    input: compilePattern(pattern.input),
    output: compilePattern(pattern.output),
  };
}

function compileWhere(step: WhereStep, kindOf: KindOf): CompiledWhere {
  switch (step.step) {
    case 'query':
      return {
        step: 'query',
        kind: kindOf(step.key),
        args: compileArgs(step.args),
        pattern: compilePattern(step.pattern),
        mode: step.mode,
      };
    case 'filter':
      return { step: 'filter', test: step.test as (row: Row) => boolean };
    case 'let':
      return { step: 'let', name: step.name, compute: step.compute as (row: Row) => unknown };
    case 'limit':
      throw new Error('a rate limit is no step of WHERE any more');
  }
}

function compileThen(step: ThenStep, kindOf: KindOf): CompiledThen {
  return {
    kind: kindOf(step.key),
    args: compileArgs(step.args),
    output: compilePattern(step.output),
    guard: step.guard as ((row: Row) => boolean) | null,
  };
}

function compileArgs(args: Args): (row: Row) => object {
  if (typeof args === 'function') return args as (row: Row) => object;
  const constant = Object.freeze({ ...args });
  return () => constant;
}

function variablesOf({ when, before, after, does }: Omit<CompiledRule, 'newRow'>): string[] {
  const patterns = when.flat().flatMap(({ input, output }) => [input, output]);
  const names: string[] = [];
  for (const step of [...before, ...after]) {
    if (step.step === 'query') patterns.push(step.pattern);
    if (step.step === 'let') names.push(step.name);
  }
  for (const step of does) patterns.push(step.output);
  return [...patterns.flatMap(({ variables }) => variables), ...names];
}

/** Every action that the rule may take. */
export function actionsOf(rule: CompiledRule): Kind[] {
  const fixed = [...rule.does, ...rule.otherwise].map((step) => step.kind);
  return [...fixed, ...(rule.decision?.kinds.values() ?? [])];
}
