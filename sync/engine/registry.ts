// Registry: the concepts and rules an engine knows, and the index from "Concept.action" to the rules that look at it.
import { type CompiledRule, compileRule, indexRule } from './compile.ts';
import { Kind } from './record.ts';
import type { Rule } from './rule.ts';
import type { RegisterOptions, RuleSummary } from './types.ts';

/** A concept's functions without the vocabulary's types: those are checked where it is registered. */
export interface ConceptFunctions {
  readonly actions: Readonly<Record<string, (input: object) => object | Promise<object>>>;
  readonly queries: Readonly<Record<string, (input: object) => readonly object[]>>;
}

export class Registry {
  /** By concept and name: two lookups of constant strings are cheaper than joining them. */
  readonly #concepts = new Map<string, Map<string, Kind>>();
  readonly #settings = new Map<string, { traced: boolean; sensitive: ReadonlySet<string> | null }>();
  readonly rules: CompiledRule[] = [];
  /** Whether some rule matches several records, so that a flow has to keep its own. */
  hasJoins = false;

  kindOf(key: string): Kind {
    const dot = key.indexOf('.');
    return this.kindAt(key.slice(0, dot), key.slice(dot + 1));
  }

  kindAt(concept: string, name: string): Kind {
    return this.#concepts.get(concept)?.get(name) ?? this.#newKind(concept, name);
  }

  register(concept: string, functions: ConceptFunctions, options: RegisterOptions = {}): void {
    for (const [name, run] of Object.entries(functions.actions)) {
      const kind = this.kindAt(concept, name);
      if (kind.run !== null) throw new Error(`${kind.key} is registered twice`);
      kind.run = run;
    }
    for (const [name, ask] of Object.entries(functions.queries)) this.kindAt(concept, name).ask = ask;
    const sensitive = options.sensitive?.length ? new Set(options.sensitive) : null;
    this.#set(concept, { ...this.#settingsOf(concept), sensitive });
  }

  setTraced(concept: string, traced: boolean): void {
    this.#set(concept, { ...this.#settingsOf(concept), traced });
  }

  use(rules: readonly Rule[]): void {
    for (const { definition } of rules) {
      if (this.rules.some((rule) => rule.name === definition.name))
        throw new Error(`two rules are called ${definition.name}`);
      const rule = compileRule(definition, (key) => this.kindOf(key));
      indexRule(rule);
      this.rules.push(rule);
      if (rule.when.length > 1) this.hasJoins = true;
    }
  }

  missing(): string[] {
    const wanted = new Set<string>();
    for (const rule of this.rules) {
      for (const { kind } of [...rule.does, ...rule.otherwise]) if (kind.run === null) wanted.add(kind.key);
      for (const step of [...rule.before, ...rule.after])
        if (step.step === 'query' && step.kind.ask === null) wanted.add(step.kind.key);
    }
    return [...wanted].sort();
  }

  summaries(): RuleSummary[] {
    return this.rules.map((rule) => {
      const when = rule.when.flat().map((pattern) => pattern.kind.key);
      const queries = [...rule.before, ...rule.after].filter((step) => step.step === 'query');
      const where = queries.map((step) => step.kind.key);
      const does = [...rule.does, ...rule.otherwise].map((step) => step.kind.key);
      const concepts = [...when, ...where, ...does].map((key) => key.slice(0, key.indexOf('.')));
      return {
        name: rule.name,
        summary: rule.definition.summary,
        concepts: [...new Set(concepts)].sort(),
        when: [...new Set(when)],
        where: [...new Set(where)],
        does: [...new Set(does)],
      };
    });
  }

  #settingsOf(concept: string) {
    return this.#settings.get(concept) ?? { traced: true, sensitive: null };
  }

  #set(concept: string, settings: { traced: boolean; sensitive: ReadonlySet<string> | null }): void {
    this.#settings.set(concept, settings);
    for (const kind of this.#concepts.get(concept)?.values() ?? []) Object.assign(kind, settings);
  }

  #newKind(concept: string, name: string): Kind {
    const kind = new Kind(`${concept}.${name}`);
    Object.assign(kind, this.#settingsOf(concept));
    let names = this.#concepts.get(concept);
    if (names === undefined) {
      names = new Map();
      this.#concepts.set(concept, names);
    }
    names.set(name, kind);
    return kind;
  }
}
