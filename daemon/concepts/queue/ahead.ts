// How much lies ahead, and whether that is too little. Pure.

export interface QueueLimits {
  /** Low below this many passages, the sounding one counted. */
  readonly minPassages: number;
  /** Low below this much music: the rest of what sounds and all that waits. */
  readonly minMs: number;
  /** The overlap expected between neighbours. */
  readonly overlapMs: number;
}

export interface Ahead {
  readonly passages: number;
  readonly aheadMs: number;
  readonly isLow: boolean;
}

/** `waitingMs`: the length of each waiting entry. `distinct`: different passages waiting or sounding. */
export function lookAhead(
  limits: QueueLimits,
  now: {
    restMs: number;
    isSounding: boolean;
    waitingMs: readonly number[];
    distinct: number;
    isFull: boolean;
  },
  eligible: number,
): Ahead {
  const waiting = now.waitingMs.length;
  const passages = waiting + (now.isSounding ? 1 : 0);
  const aheadMs = now.waitingMs.reduce(
    // A crossfade is at most half of what it joins.
    (sum, ms) => sum + ms - Math.min(limits.overlapMs, ms / 2),
    now.restMs,
  );
  if (waiting === 0) return { passages, aheadMs, isLow: true };
  const isShort = passages < limits.minPassages || aheadMs < limits.minMs;
  // A small library is not queued over and over: half of it is enough.
  const isHalfQueued = now.distinct * 2 >= eligible;
  return { passages, aheadMs, isLow: isShort && !isHalfQueued && !now.isFull };
}
