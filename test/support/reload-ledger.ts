// What the proof of reloading has asked, what came of it, and what is wrong with that: a version that could not have
// answered, an event that a rule did not meet, or met twice.
import { createVersions, type Versions } from './versions.ts';

export interface ReloadLedger {
  readonly script: Versions;
  readonly rules: Versions;
  /** In words. */
  readonly faults: string[];
  /** An answer that is not as it should be; null: it is. */
  check(what: string, problem: string | null): void;
  /** A notice is expected from `from` ("script", "rules", "shout") about `id`. */
  expect(from: 'script' | 'rules' | 'shout', id: number): void;
  /** A notice has come. */
  heard(data: unknown): void;
  /** How many are expected. */
  expected(): number;
  lost(): string[];
  twice(): string[];
}

export function createReloadLedger(): ReloadLedger {
  const script = createVersions();
  const rules = createVersions();
  const of = (from: string) => (from === 'rules' ? rules : script);
  const faults: string[] = [];
  /** By who tells and of what: the oldest version that may tell it. */
  const awaited = new Map<string, number>();
  const told = new Map<string, number>();
  const check = (what: string, problem: string | null) => {
    if (problem !== null) faults.push(`${what}: ${problem}`);
  };
  return {
    script,
    rules,
    faults,
    check,
    expect: (from, id) => void awaited.set(`${from} ${id}`, of(from).oldest()),
    heard(data) {
      const { message, version, n, volume } = data as Record<string, unknown>;
      const key = `${message} ${n ?? volume}`;
      const oldest = awaited.get(key);
      // Notices of the daemon's own, too.
      if (oldest === undefined) return;
      told.set(key, (told.get(key) ?? 0) + 1);
      check(key, of(String(message)).answered(version, oldest));
    },
    expected: () => awaited.size,
    lost: () => [...awaited.keys()].filter((key) => !told.has(key)),
    twice: () => [...told].filter(([, count]) => count > 1).map(([key]) => key),
  };
}
