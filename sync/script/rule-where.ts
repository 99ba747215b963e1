// WHERE of a rule in a rule file, to steps: queries, conditions, names for values, times and one rate limit. Pure; binds what
// they bind, and collects every fault.
import type { WhereStep } from '../engine/index.ts';
import { compileArguments, expressionAt } from './arguments.ts';
import { hint } from './faults.ts';
import { isVariableName, readPattern } from './patterns.ts';
import { type Given, own, type RuleContext } from './rule-context.ts';
import { parseDates, parseHours, parseLength, parseNames, timeTest } from './when-it-is.ts';
import { isMap, isScalar, type Node, type YamlReader } from './yaml-reader.ts';

const timeKeys = ['hours', 'days', 'months', 'dates'] as const;
const optionsOfQuery = ['gives', 'optional', 'none'] as const;

export class WhereReader {
  readonly #context: RuleContext;
  readonly #reader: YamlReader;
  /** In the order in which they are read. */
  readonly steps: WhereStep[] = [];
  #clocks = 0;

  constructor(context: RuleContext) {
    this.#context = context;
    this.#reader = context.reader;
  }

  read(node: Node): void {
    if (!isMap(node) && !isScalar(node)) {
      this.#reader.fault(node, 'a step of "where" is a query, "if:", "let:", "hours:" or "at_most_every:"');
      return;
    }
    const keys = isMap(node) ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [''];
    if (keys.includes('if')) this.#if(this.#reader.record(node, 'a condition', ['if']));
    else if (keys.includes('let')) this.#let(node);
    else if (keys.includes('at_most_every'))
      this.limit(this.#reader.record(node, 'a rate limit', ['at_most_every', 'keep']) ?? {});
    else if (keys.some((key) => timeKeys.includes(key as 'hours')))
      this.time(this.#reader.record(node, 'a time', timeKeys) ?? {});
    else this.#query(node);
  }

  #if(given: Given<'if'> | null): void {
    const test = given?.if && this.#context.condition(given.if.value);
    if (test) this.steps.push({ step: 'filter', test: test as (row: never) => boolean });
  }

  #let(node: Node): void {
    const given = this.#reader.record(node, 'let', ['let']);
    if (given?.let === undefined) return;
    for (const { key, keyNode, value } of this.#reader.entries(given.let.value, 'let') ?? []) {
      if (!isVariableName(key)) this.#reader.fault(keyNode, `"${key}" is no name for a variable`);
      else if (this.#context.scope.has(key))
        this.#reader.fault(keyNode, `${key} is bound already: choose another name`);
      else if (value === null) this.#reader.fault(keyNode, `"${key}" is empty`);
      else {
        const compiled = expressionAt(
          this.#reader,
          value,
          this.#reader.plain(value),
          this.#context.scope,
          null,
        );
        if (compiled === null) continue;
        this.steps.push({ step: 'let', name: key, compute: compiled.run as (row: never) => unknown });
        this.#context.bind(new Map([[key, compiled.shape]]));
      }
    }
  }

  #query(node: Node): void {
    const step = this.#context.keyed(
      node,
      optionsOfQuery,
      'a query such as Player.status, "if:", "let:" or "hours:"',
    );
    if (step === null) return;
    const { key, keyNode, value, options } = step;
    const query = own(this.#context.shapes.queries, key);
    if (query === undefined) {
      const isOther =
        Object.hasOwn(this.#context.shapes.actions, key) || Object.hasOwn(this.#context.shapes.events, key);
      const why = isOther
        ? ' (it is no query: it belongs to "when" or "then")'
        : hint(key, Object.keys(this.#context.shapes.queries));
      this.#reader.fault(keyNode, `there is no query ${key}${why}`);
      return;
    }
    const isOptional = this.#flag(options.optional);
    const isNone = this.#flag(options.none);
    if (isOptional && isNone) this.#reader.fault(keyNode, '"optional" and "none" exclude each other');
    const mode = isNone ? 'none' : isOptional ? 'optional' : 'each';
    const args = compileArguments(this.#reader, value, keyNode, query.input, this.#context.scope, key);
    const { pattern, binds } = readPattern(
      this.#reader,
      options.gives?.value ?? null,
      query.row,
      this.#context.scope,
      key,
      mode !== 'none',
    );
    this.steps.push({ step: 'query', key, args, pattern, mode });
    if (mode !== 'none') this.#context.bind(binds, isOptional);
  }

  #flag(given: { value: Node } | undefined): boolean {
    if (given === undefined) return false;
    if (isScalar(given.value) && typeof given.value.value === 'boolean') return given.value.value;
    this.#reader.fault(given.value, 'true or false');
    return false;
  }

  time(given: Given<(typeof timeKeys)[number]>): void {
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
    this.steps.push(
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

  limit(given: Given<'at_most_every' | 'keep'>): void {
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
    else if (this.steps.some((step) => step.step === 'limit'))
      this.#reader.fault(every.keyNode, 'a rule has one rate limit: leave one');
    else this.steps.push({ step: 'limit', everyMs: length.value, keep: which });
  }
}
