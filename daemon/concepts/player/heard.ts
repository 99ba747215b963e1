// When a passage counts as heard. Pure.

const HEARD_MS = 30_000;

/** Heard: at least 30 s, or at least half of it. */
export function isHeard(heardMs: number, durationMs: number): boolean {
  return heardMs >= HEARD_MS || heardMs * 2 >= durationMs;
}
