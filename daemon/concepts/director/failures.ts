// When playback failures stop automatic selection: the third within a minute, for ten minutes. Pure; monotonic ms.

export const FAILURES = 3;
export const WINDOW_MS = 60_000;
export const PAUSE_MS = 600_000;

export interface FailureState {
  /** When each recent failure was, oldest first. */
  readonly at: readonly number[];
  readonly pausedUntil: number | null;
}

export const NO_FAILURES: FailureState = { at: [], pausedUntil: null };

export function afterFailure(state: FailureState, now: number): FailureState {
  const at = [...state.at.filter((time) => now - time < WINDOW_MS), now];
  return { at, pausedUntil: at.length >= FAILURES ? now + PAUSE_MS : state.pausedUntil };
}

/** How long the pause still lasts; 0 when there is none. */
export function pauseLeftMs(state: FailureState, now: number): number {
  return state.pausedUntil === null ? 0 : Math.max(0, state.pausedUntil - now);
}
