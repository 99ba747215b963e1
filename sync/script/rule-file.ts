// Rule file: the owner's rules in YAML, checked against the vocabulary and compiled to the same definitions as the
// TypeScript builder makes. Pure; collects every fault with its place, and never throws on what an owner wrote.
import type { Rule, RuleDefinition, ThenStep, WhenPattern, WhereStep } from '../engine/index.ts';
import { compileArguments, expressionAt } from './arguments.ts';
import type { Scope } from './expression.ts';
import { type Fault, hint } from './faults.ts';
import { isVariableName, readPattern } from './patterns.ts';
import type { Shape, VocabularyShapes } from './shapes.ts';
import { vocabularyShapes } from './vocabulary.generated.ts';
import { parseDates, parseHours, parseLength, parseNames, timeTest } from './when-it-is.ts';
import { isMap, isNothing, isScalar, type Node, YamlReader } from './yaml-reader.ts';

export interface ReadRules {
  /** Empty if there is a fault: a file is taken whole or not at all. */
  readonly rules: readonly Rule[];
  readonly faults: readonly Fault[];
  /** Where each rule begins, for whoever finds out later that its name is taken. */
  readonly lineOf: ReadonlyMap<string, number>;
}

const mostRules = 100;

export function readRuleFile(text: string, shapes: VocabularyShapes = vocabularyShapes): ReadRules {
  const reader = new YamlReader(text);
  const { root, faults } = reader;
  const rules: Rule[] = [];
  const lineOf = new Map<string, number>();
  if (root !== null && !isNothing(root)) {
    const nodes = reader.items(root);
    if (nodes.length > mostRules) reader.fault(root, `a rule file has at most ${mostRules} rules`);
    else
      for (const node of nodes) {
        const before = faults.length;
        const definition = new RuleReader(reader, shapes).read(node);
        if (definition === null || faults.length > before) continue;
        if (lineOf.has(definition.name)) reader.fault(node, `two rules are called ${definition.name}`);
        lineOf.set(definition.name, text.slice(0, node.range?.[0] ?? 0).split('\n').length);
        rules.push({ definition });
      }
  }
  const sorted = faults.sort((a, b) => a.line - b.line || a.column - b.column);
  return { rules: sorted.length > 0 ? [] : rules, faults: sorted, lineOf };
}

const ruleKeys = [
  'name',
  'summary',
  'when',
  'hours',
  'days',
  'months',
  'dates',
  'where',
  'at_most_every',
  'keep',
  'then',
  'else',
] as const;
const timeKeys = ['hours', 'days', 'months', 'dates'] as const;
const optionsOfQuery = ['gives', 'optional', 'none'] as const;
type Given<K extends string> = Partial<Record<K, { keyNode: Node; value: Node }>>;

class RuleReader {
  readonly #reader: YamlReader;
  readonly #shapes: VocabularyShapes;
  #scope: Scope = new Map();
  readonly #where: WhereStep[] = [];
  #clocks = 0;

  constructor(reader: YamlReader, shapes: VocabularyShapes) {
    this.#reader = reader;
    this.#shapes = shapes;
  }

  read(node: Node): RuleDefinition | null {
    const given = this.#reader.record(node, 'a rule', ruleKeys);
    if (given === null) return null;
    const name = this.#name(given, node);
    const summary = given.summary ? this.#reader.words(given.summary.value, 'the summary') : null;
    if (given.summary === undefined)
      this.#reader.fault(node, 'a rule has a summary: one sentence that says what it does');
    if (given.when === undefined) this.#reader.fault(node, 'a rule has "when": what it waits for');
    if (given.then === undefined && given.else === undefined)
      this.#reader.fault(node, 'a rule has "then": what it does');
    const when = given.when ? this.#when(given.when.value) : [];
    const fromWhen = this.#scope;
    this.#time(given);
    if (given.where) for (const step of this.#reader.items(given.where.value)) this.#step(step);
    this.#limit(given);
    const does = given.then ? this.#actions(given.then.value) : [];
    this.#scope = fromWhen;
    const otherwise = given.else ? this.#actions(given.else.value) : [];
    return {
      name: name ?? '',
      summary: summary ?? '',
      when,
      where: this.#where,
      does,
      otherwise,
      text: this.#reader.sourceOf(node).trimEnd(),
    };
  }

  #name(given: Given<'name'>, node: Node): string | null {
    if (given.name === undefined) {
      this.#reader.fault(node, 'a rule has a name, such as QuietAfterTen');
      return null;
    }
    const name = this.#reader.words(given.name.value, 'the name');
    if (name === null || /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
    this.#reader.fault(
      given.name.value,
      'a name is up to 64 letters, digits, _ and -, and begins with a letter',
    );
    return null;
  }

