// Expressions of the owner's rules: CEL (docs/adr/020-owner-rules.md), typed by the variables in scope, compiled once.
// Pure; what could run long or grow without end (regular expressions, loops in loops, long texts) is refused.
import { Environment } from '@marcbachmann/cel-js';
import { hint } from './faults.ts';
import { alternativesOf, fieldsOf, isOpen, type Shape } from './shapes.ts';

/** Variable -> what it holds. One that may be unbound can be null. */
export type Scope = ReadonlyMap<string, Shape>;

export interface Compiled {
  readonly shape: Shape;
  readonly run: (row: Readonly<Record<string, unknown>>) => unknown;
}

export interface ExpressionFault {
  /** Within the text. */
  readonly at: number;
  readonly message: string;
}

const longestText = 1000;
const longestResult = 10_000;
const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The syntax tree as the library gives it. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
}

let base: Environment | null = null;

/** Numbers mix: our own are all doubles, CEL's literals are ints. */
function baseEnvironment(): Environment {
  if (base !== null) return base;
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 300, maxDepth: 40, maxListElements: 100, maxMapEntries: 50, maxCallArguments: 8 },
  });
  const arithmetic: [string, (a: number, b: number) => number][] = [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
    ['%', (a, b) => a % b],
  ];
  for (const [sign, run] of arithmetic) {
    const mixed = (a: number | bigint, b: number | bigint) => run(Number(a), Number(b));
    environment.registerOperator(`int ${sign} double`, mixed);
    environment.registerOperator(`double ${sign} int`, mixed);
    if (sign === '%') environment.registerOperator('double % double', run);
  }
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
  environment.registerOperator('double in list<int>', (a: number, all: bigint[]) =>
    all.some((each) => Number(each) === a),
  );
  for (const first of ['int', 'double'])
    for (const second of ['int', 'double']) {
      const of = (pick: (...all: number[]) => number) => (a: number | bigint, b: number | bigint) =>
        pick(Number(a), Number(b));
      environment.registerFunction(`min(${first}, ${second}): double`, of(Math.min));
      environment.registerFunction(`max(${first}, ${second}): double`, of(Math.max));
    }
  environment.registerFunction('round(double): double', (value: number) => Math.round(value));
  base = environment;
  return environment;
}

const environments = new WeakMap<Scope, Environment>();

function environmentOf(scope: Scope): Environment {
  let environment = environments.get(scope);
  if (environment === undefined) {
    environment = baseEnvironment().clone();
    for (const [name, shape] of scope) environment.registerVariable(name, celTypeOf(shape));
    environments.set(scope, environment);
  }
  return environment;
}

export function compileExpression(text: string, scope: Scope): Compiled | ExpressionFault {
  if (text.length > longestText)
    return { at: 0, message: `an expression has at most ${longestText} characters: use let` };
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = environmentOf(scope).parse(text);
  } catch (error) {
    const { at, summary } = read(error);
    const why = text.includes('?') && !text.includes(' ? ') ? '; variables have no "?" here' : '';
    return { at, message: `this is no expression: ${summary}${why}` };
  }
  const refused = refusal(parsed.ast as unknown as Node, scope);
  if (refused !== null) return refused;
  const checked = parsed.check();
  if (!checked.valid) {
    const { at, summary, code } = read(checked.error);
    if (code !== 'unknown_variable') return { at, message: inWords(summary) };
    const name = summary.slice(summary.lastIndexOf(' ') + 1);
    return { at, message: `there is no variable ${name} here${hint(name, scope.keys())}` };
  }
  const shape = shapeOfType(String(checked.type));
  if (shape === null) return { at: 0, message: `a ${checked.type} is no value here: give a number or text` };
  // The library takes a missing variable for an unknown one.
  const mayBeNull = [...scope].filter(([, of]) => alternativesOf(of).includes('null')).map(([name]) => name);
  const evaluate = parsed as unknown as (row: object) => unknown;
  if (mayBeNull.length === 0) return { shape, run: (row) => plain(evaluate(row)) };
  return {
    shape,
    run(row) {
      const context: Record<string, unknown> = { ...row };
      for (const name of mayBeNull) context[name] ??= null;
      return plain(evaluate(context));
    },
  };
}

