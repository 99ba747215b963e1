// When to try again: soon at first, then ever later, never all panels at once. Pure.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** `attempt` counts from 0; `random` from 0 to 1 spreads it by a quarter either way. */
export function waitMs(attempt: number, random: number): number {
  const plain = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(plain * (0.75 + random / 2));
}
