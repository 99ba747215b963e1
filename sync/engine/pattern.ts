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
      binds.push(unifyText(variable, field));
      variables.push(variable);
    } else {
      tests.push(`${field} === literal${literals.length}`);
      literals.push(wanted);
    }
  }
  if (tests.length === 0 && binds.length === 0) return emptyPattern;
  const names = literals.map((_, at) => `literal${at}`);
  return lazily(variables, `return ${tests.join(' && ') || 'true'};`, binds.join(' '), names, literals);
}

const emptyPattern: CompiledPattern = {
  isEmpty: true,
  variables: [],
  accepts: () => true,
  bind: () => true,
};

function wholePattern(variable: string): CompiledPattern {
  return lazily([variable], 'return true;', unifyText(variable, 'source'));
}

/** Scalars unify when equal; anything else only with itself. */
function unifyText(variable: string, field: string): string {
  const bound = `row[${JSON.stringify(variable)}]`;
  return `value = ${field};
    if (value === undefined) return false;
    if (${bound} === undefined) ${bound} = value; else if (${bound} !== value) return false;`;
}

/** The functions are made when first called: making those of all rules would be felt at the start. */
function lazily(
  variables: readonly string[],
  accepts: string,
  bind: string,
  names: readonly string[] = [],
  values: readonly unknown[] = [],
): CompiledPattern {
  const make = () => {
    const text = `'use strict';
      return {
        accepts(source) { ${accepts} },
        bind(row, source) { let value; ${bind} return true; },
      };`;
    return Object.assign(pattern, new Function(...names, text)(...values));
  };
  const pattern: CompiledPattern = {
    isEmpty: false,
    variables,
    accepts: (source) => make().accepts(source),
    bind: (row, source) => make().bind(row, source),
  };
  return pattern;
}

/** Makes rows of one shape: every variable, undefined. */
export function rowMaker(variables: Iterable<string>): () => Row {
  const fields = [...new Set(variables)].map((variable) => `${JSON.stringify(variable)}: undefined`);
  return new Function(`return { ${fields.join(', ')} };`) as () => Row;
}
