// Arguments: what a rule file gives to an action or a query, checked against its shape and compiled to a constant or
// to a function of the row. A value is a literal, "?variable", "= expression", a list or a map of these.
import { type Compiled, compileExpression, type Scope } from './expression.ts';
import { hint } from './faults.ts';
import { alternativesOf, fieldsOf, isOpen, type Shape, wordsFor } from './shapes.ts';
import { accepts, couldBe } from './values.ts';
import { isMap, isScalar, isSeq, type Node, type YamlReader } from './yaml-reader.ts';

type Row = Readonly<Record<string, unknown>>;
type Value =
  | { readonly isConstant: true; readonly value: unknown }
  | { readonly isConstant: false; readonly run: (row: Row) => unknown };

const nothing: Value = { isConstant: true, value: undefined };
const constant = (value: unknown): Value => ({ isConstant: true, value });
const deepest = 8;

/** An expression at a node, with its faults told; null after a fault. `wanted`: what it has to give. */
export function expressionAt(
  reader: YamlReader,
  node: Node,
  text: string,
  scope: Scope,
  wanted: Shape | null,
): Compiled | null {
  const trimmed = text.replace(/^=?\s*/, '');
  const compiled = compileExpression(trimmed, scope);
  const start = reader.startOfText(node);
  if ('message' in compiled) {
    if (start === null) reader.fault(node, compiled.message);
    else reader.faultAt(start + (text.length - trimmed.length) + compiled.at, compiled.message);
    return null;
  }
  if (wanted !== null && !couldBe(compiled.shape, wanted)) {
    reader.fault(node, `this gives ${wordsFor(compiled.shape)}, and ${wordsFor(wanted)} is needed`);
    return null;
  }
  return compiled;
}

/** `what`: "Player.setVolume", for messages. Null node: no arguments are given. */
export function compileArguments(
  reader: YamlReader,
  node: Node | null,
  at: Node,
  shape: Shape,
  scope: Scope,
  what: string,
): object | ((row: never) => object) {
  if (node !== null && !isMap(node)) {
    reader.fault(node, `the arguments of ${what} are written as {name: value}`);
    return {};
  }
  const value = recordValue(reader, node, at, shape, scope, what, 0);
  return value.isConstant ? (value.value as object) : (value.run as (row: never) => object);
}

function recordValue(
  reader: YamlReader,
  node: Node | null,
  at: Node,
  shape: Shape,
  scope: Scope,
  what: string,
  depth: number,
): Value {
  const fields = new Map(fieldsOf(shape).map((field) => [field.name, field]));
  const given: [string, Value][] = [];
  const seen = new Set<string>();
  let isMisspelt = false;
  for (const { key, keyNode, value } of node === null ? [] : (reader.entries(node, what) ?? [])) {
    const field = fields.get(key);
    seen.add(key);
    if (field === undefined && !isOpen(shape)) {
      const known = [...fields.keys()];
      isMisspelt = true;
      reader.fault(
        keyNode,
        `${what} has no "${key}"${known.length === 0 ? ' (it takes nothing)' : hint(key, known)}`,
      );
      continue;
    }
    const of = field?.shape ?? openShape(shape);
    given.push([
      key,
      value === null ? constant(null) : valueAt(reader, value, of, scope, `${what} "${key}"`, depth + 1),
    ]);
  }
  const missing = [...fields.values()].filter(({ name, isOptional }) => !isOptional && !seen.has(name));
  // What is missing is most likely what was misspelt.
  for (const { name, shape: of } of isMisspelt ? [] : missing)
    reader.fault(node ?? at, `${what} needs "${name}": ${wordsFor(of)}`);
  if (given.every(([, value]) => value.isConstant))
    return constant(
      Object.fromEntries(given.map(([key, value]) => [key, (value as { value: unknown }).value])),
    );
  const keys = given.map(([key]) => key);
  const reads = given.map(([, value]) => readerOf(value));
  return {
    isConstant: false,
    run(row) {
      const made: Record<string, unknown> = {};
      for (let i = 0; i < keys.length; i++)
        made[keys[i] as string] = (reads[i] as (row: Row) => unknown)(row);
      return made;
    },
  };
}

function openShape(shape: Shape): Shape {
  for (const each of alternativesOf(shape)) if (typeof each === 'object' && 'map' in each) return each.map;
  return 'unknown';
}

function valueAt(
  reader: YamlReader,
  node: Node,
  shape: Shape,
  scope: Scope,
  what: string,
  depth: number,
): Value {
  if (depth > deepest) {
    reader.fault(node, `at most ${deepest} deep`);
    return nothing;
  }
  if (isScalar(node)) return scalarValue(reader, node, shape, scope, what);
  const alternatives = alternativesOf(shape);
  if (isSeq(node)) {
    const list = alternatives.find((each) => typeof each === 'object' && 'list' in each) as
      | { list: Shape }
      | undefined;
    if (list === undefined && !alternatives.includes('unknown')) {
      reader.fault(node, `${what} is ${wordsFor(shape)}, not a list`);
      return nothing;
    }
    const items = reader
      .items(node)
      .map((item) => valueAt(reader, item, list?.list ?? 'unknown', scope, what, depth + 1));
    if (items.every((item) => item.isConstant))
      return constant(items.map((item) => (item as { value: unknown }).value));
    const reads = items.map(readerOf);
    return { isConstant: false, run: (row) => reads.map((read) => read(row)) };
  }
  if (isMap(node)) {
    const takesRecord = alternatives.some(
      (each) => each === 'unknown' || (typeof each === 'object' && ('fields' in each || 'map' in each)),
    );
    if (takesRecord) return recordValue(reader, node, node, shape, scope, what, depth);
  }
  reader.fault(node, `${what} is ${wordsFor(shape)}`);
  return nothing;
}

function readerOf(value: Value): (row: Row) => unknown {
  return value.isConstant ? () => value.value : value.run;
}

function scalarValue(reader: YamlReader, node: Node, shape: Shape, scope: Scope, what: string): Value {
  const { value } = node as unknown as { value: unknown };
  if (typeof value === 'string' && value.startsWith('=')) {
    const compiled = expressionAt(reader, node, value, scope, shape);
    return compiled === null ? nothing : checked(compiled.run, shape, what);
  }
  if (typeof value === 'string' && value.length > 1 && value.startsWith('?')) {
    const name = value.slice(1);
    const of = scope.get(name);
    if (of === undefined) {
      reader.fault(node, `nothing binds ?${name} here${hint(name, scope.keys())}`);
      return nothing;
    }
    if (!couldBe(of, shape)) {
      reader.fault(node, `${what} is ${wordsFor(shape)}, and ?${name} is ${wordsFor(of)}`);
      return nothing;
    }
    return checked((row) => row[name] ?? null, shape, what);
  }
  if (!accepts(shape, value)) {
    const literals = alternativesOf(shape).flatMap((each) =>
      typeof each === 'object' && 'one' in each ? each.one.map(String) : [],
    );
    const near = typeof value === 'string' && literals.length > 0 ? hint(value, literals) : '';
    reader.fault(node, `${what} is ${wordsFor(shape)}, not ${JSON.stringify(value)}${near}`);
  }
  return constant(value);
}

/** What is only known while it runs is looked at then: an action is never given what it does not take. */
function checked(run: (row: Row) => unknown, shape: Shape, what: string): Value {
  return {
    isConstant: false,
    run(row) {
      const value = run(row);
      if (accepts(shape, value)) return value;
      const shown = JSON.stringify(value)?.slice(0, 60) ?? String(value);
      throw new Error(`${what} is ${wordsFor(shape)}, not ${shown}`);
    },
  };
}
