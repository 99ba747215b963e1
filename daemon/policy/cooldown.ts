// The cooldown formula and its defaults. Pure; times and ages in milliseconds.

export interface Cooldown {
  /** Not at all below this age. */
  readonly minMs: number;
  /** Then growing likelier over this time. */
  readonly rampMs: number;
}

export interface CooldownDefaults {
  readonly song: Cooldown;
  readonly artist: Cooldown;
  readonly work: Cooldown;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_COOLDOWNS: CooldownDefaults = {
  song: { minMs: 7 * DAY_MS, rampMs: 14 * DAY_MS },
  artist: { minMs: 2 * HOUR_MS, rampMs: 4 * HOUR_MS },
  work: { minMs: 3 * DAY_MS, rampMs: 7 * DAY_MS },
};

/** 0 below the minimum, rising to 1 over the ramp (no ramp: a step). An age below 0 counts as 0; never heard is an age of Infinity. */
export function cooldownFactor(ageMs: number, minMs: number, rampMs: number): number {
  const age = ageMs > 0 ? ageMs : 0;
  if (age < minMs) return 0;
  if (rampMs <= 0) return 1;
  const factor = (age - minMs) / rampMs;
  return factor < 1 ? factor : 1;
}
