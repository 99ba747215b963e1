// Skip hold: skips are refused for a while, because a rule wants what has just begun to be heard. Pure but for the clock.
import type { Clock } from '../../ports.ts';

/** A mistaken rule must not take the remote control away for long. */
const LONGEST_MS = 600_000;

export interface SkipHold {
  /** From now on for so long; 0 ends it. Answers how long it is. */
  hold(forMs: number): number;
  /** The failure to answer while it holds; null: skip. */
  refusal(): { readonly error: 'HELD'; readonly message: string } | null;
}

export function createSkipHold(clock: Clock): SkipHold {
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    hold(forMs) {
      const heldMs = Math.min(LONGEST_MS, Math.max(0, Math.round(forMs)));
      untilMs = clock.monotonicMs() + heldMs;
      return heldMs;
    },
    refusal() {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) return null;
      const message = `A rule holds skips for another ${Math.ceil(leftMs / 1000)} s: segue rules list.`;
      return { error: 'HELD', message };
    },
  };
}
