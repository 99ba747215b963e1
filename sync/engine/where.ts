// Where: extends rows by queries, filters and computed values. Synchronous, without side effects of its own.
import type { CompiledWhere } from './compile.ts';
import type { CompiledPattern } from './pattern.ts';
import type { Kind } from './record.ts';
import type { Row } from './rule.ts';

/** The rows that survive. The given array and its rows belong to this function from now on. Throws what a query,
 *  a filter or an argument throws. */
export function evaluateWhere(steps: readonly CompiledWhere[], start: Row[]): Row[] {
  let rows = start;
  for (let i = 0; i < steps.length && rows.length > 0; i++) {
    const step = steps[i] as CompiledWhere;
    switch (step.step) {
      case 'filter':
        rows = filterRows(rows, step.test);
        break;
      case 'let':
        for (const row of rows) row[step.name] = step.compute(row);
        break;
      case 'query':
        rows = rows.length === 1 ? queryOne(step, rows) : queryAll(step, rows);
        break;
    }
  }
  return rows;
}

/** A rule that joins everything with everything must not hold the music up; a flow has far fewer actions anyway. */
const mostRows = 2000;

function queryAll(step: QueryStep, rows: readonly Row[]): Row[] {
  const all: Row[] = [];
  for (const row of rows) {
    for (const extended of queryOne(step, [row])) all.push(extended);
    if (all.length > mostRows)
      throw new Error(`more than ${mostRows} rows: ask for less, or put conditions before ${step.kind.key}`);
  }
  return all;
}

type QueryStep = Extract<CompiledWhere, { step: 'query' }>;

function filterRows(rows: Row[], test: (row: Row) => boolean): Row[] {
  if (rows.length !== 1) return rows.filter(test);
  return test(rows[0] as Row) ? rows : [];
}

/** `only` holds one row; it is reused where a single answer allows it, which is nearly always. */
function queryOne(step: QueryStep, only: Row[]): Row[] {
  const row = only[0] as Row;
  const answers = ask(step.kind, step.args(row));
  const { pattern } = step;
  if (step.mode === 'each' && answers.length === 1) {
    const answer = answers[0] as object;
    return pattern.isEmpty || (pattern.accepts(answer) && pattern.bind(row, answer)) ? only : [];
  }
  const matching = extend(pattern, row, answers);
  if (step.mode === 'none') return matching.length === 0 ? only : [];
  return step.mode === 'optional' && matching.length === 0 ? only : matching;
}

function extend(pattern: CompiledPattern, row: Row, answers: readonly object[]): Row[] {
  const rows: Row[] = [];
  for (const answer of answers) {
    if (!pattern.accepts(answer)) continue;
    const extended = { ...row };
    if (pattern.bind(extended, answer)) rows.push(extended);
  }
  return rows;
}

function ask(kind: Kind, input: object): readonly object[] {
  if (kind.ask === null) throw new Error(`query ${kind.key} is not registered`);
  return kind.ask(input);
}
