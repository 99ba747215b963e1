// What is known of a file that is replaced again and again: which version may answer a request, and which may not any
// more. A version is good or faulty; one that is faulty never answers, and the good one before it goes on.

export interface Versions {
  /** It is about to be written. */
  write(version: number, isGood: boolean): void;
  /** For a request that is sent now: the oldest version that may answer it. */
  oldest(): number;
  /** An answer by `version` to a request of which `oldest` was asked when it was sent: what is wrong with it, or null. */
  answered(version: unknown, oldest: number): string | null;
  /** The last good one that was written. */
  newestGood(): number;
}

export function createVersions(): Versions {
  const good = new Set<number>();
  let newestGood = 0;
  /** Seen at work: what is older is over. */
  let seen = 0;
  return {
    write(version, isGood) {
      if (!isGood) return;
      good.add(version);
      newestGood = version;
    },
    oldest: () => seen,
    answered(version, oldest) {
      if (typeof version !== 'number' || !good.has(version)) return `${version} was never a good version`;
      if (version < oldest) return `${version} answered after ${oldest} had`;
      seen = Math.max(seen, version);
      return null;
    },
    newestGood: () => newestGood,
  };
}
