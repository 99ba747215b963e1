// YAML reader: the nodes of a rule file with their places. Collects faults; knows nothing of rules.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type Fault, hint } from './faults.ts';

export type { Node, Scalar };

export interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  /** Null: nothing stands there. */
  readonly value: Node | null;
}

/** More faults than this are not told. */
const mostFaults = 50;
/** A rule file is written by hand; a larger one is a mistake. */
const largestFile = 256 * 1024;

export class YamlReader {
  readonly text: string;
  readonly root: Node | null;
  readonly faults: Fault[] = [];
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.text = text;
    if (text.length > largestFile) {
      this.root = null;
      this.faultAt(0, `a rule file has at most ${largestFile / 1024} KiB: make several of it`);
      return;
    }
    this.root = this.#parsed(text);
  }

  /** Null if it is no YAML: what a parser makes of the rest says nothing. */
  #parsed(text: string): Node | null {
    try {
      const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
      for (const { pos, message } of [...document.errors, ...document.warnings])
        this.faultAt(pos[0], `this is no YAML: ${message}`);
      return this.faults.length > 0 ? null : (document.contents as Node | null);
    } catch (error) {
      // Nested deeper than the parser can go.
      this.faultAt(0, `this is no YAML: ${(error as Error).message}`);
      return null;
    }
  }

  faultAt(offset: number, message: string): void {
    if (this.faults.length >= mostFaults) return;
    const { line, col } = this.#lines.linePos(offset);
    this.faults.push({ line: Math.max(1, line), column: Math.max(1, col), message });
  }

  fault(node: Node, message: string): void {
    this.faultAt(node.range?.[0] ?? 0, message);
  }

  /** The source of a node: what makes two versions of it the same. */
  sourceOf(node: Node): string {
    const [from, to] = node.range ?? [0, 0];
    return this.text.slice(from, to);
  }

  /** Null, and a fault, if it is no map. */
  entries(node: Node, what: string): Entry[] | null {
    if (!isMap(node)) {
      this.fault(node, `${what} is written as "key: value" lines`);
      return null;
    }
    const found: Entry[] = [];
    for (const { key, value } of (node as YAMLMap).items as Pair<Node, Node | null>[]) {
      if (!isScalar(key) || typeof key.value !== 'string' || key.value === '__proto__')
        this.fault(key ?? node, 'a key is a word');
      else if (isAlias(value)) this.fault(value, 'anchors and aliases are not read here: write it out');
      else found.push({ key: key.value, keyNode: key, value: value ?? null });
    }
    return found;
  }

  /** The entries of a map by key; one that is not among `known` is a fault. */
  record<K extends string>(
    node: Node,
    what: string,
    known: readonly K[],
  ): Partial<Record<K, { keyNode: Node; value: Node }>> | null {
    const entries = this.entries(node, what);
    if (entries === null) return null;
    const record: Partial<Record<K, { keyNode: Node; value: Node }>> = {};
    for (const { key, keyNode, value } of entries) {
      if (!known.includes(key as K)) this.fault(keyNode, `${what} has no "${key}"${hint(key, known)}`);
      else if (value === null || isNothing(value)) this.fault(keyNode, `"${key}" is empty`);
      else record[key as K] = { keyNode, value };
    }
    return record;
  }

  /** The items of a list; a single value is a list of one. */
  items(node: Node): Node[] {
    if (!isSeq(node)) return [node];
    return (node.items as Node[]).filter((item) => {
      if (!isAlias(item)) return true;
      this.fault(item, 'anchors and aliases are not read here: write it out');
      return false;
    });
  }

  /** Null, and a fault, if it is no text. */
  words(node: Node, what: string): string | null {
    if (isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '')
      return node.value.trim();
    this.fault(node, `${what} is text`);
    return null;
  }

  /** A number or text as text: "10 s", "22:00-06:00", but also 10. */
  plain(node: Node): string {
    return isScalar(node) && node.value !== null ? String(node.value).trim() : '';
  }

  /** Where the text of a scalar begins, its quote left out; null where a position in it says nothing (escapes,
   *  several lines). */
  startOfText(node: Node): number | null {
    if (!isScalar(node) || node.range === undefined || node.range === null) return null;
    const source = this.sourceOf(node);
    const at = source.indexOf(String(node.value));
    return at < 0 ? null : node.range[0] + at;
  }
}

export function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

export { isMap, isScalar, isSeq };
