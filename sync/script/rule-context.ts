// Rule context: what the parts of one rule of a rule file share while it is read: the reader that collects faults, the
// vocabulary, and what is bound so far. Pure.
import { expressionAt } from './arguments.ts';
import type { Scope } from './expression.ts';
import { hint } from './faults.ts';
import type { Shape, VocabularyShapes } from './shapes.ts';
import { isNothing, isScalar, type Node, type YamlReader } from './yaml-reader.ts';

/** Keys that were given, by name. */
export type Given<K extends string> = Partial<Record<K, { keyNode: Node; value: Node }>>;

/** A "Concept.name" with what stands beside it. */
export interface Keyed<K extends string> {
  readonly key: string;
  readonly keyNode: Node;
  /** Null: nothing stands beside it. */
  readonly value: Node | null;
  readonly options: Given<K>;
}

export class RuleContext {
  readonly reader: YamlReader;
  readonly shapes: VocabularyShapes;
  /** What is bound so far, and its shape. */
  scope: Scope = new Map();

  constructor(reader: YamlReader, shapes: VocabularyShapes) {
    this.reader = reader;
    this.shapes = shapes;
  }

  /** `mayBeUnbound`: it is null where nothing was found. */
  bind(binds: ReadonlyMap<string, Shape>, mayBeUnbound = false): void {
    if (binds.size === 0) return;
    const scope = new Map(this.scope);
    for (const [name, shape] of binds)
      if (!mayBeUnbound) scope.set(name, shape);
      else if (!scope.has(name)) scope.set(name, { any: [shape, 'null'] });
    this.scope = scope;
  }

  /** A "Concept.name" with what stands beside it; a word alone is one without arguments. */
  keyed<K extends string>(node: Node, options: readonly K[], what: string): Keyed<K> | null {
    if (isScalar(node) && typeof node.value === 'string')
      return { key: node.value.trim(), keyNode: node, value: null, options: {} };
    const entries = this.reader.entries(node, what);
    if (entries === null) return null;
    const named = entries.filter(({ key }) => key.includes('.'));
    const [main] = named;
    if (main === undefined || named.length > 1) {
      this.reader.fault(
        named[1]?.keyNode ?? node,
        named.length > 1 ? 'one at a time: begin a new item with "-"' : `here stands ${what}`,
      );
      return null;
    }
    const given: Given<K> = {};
    for (const { key, keyNode, value } of entries) {
      if (key === main.key) continue;
      if (!options.includes(key as K))
        this.reader.fault(keyNode, `"${key}" does not stand here${hint(key, options)}`);
      else if (value === null) this.reader.fault(keyNode, `"${key}" is empty`);
      else given[key as K] = { keyNode, value };
    }
    const value = main.value === null || isNothing(main.value) ? null : main.value;
    return { key: main.key, keyNode: main.keyNode, value, options: given };
  }

  /** An expression that is true or false, of what is bound here. */
  condition(node: Node): ((row: Record<string, unknown>) => boolean) | null {
    const text = this.reader.plain(node);
    const compiled = expressionAt(this.reader, node, text, this.scope, 'boolean');
    return compiled && ((row) => compiled.run(row) === true);
  }
}

/** Not what every object inherits. */
export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
