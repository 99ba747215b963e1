// Batch size: how many rows the next batch should carry, so that storing it holds the main thread for at most 20 ms.
// Pure.

const TARGET_MS = 20;
/** The first row goes alone, so that it can play at once. */
export const FIRST_ROWS = 1;
const FEWEST_ROWS = 8;
const MOST_ROWS = 100;

/** A slow card takes its time for every commit, however small: below 8 rows nothing would be won. */
export function nextRows(rows: number, tookMs: number): number {
  const grown = rows * 2;
  const fitting = Math.floor((rows * TARGET_MS * 0.75) / Math.max(tookMs, 0.1));
  return Math.max(FEWEST_ROWS, Math.min(grown, fitting, MOST_ROWS));
}
