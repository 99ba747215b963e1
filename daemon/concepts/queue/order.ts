// Order with gaps: where a new place number goes. Pure.

/** Distance between neighbours when places are dealt out anew. */
export const GAP = 1024;

/** `count` rising places between two neighbours (null: nothing there), or null when the gap is too small. */
export function placesBetween(before: number | null, after: number | null, count: number): number[] | null {
  if (before === null && after === null) return deal(GAP, GAP, count);
  if (after === null) return deal((before as number) + GAP, GAP, count);
  if (before === null) return deal(after - GAP * count, GAP, count);
  const step = Math.floor((after - before) / (count + 1));
  return step < 1 ? null : deal(before + step, step, count);
}

function deal(first: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index * step);
}
