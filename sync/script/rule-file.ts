// Rule file: the owner's rules in YAML, checked against the vocabulary and compiled to the same definitions as the
// TypeScript builder makes. Pure; collects every fault with its place, and never throws on what an owner wrote.
import type { Rule, RuleDefinition } from '../engine/index.ts';
import type { Fault } from './faults.ts';
import { type Given, RuleContext } from './rule-context.ts';
import { readActions } from './rule-then.ts';
import { readWhen } from './rule-when.ts';
import { WhereReader } from './rule-where.ts';
import type { VocabularyShapes } from './shapes.ts';
import { vocabularyShapes } from './vocabulary.generated.ts';
import { isNothing, type Node, YamlReader } from './yaml-reader.ts';

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

class RuleReader {
  readonly #reader: YamlReader;
  readonly #context: RuleContext;

  constructor(reader: YamlReader, shapes: VocabularyShapes) {
    this.#reader = reader;
    this.#context = new RuleContext(reader, shapes);
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
    const when = given.when ? readWhen(this.#context, given.when.value) : [];
    const fromWhen = this.#context.scope;
    const where = new WhereReader(this.#context);
    where.time(given);
    if (given.where) for (const step of this.#reader.items(given.where.value)) where.read(step);
    where.limit(given);
    const does = given.then ? readActions(this.#context, given.then.value) : [];
    this.#context.scope = fromWhen;
    const otherwise = given.else ? readActions(this.#context, given.else.value) : [];
    return {
      name: name ?? '',
      summary: summary ?? '',
      when,
      where: where.steps,
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
}
