// Rule set: the rules an engine knows, in groups, and the index from "Concept.action" to those that look at it.
// A change makes a new index and puts it in place at once; whoever goes through the old one is not disturbed.
import type { Failure } from '../vocabulary/common.ts';
import { actionsOf, type CompiledRule, compileRule, indexOf } from './compile.ts';
import type { Kind } from './record.ts';
import type { Rule } from './rule.ts';
import type { Replaced, RuleSummary } from './types.ts';

const builtIn = 'built-in';

export class RuleSet {
  readonly #kindOf: (key: string) => Kind;
  /** Told of each rule that has left the index. */
  readonly #left: (rule: CompiledRule) => void;
  readonly #groups = new Map<string, readonly CompiledRule[]>();
  /** By name: why it is off. It is on when nothing is left. */
  readonly #off = new Map<string, Set<string>>();
  #indexed: ReadonlySet<Kind> = new Set();
  #live: readonly CompiledRule[] = [];
  /** In the order in which they fire: built-in ones, then groups by name. Also those that are switched off. */
  all: readonly CompiledRule[] = [];
  /** Whether some rule matches several records, so that a flow has to keep its own. */
  hasJoins = false;

  constructor(kindOf: (key: string) => Kind, left: (rule: CompiledRule) => void) {
    this.#kindOf = kindOf;
    this.#left = left;
  }

  /** Adds built-in rules; throws on what is an error of whoever wrote them. */
  use(rules: readonly Rule[]): void {
    const known = this.#groups.get(builtIn) ?? [];
    const added = rules.map(({ definition }) => compileRule(definition, builtIn, this.#kindOf));
    const all = [...known, ...added];
    const twice = all.find((rule, at) => all.findIndex(({ name }) => name === rule.name) < at);
    if (twice !== undefined) throw new Error(`two rules are called ${twice.name}`);
    this.#put(builtIn, all);
  }

  replace(
    group: string,
    rules: readonly Rule[],
  ): Replaced | Failure<'NAME_TAKEN' | 'NOT_OFFERED' | 'BAD_RULE'> {
    const before = this.#groups.get(group) ?? [];
    const names = new Set<string>();
    for (const { definition } of rules) {
      const { name } = definition;
      const other = this.all.find((rule) => rule.name === name && rule.group !== group);
      if (names.has(name) || other !== undefined)
        return {
          error: 'NAME_TAKEN',
          message: `there is a rule called ${name} already (${other?.group ?? group}): give this one another name`,
        };
      names.add(name);
    }
    let after: CompiledRule[];
    try {
      after = rules.map(({ definition }) => {
        const same = before.find(
          (rule) => rule.name === definition.name && isSame(rule.definition, definition),
        );
        return same ?? compileRule(definition, group, this.#kindOf);
      });
    } catch (error) {
      return { error: 'BAD_RULE', message: error instanceof Error ? error.message : String(error) };
    }
    const missing = missingOf(after);
    if (missing.length > 0)
      return { error: 'NOT_OFFERED', message: `nobody offers ${missing.join(', ')}: look at the vocabulary` };
    this.#put(group, after);
    return {
      added: after.filter((rule) => !before.includes(rule)).map((rule) => rule.name),
      kept: after.filter((rule) => before.includes(rule)).map((rule) => rule.name),
      removed: before.filter((rule) => !after.includes(rule)).map((rule) => rule.name),
    };
  }

  setEnabled(name: string, on: boolean, why: string): boolean {
    const reasons = this.#off.get(name) ?? new Set();
    if (on) reasons.delete(why);
    else reasons.add(why);
    if (reasons.size === 0) this.#off.delete(name);
    else this.#off.set(name, reasons);
    this.#index();
    return this.all.some((rule) => rule.name === name);
  }

  missing(): string[] {
    return missingOf(this.all);
  }

  summaries(): RuleSummary[] {
    return this.all.map((rule) => {
      const when = rule.when.flat().map((pattern) => pattern.kind.key);
      const queries = [...rule.before, ...rule.after].filter((step) => step.step === 'query');
      const where = queries.map((step) => step.kind.key);
      const does = actionsOf(rule).map((kind) => kind.key);
      const concepts = [...when, ...where, ...does].map((key) => key.slice(0, key.indexOf('.')));
      return {
        name: rule.name,
        summary: rule.definition.summary,
        group: rule.group,
        enabled: rule.isLive,
        concepts: [...new Set(concepts)].sort(),
        when: [...new Set(when)],
        where: [...new Set(where)],
        does: [...new Set(does)],
      };
    });
  }

  #put(group: string, rules: readonly CompiledRule[]): void {
    if (rules.length === 0) this.#groups.delete(group);
    else this.#groups.set(group, rules);
    const names = [...this.#groups.keys()].filter((name) => name !== builtIn).sort();
    this.all = [builtIn, ...names].flatMap((name) => this.#groups.get(name) ?? []);
    this.#index();
  }

  #index(): void {
    const live = this.all.filter((rule) => !this.#off.has(rule.name));
    const index = indexOf(live);
    for (const kind of this.#indexed) if (!index.has(kind)) kind.watchers = [];
    for (const [kind, watchers] of index) kind.watchers = watchers;
    const gone = new Set(this.#live);
    for (const rule of live) {
      rule.isLive = true;
      gone.delete(rule);
    }
    this.#indexed = new Set(index.keys());
    this.#live = live;
    this.hasJoins = live.some((rule) => rule.when.length > 1);
    for (const rule of gone) {
      rule.isLive = false;
      this.#left(rule);
    }
  }
}

function isSame(one: Rule['definition'], other: Rule['definition']): boolean {
  return one === other || (one.text !== undefined && one.text === other.text);
}

/** What these rules name and nobody has registered. */
function missingOf(rules: readonly CompiledRule[]): string[] {
  const wanted = new Set<string>();
  for (const rule of rules) {
    for (const kind of actionsOf(rule)) if (kind.run === null) wanted.add(kind.key);
    for (const step of [...rule.before, ...rule.after])
      if (step.step === 'query' && step.kind.ask === null) wanted.add(step.kind.key);
  }
  return [...wanted].sort();
}
