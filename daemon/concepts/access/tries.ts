// How often somebody may try a code: so many failures a minute, for each address and in all. Pure but for what it remembers,
// which is bounded.

const WINDOW_MS = 60_000;
const PER_ADDRESS = 5;
/** An attacker with many addresses gets no further: 2^40 codes, 30 tries a minute. */
const IN_ALL = 30;

export interface Tries {
  /** Whether that address may try now. */
  mayTry(address: string, nowMs: number): boolean;
  failed(address: string, nowMs: number): void;
}

export function createTries(): Tries {
  let failures: { readonly address: string; readonly atMs: number }[] = [];
  const recent = (nowMs: number) => {
    failures = failures.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    return failures;
  };
  return {
    mayTry(address, nowMs) {
      const all = recent(nowMs);
      return all.length < IN_ALL && all.filter((each) => each.address === address).length < PER_ADDRESS;
    },
    failed: (address, nowMs) => void recent(nowMs).push({ address, atMs: nowMs }),
  };
}
