// Faults: what is wrong with a rule file, where, and what would be right. Pure.

export interface Fault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** As compilers write it, so that an editor finds the place. */
export function faultText(file: string, { line, column, message }: Fault): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** "did you mean ...?", or all that there is when it is little, or nothing. */
export function hint(name: string, known: Iterable<string>): string {
  const names = [...known];
  const best = nearestName(name, names);
  if (best !== null) return `: did you mean ${best}?`;
  return names.length > 0 && names.length <= 12 ? `: there is ${names.join(', ')}` : '';
}

/** The known name that a mistyped one most likely stands for; null: none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const each of known) {
    const distance = editDistance(name.toLowerCase(), each.toLowerCase(), least);
    if (distance >= least) continue;
    best = each;
    least = distance;
  }
  return best;
}

/** Levenshtein's, counting a swap of neighbours as one; stops early at `enough`. */
function editDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough || a.length > 100) return enough;
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (old[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    older = old;
    old = row;
  }
  return old[b.length] ?? enough;
}
