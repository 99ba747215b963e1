// Pattern: a pattern compiled once into two arrays of literals and variables. Pure.
import type { PatternData, Row } from './rule.ts';

type Source = Readonly<Record<string, unknown>>;

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
  const literalFields: string[] = [];
  const literals: unknown[] = [];
  const fields: string[] = [];
  const variables: string[] = [];
  for (const [field, wanted] of Object.entries(pattern)) {
    if (isVariable(wanted)) {
      fields.push(field);
      variables.push(wanted.slice(1));
    } else {
      literalFields.push(field);
      literals.push(wanted);
    }
  }
  return {
    isEmpty: fields.length === 0 && literals.length === 0,
    variables,
    accepts(source) {
      for (let i = 0; i < literals.length; i++) {
        if ((source as Source)[literalFields[i] as string] !== literals[i]) return false;
      }
      return true;
    },
    bind(row, source) {
      for (let i = 0; i < fields.length; i++) {
        const value = (source as Source)[fields[i] as string];
        if (value === undefined || !unify(row, variables[i] as string, value)) return false;
      }
      return true;
    },
  };
}

function wholePattern(variable: string): CompiledPattern {
  return {
    isEmpty: false,
    variables: [variable],
    accepts: () => true,
    bind: (row, source) => unify(row, variable, source),
  };
}

/** Scalars unify when equal; anything else only with itself. */
function unify(row: Row, variable: string, value: unknown): boolean {
  const bound = row[variable];
  if (bound === undefined) {
    row[variable] = value;
    return true;
  }
  return bound === value;
}
