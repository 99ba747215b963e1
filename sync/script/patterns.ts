// Patterns of rule files: field -> a literal that must be equal, or "?name", which binds. Checked against a shape.
import type { Scope } from './expression.ts';
import { hint } from './faults.ts';
import { fieldsOf, isOpen, type Shape, wordsFor } from './shapes.ts';
import { accepts, couldBe } from './values.ts';
import { isMap, isScalar, type Node, type YamlReader } from './yaml-reader.ts';

export interface PatternRead {
  readonly pattern: Readonly<Record<string, unknown>> | string;
  /** The variables it binds. */
  readonly binds: ReadonlyMap<string, Shape>;
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Words that an expression reads as something else. */
const reserved = new Set(
  (
    'as break const continue else false for function if import in let loop package namespace null return true var ' +
    'void while int uint double string bytes bool list map type dyn optional cel timestamp duration __proto__'
  ).split(' '),
);
export const isVariableName = (name: string) => variableName.test(name) && !reserved.has(name);

const empty: PatternRead = { pattern: {}, binds: new Map() };

/** `mayBeWhole`: "?name" alone binds all of it. */
export function readPattern(
  reader: YamlReader,
  node: Node | null,
  shape: Shape,
  scope: Scope,
  what: string,
  mayBeWhole = false,
): PatternRead {
  if (node === null) return empty;
  if (mayBeWhole && isScalar(node) && typeof node.value === 'string' && node.value.startsWith('?')) {
    const name = variableAt(reader, node, node.value);
    return name === null ? empty : { pattern: `?${name}`, binds: new Map([[name, shape]]) };
  }
  if (!isMap(node)) {
    reader.fault(
      node,
      `what ${what} is compared with is written as {field: value}${mayBeWhole ? ' or ?name' : ''}`,
    );
    return empty;
  }
  const fields = new Map(fieldsOf(shape).map((field) => [field.name, field]));
  const pattern: Record<string, unknown> = {};
  const binds = new Map<string, Shape>();
  for (const { key, keyNode, value } of reader.entries(node, what) ?? []) {
    const field = fields.get(key);
    if (field === undefined && !isOpen(shape)) {
      const known = [...fields.keys()];
      reader.fault(
        keyNode,
        `${what} has no "${key}"${known.length === 0 ? ' (it has no fields)' : hint(key, known)}`,
      );
      continue;
    }
    const of = field?.shape ?? 'unknown';
    if (value !== null && !isScalar(value)) {
      reader.fault(value, `a pattern compares with one value: bind it ("${key}: ?${key}") and use "if:"`);
      continue;
    }
    const wanted = value === null ? null : value.value;
    if (typeof wanted === 'string' && wanted.startsWith('?') && wanted.length > 1) {
      const name = variableAt(reader, value as Node, wanted);
      if (name === null) continue;
      const before = binds.get(name) ?? scope.get(name);
      if (before !== undefined && !couldBe(before, of))
        reader.fault(
          value as Node,
          `?${name} is ${wordsFor(before)} already, and "${key}" is ${wordsFor(of)}`,
        );
      pattern[key] = wanted;
      binds.set(name, before ?? of);
    } else if (typeof wanted === 'string' && wanted.startsWith('=')) {
      reader.fault(value as Node, `a pattern has no expressions: bind it ("${key}: ?${key}") and use "if:"`);
    } else if (!accepts(of, wanted)) {
      reader.fault(value ?? keyNode, `"${key}" is ${wordsFor(of)}, not ${JSON.stringify(wanted)}`);
    } else pattern[key] = wanted;
  }
  return { pattern, binds };
}

function variableAt(reader: YamlReader, node: Node, text: string): string | null {
  const name = text.slice(1);
  if (isVariableName(name)) return name;
  reader.fault(node, `"${text}" is no variable: letters, digits and _ after the "?"`);
  return null;
}