  #bind(binds: ReadonlyMap<string, Shape>, mayBeUnbound = false): void {
    if (binds.size === 0) return;
    const scope = new Map(this.#scope);
    for (const [name, shape] of binds)
      if (!mayBeUnbound) scope.set(name, shape);
      else if (!scope.has(name)) scope.set(name, { any: [shape, 'null'] });
    this.#scope = scope;
  }

  // WHEN

  #when(node: Node): WhenPattern[][] {
    if (isMap(node) && node.has('any')) {
      const given = this.#reader.record(node, 'when', ['any']);
      if (given?.any === undefined) return [];
      return [this.#alternatives(given.any.value)];
    }
    return this.#reader.items(node).map((item) => {
      if (isMap(item) && item.has('any')) {
        const given = this.#reader.record(item, 'when', ['any']);
        return given?.any ? this.#alternatives(given.any.value) : [];
      }
      const { pattern, binds } = this.#whenPattern(item);
      this.#bind(binds);
      return pattern === null ? [] : [pattern];
    });
  }

  /** Bound is what all of them bind. */
  #alternatives(node: Node): WhenPattern[] {
    const read = this.#reader.items(node).map((item) => this.#whenPattern(item));
    const [first, ...others] = read;
    const common = new Map<string, Shape>();
    for (const [name, shape] of first?.binds ?? [])
      if (others.every(({ binds }) => binds.has(name)))
        common.set(
          name,
          others.length === 0 ? shape : { any: read.map(({ binds }) => binds.get(name) as Shape) },
        );
    this.#bind(common);
    return read.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]));
  }

  #whenPattern(node: Node): { pattern: WhenPattern | null; binds: ReadonlyMap<string, Shape> } {
    const none = { pattern: null, binds: new Map() };
    const step = this.#keyed(node, ['gives'], 'an action or event, such as Player.voiceStarted');
    if (step === null) return none;
    const { key, keyNode, value, options } = step;
    const action = own(this.#shapes.actions, key);
    const event = own(this.#shapes.events, key);
    if (action === undefined && event === undefined) {
      const known = [...Object.keys(this.#shapes.events), ...Object.keys(this.#shapes.actions)];
      this.#reader.fault(
        keyNode,
        `there is no action or event ${key}${hint(key, known)}${this.#isQuery(key)}`,
      );
      return none;
    }
    const input = readPattern(this.#reader, value, action?.input ?? (event as Shape), this.#scope, key);
    if (options.gives !== undefined && action === undefined)
      this.#reader.fault(
        options.gives.keyNode,
        `${key} is an event, it gives nothing: its fields stand beside it`,
      );
    const scope = new Map([...this.#scope, ...input.binds]);
    const output = readPattern(
      this.#reader,
      options.gives?.value ?? null,
      action?.output ?? 'unknown',
      scope,
      key,
    );
    return {
      pattern: {
        key,
        input: input.pattern as object as WhenPattern['input'],
        output: output.pattern as WhenPattern['output'],
      },
      binds: new Map([...input.binds, ...output.binds]),
    };
  }

  #isQuery(key: string): string {
    return Object.hasOwn(this.#shapes.queries, key) ? ' (it is a query, for "where")' : '';
  }

  /** A "Concept.name" with what stands beside it; a word alone is one without arguments. */
  #keyed<K extends string>(
    node: Node,
    options: readonly K[],
    what: string,
  ): { key: string; keyNode: Node; value: Node | null; options: Given<K> } | null {
    if (isScalar(node) && typeof node.value === 'string')
      return { key: node.value.trim(), keyNode: node, value: null, options: {} };
    const entries = this.#reader.entries(node, what);
    if (entries === null) return null;
    const named = entries.filter(({ key }) => key.includes('.'));
    const [main] = named;
    if (main === undefined || named.length > 1) {
      this.#reader.fault(
        named[1]?.keyNode ?? node,
        named.length > 1 ? 'one at a time: begin a new item with "-"' : `here stands ${what}`,
      );
      return null;
    }
    const given: Given<K> = {};
    for (const { key, keyNode, value } of entries) {
      if (key === main.key) continue;
      if (!options.includes(key as K))
        this.#reader.fault(keyNode, `"${key}" does not stand here${hint(key, options)}`);
      else if (value === null) this.#reader.fault(keyNode, `"${key}" is empty`);
      else given[key as K] = { keyNode, value };
    }
    const value = main.value === null || isNothing(main.value) ? null : main.value;
    return { key: main.key, keyNode: main.keyNode, value, options: given };
  }

  // WHERE

  #step(node: Node): void {
    if (!isMap(node) && !isScalar(node)) {
      this.#reader.fault(node, 'a step of "where" is a query, "if:", "let:", "hours:" or "at_most_every:"');
      return;
    }
    const keys = isMap(node) ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [''];
    if (keys.includes('if')) this.#if(this.#reader.record(node, 'a condition', ['if']));
    else if (keys.includes('let')) this.#let(node);
    else if (keys.includes('at_most_every'))
      this.#limit(this.#reader.record(node, 'a rate limit', ['at_most_every', 'keep']) ?? {});
    else if (keys.some((key) => timeKeys.includes(key as 'hours')))
      this.#time(this.#reader.record(node, 'a time', timeKeys) ?? {});
    else this.#query(node);
  }

  #if(given: Given<'if'> | null): void {
    const test = given?.if && this.#condition(given.if.value);
    if (test) this.#where.push({ step: 'filter', test: test as (row: never) => boolean });
  }

  #condition(node: Node): ((row: Record<string, unknown>) => boolean) | null {
    const text = this.#reader.plain(node);
    const compiled = expressionAt(this.#reader, node, text, this.#scope, 'boolean');
    return compiled && ((row) => compiled.run(row) === true);
  }

  #let(node: Node): void {
    const given = this.#reader.record(node, 'let', ['let']);
    if (given?.let === undefined) return;
    for (const { key, keyNode, value } of this.#reader.entries(given.let.value, 'let') ?? []) {
      if (!isVariableName(key)) this.#reader.fault(keyNode, `"${key}" is no name for a variable`);
      else if (this.#scope.has(key))
        this.#reader.fault(keyNode, `${key} is bound already: choose another name`);
      else if (value === null) this.#reader.fault(keyNode, `"${key}" is empty`);
      else {
        const compiled = expressionAt(this.#reader, value, this.#reader.plain(value), this.#scope, null);
        if (compiled === null) continue;
        this.#where.push({ step: 'let', name: key, compute: compiled.run as (row: never) => unknown });
        this.#bind(new Map([[key, compiled.shape]]));
      }
    }
  }

  #query(node: Node): void {
    const step = this.#keyed(
      node,
      optionsOfQuery,
      'a query such as Player.status, "if:", "let:" or "hours:"',
    );
    if (step === null) return;
    const { key, keyNode, value, options } = step;
    const query = own(this.#shapes.queries, key);
    if (query === undefined) {
      const isOther = Object.hasOwn(this.#shapes.actions, key) || Object.hasOwn(this.#shapes.events, key);
      const why = isOther
        ? ' (it is no query: it belongs to "when" or "then")'
        : hint(key, Object.keys(this.#shapes.queries));
      this.#reader.fault(keyNode, `there is no query ${key}${why}`);
      return;
    }
    const isOptional = this.#flag(options.optional);
    const isNone = this.#flag(options.none);
    if (isOptional && isNone) this.#reader.fault(keyNode, '"optional" and "none" exclude each other');
    const mode = isNone ? 'none' : isOptional ? 'optional' : 'each';
    const args = compileArguments(this.#reader, value, keyNode, query.input, this.#scope, key);
    const { pattern, binds } = readPattern(
      this.#reader,
      options.gives?.value ?? null,
      query.row,
      this.#scope,
      key,
      mode !== 'none',
    );
    this.#where.push({ step: 'query', key, args, pattern, mode });
    if (mode !== 'none') this.#bind(binds, isOptional);
  }

  #flag(given: { value: Node } | undefined): boolean {
    if (given === undefined) return false;
    if (isScalar(given.value) && typeof given.value.value === 'boolean') return given.value.value;
    this.#reader.fault(given.value, 'true or false');
    return false;
  }

  #time(given: Given<(typeof timeKeys)[number]>): void {
    const { hours, days, months, dates } = given;
    const parts: Parameters<typeof timeTest>[0] = {
      ...(hours && this.#parsed(hours.value, parseHours, 'hours')),
      ...(days && this.#parsed(days.value, (_, words) => parseNames(words, 'day'), 'days')),
      ...(months && this.#parsed(months.value, (_, words) => parseNames(words, 'month'), 'months')),
      ...(dates && this.#parsed(dates.value, parseDates, 'dates')),
    };
    if (Object.keys(parts).length === 0) return;
    // A name no owner can write; each clock its own, since a variable has one value.
    const clock = `local time ${++this.#clocks}`;
    const test = timeTest(parts);
    this.#where.push(
      { step: 'query', key: 'Appliance.localTime', args: {}, pattern: `?${clock}`, mode: 'each' },
      {
        step: 'filter',
        test: ((row: Record<string, never>) => test(row[clock] as never)) as (row: never) => boolean,
      },
    );
  }

  #parsed<K extends string, T>(
    node: Node,
    parse: (text: string, words: string[]) => { ok: true; value: T } | { ok: false; message: string },
    key: K,
  ): { [P in K]: T } | Record<never, never> {
    const words = this.#reader.items(node).map((item) => this.#reader.plain(item));
    const parsed = parse(words[0] ?? '', words);
    if (parsed.ok) return { [key]: parsed.value } as { [P in K]: T };
    this.#reader.fault(node, parsed.message);
    return {};
  }

  #limit(given: Given<'at_most_every' | 'keep'>): void {
    const { at_most_every: every, keep } = given;
    if (every === undefined) {
      if (keep !== undefined) this.#reader.fault(keep.keyNode, '"keep" stands beside "at_most_every"');
      return;
    }
    const length = parseLength(this.#reader.plain(every.value));
    const which = keep === undefined ? 'first' : this.#reader.plain(keep.value);
    if (!length.ok) this.#reader.fault(every.value, length.message);
    else if (which !== 'first' && which !== 'last')
      this.#reader.fault(
        keep?.value ?? every.value,
        'keep first (what comes too soon is dropped) or last (the latest goes when the time is over)',
      );
    else if (this.#where.some((step) => step.step === 'limit'))
      this.#reader.fault(every.keyNode, 'a rule has one rate limit: leave one');
    else this.#where.push({ step: 'limit', everyMs: length.value, keep: which });
  }

  // THEN and ELSE

  #actions(node: Node): ThenStep[] {
    const steps: ThenStep[] = [];
    for (const item of this.#reader.items(node)) {
      const step = this.#keyed(item, ['if', 'gives'], 'an action, such as Player.pause');
      if (step === null) continue;
      const { key, keyNode, value, options } = step;
      const action = own(this.#shapes.actions, key);
      if (action === undefined) {
        const isOther = Object.hasOwn(this.#shapes.queries, key) || Object.hasOwn(this.#shapes.events, key);
        const why = isOther
          ? ' (it is no action: it belongs to "when" or "where")'
          : hint(key, Object.keys(this.#shapes.actions));
        this.#reader.fault(keyNode, `there is no action ${key}${why}`);
        continue;
      }
      const guard = options.if ? this.#condition(options.if.value) : null;
      const args = compileArguments(this.#reader, value, keyNode, action.input, this.#scope, key);
      const { pattern, binds } = readPattern(
        this.#reader,
        options.gives?.value ?? null,
        action.output,
        this.#scope,
        key,
      );
      this.#bind(binds, guard !== null);
      steps.push({ key, args, output: pattern as ThenStep['output'], guard: guard as ThenStep['guard'] });
    }
    if (steps.length === 0 && this.#reader.faults.length === 0)
      this.#reader.fault(node, 'here stands an action, such as Player.pause');
    return steps;
  }
}

/** Not what every object inherits. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