function read(error: unknown): { at: number; summary: string; code: string } {
  const { range, summary, message, code } = error as {
    range?: { start?: number };
    summary?: string;
    message?: string;
    code?: string;
  };
  const text = summary ?? message ?? String(error);
  return { at: range?.start ?? 0, summary: text.split('\n')[0] ?? text, code: code ?? '' };
}

/** The library's own words, in ours. */
function inWords(summary: string): string {
  const overload = summary.match(/^no such overload: (.*)$/);
  const words = (overload ? `"${overload[1]}" is not possible` : summary)
    .replaceAll('double', 'number')
    .replaceAll('int', 'whole number');
  return words.includes('whole number') && words.includes('branches') ? `${words}: write 1.0 for 1` : words;
}

function refusal(ast: Node, scope: Scope): ExpressionFault | null {
  const visit = (node: unknown, loopsAround: number): ExpressionFault | null => {
    if (Array.isArray(node)) {
      for (const each of node) {
        const found = visit(each, loopsAround);
        if (found !== null) return found;
      }
      return null;
    }
    if (typeof node !== 'object' || node === null || !('op' in node)) return null;
    const { op, args, start: at } = node as Node;
    if (op === 'rcall' || op === 'call') {
      const [name] = args as [string];
      if (name === 'matches')
        return { at, message: 'matches is not offered, it could run for ever: use contains or startsWith' };
      if (name === 'bind') return { at, message: 'cel.bind is not offered: use let' };
      if (op === 'rcall' && loops.has(name)) {
        if (loopsAround > 0) return { at, message: 'a loop within a loop is not offered, it could run long' };
        const [, receiver, inside] = args as [string, unknown, unknown];
        return visit(receiver, loopsAround) ?? visit(inside, loopsAround + 1);
      }
    }
    if (op === 'in' && loopsAround > 0 && (args as [unknown, Node])[1].op !== 'list')
      return { at, message: '"in" a variable is a loop within a loop, it could run long' };
    if (op === '.') {
      const [left, name] = args as [Node, string];
      const of = shapeOfNode(left, scope);
      if (of !== null && !isOpen(of)) {
        const names = fieldsOf(of).map((field) => field.name);
        if (!names.includes(name)) return { at, message: `there is no field ${name}${hint(name, names)}` };
      }
    }
    return visit(args, loopsAround);
  };
  return visit(ast, 0);
}

/** Of a variable, or a field of one; null: not known. */
function shapeOfNode(node: Node, scope: Scope): Shape | null {
  if (node.op === 'id') return scope.get(String(node.args)) ?? null;
  if (node.op !== '.') return null;
  const [left, name] = node.args as [Node, string];
  const of = shapeOfNode(left, scope);
  if (of === null || isOpen(of)) return null;
  return fieldsOf(of).find((field) => field.name === name)?.shape ?? null;
}

function celTypeOf(shape: Shape): string {
  const types = new Set(alternativesOf(shape).map(celTypeOfOne));
  return types.size === 1 ? ([...types][0] as string) : 'dyn';
}

function celTypeOfOne(shape: Shape): string {
  if (shape === 'number') return 'double';
  if (shape === 'string') return 'string';
  if (shape === 'boolean') return 'bool';
  if (typeof shape === 'string') return 'dyn';
  if ('list' in shape) return `list<${celTypeOf(shape.list)}>`;
  if (!('one' in shape)) return 'dyn';
  const kinds = new Set(shape.one.map((each) => typeof each));
  if (kinds.size > 1) return 'dyn';
  return kinds.has('string') ? 'string' : kinds.has('number') ? 'double' : 'bool';
}

function shapeOfType(type: string): Shape | null {
  switch (type) {
    case 'int':
    case 'uint':
    case 'double':
      return 'number';
    case 'string':
      return 'string';
    case 'bool':
      return 'boolean';
    case 'null':
      return 'null';
    case 'dyn':
      return 'unknown';
  }
  const list = type.match(/^list<(.*)>$/);
  if (list) {
    const item = shapeOfType(list[1] as string);
    return item === null ? null : { list: item };
  }
  return type.startsWith('map<') ? { map: 'unknown' } : null;
}

/** CEL's values as plain data. Throws on what is too large. */
function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'string':
      if (value.length > longestResult)
        throw new Error(`an expression gave more than ${longestResult} characters`);
      return value;
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (Array.isArray(value)) {
    if (value.length > longestResult) throw new Error(`an expression gave more than ${longestResult} items`);
    return value.map(plain);
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), plain(item)]));
}
