// Registry: the concepts an engine knows, by "Concept.action", "Concept.event" and "Concept.query".
import { Kind } from './record.ts';
import type { RegisterOptions } from './types.ts';

/** A concept's functions without the vocabulary's types: those are checked where it is registered. */
export interface ConceptFunctions {
  readonly actions: Readonly<Record<string, (input: object) => object | Promise<object>>>;
  readonly queries: Readonly<Record<string, (input: object) => readonly object[]>>;
}

export class Registry {
  /** By concept and name: two lookups of constant strings are cheaper than joining them. */
  readonly #concepts = new Map<string, Map<string, Kind>>();
  readonly #settings = new Map<string, { traced: boolean; sensitive: ReadonlySet<string> | null }>();

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
