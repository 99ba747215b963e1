// Counts failures in a row, by file and by what failed (a rule's name, a route). Pure but for whom it tells.

export interface FailureCount {
  failed(file: string, what: string, message: string): void;
  succeeded(file: string, what: string): void;
  /** What of this file is switched off. */
  off(file: string): readonly string[];
  /** The file is another, or somebody wants `what` tried again: it counts anew. What was off. */
  forget(file: string, what?: string): readonly string[];
}

export const mostFailures = 5;

/** `tell`: once, when something has failed so many times in a row. */
export function createFailureCount(
  tell: (file: string, what: string, message: string) => void,
): FailureCount {
  const counts = new Map<string, Map<string, number>>();
  const off = (file: string) =>
    [...(counts.get(file) ?? [])].filter(([, count]) => count >= mostFailures).map(([what]) => what);
  return {
    failed(file, what, message) {
      const of = counts.get(file) ?? new Map<string, number>();
      counts.set(file, of);
      const count = (of.get(what) ?? 0) + 1;
      of.set(what, count);
      if (count === mostFailures) tell(file, what, message);
    },
    succeeded(file, what) {
      counts.get(file)?.delete(what);
    },
    off,
    forget(file, what) {
      const were = off(file).filter((each) => what === undefined || each === what);
      if (what === undefined) counts.delete(file);
      else counts.get(file)?.delete(what);
      return were;
    },
  };
}
