// Pattern: a pattern compiled once, into functions of its own. Pure.
// They are made from text: closures of one text share V8's inline caches, and with the fields of all rules in them
// every access is a search through a table. Names of fields and variables get into the text as JSON strings only.
import type { PatternData, Row } from './rule.ts';

export interface CompiledPattern {
  readonly isEmpty: boolean;
  readonly variables: readonly string[];
  /** Every literal is equal. */
  accepts(source: object): boolean;
  /** Binds into the row; false if a field is absent or differs from what is bound already.
   *  On false the row may have been written to in part. */
  bind(row: Row, source: object): boolean;
}

export function isVariable(value: unknown): value is `?${string}` {
  return typeof value === 'string' && value.length > 1 && value[0] === '?';
}

export function compilePattern(pattern: PatternData | string): CompiledPattern {
  if (typeof pattern === 'string') return wholePattern(pattern.slice(1));
  const literals: unknown[] = [];
  const tests: string[] = [];
  const variables: string[] = [];
  const binds: string[] = [];
  for (const [name, wanted] of Object.entries(pattern)) {
    const field = `source[${JSON.stringify(name)}]`;
    if (isVariable(wanted)) {
      const variable = wanted.slice(1);
      binds.push(unifyText(`row[${JSON.stringify(variable)}]`, field));
      variables.push(variable);
    } else {
      tests.push(`${field} === literal${literals.length}`);
      literals.push(wanted);
    }
  }
  if (tests.length === 0 && binds.length === 0) return emptyPattern;
  const make = new Function(
    ...literals.map((_, at) => `literal${at}`),
    `'use strict';
    return {
      accepts(source) { return ${tests.join(' && ') || 'true'}; },
      bind(row, source) { let value; ${binds.join(' ')} return true; },
    };`,
  );
  return { isEmpty: false, variables, ...make(...literals) };
}

const emptyPattern: CompiledPattern = {
  isEmpty: true,
  variables: [],
  accepts: () => true,
  bind: () => true,
};

function wholePattern(variable: string): CompiledPattern {
  const text = unifyText(`row[${JSON.stringify(variable)}]`, 'source');
  const bind = new Function('row', 'source', `'use strict'; let value; ${text} return true;`);
  return { ...emptyPattern, isEmpty: false, variables: [variable], bind: bind as CompiledPattern['bind'] };
}

/** Scalars unify when equal; anything else only with itself. */
function unifyText(bound: string, field: string): string {
  return `value = ${field};
    if (value === undefined) return false;
    if (${bound} === undefined) ${bound} = value; else if (${bound} !== value) return false;`;
}

/** Makes rows of one shape: every variable, undefined. */
export function rowMaker(variables: Iterable<string>): () => Row {
  const fields = [...new Set(variables)].map((variable) => `${JSON.stringify(variable)}: undefined`);
  return new Function(`return { ${fields.join(', ')} };`) as () => Row;
}
