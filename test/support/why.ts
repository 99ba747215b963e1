// Reads a fact of a why-sentence back: what SelectionFacts holds at a path such as `candidates[4].weight`.

/** Also `candidates.length` and `sum(candidates.weight)`. Undefined where there is nothing. */
export function readFact(facts: unknown, path: string): unknown {
  const sum = path.match(/^sum\((\w+)\.(\w+)\)$/);
  if (sum !== null) {
    const rows = readFact(facts, sum[1] ?? '') as Record<string, number>[];
    return rows.reduce((total, row) => total + (row[sum[2] ?? ''] ?? Number.NaN), 0);
  }
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], facts);
}
