// Measures several ways of doing the same: each is built once and run the same number of times, and they take turns,
// round by round, so that whatever else the machine does meets all of them alike. Nanoseconds; medians over the rounds.
import { quantile } from './table.ts';

export interface Way {
  readonly name: string;
  /** Builds it. `run` does it once; `end` gives back what it holds. */
  build(): { run(n: number): void; end?(): void };
}

export interface Timed {
  readonly name: string;
  /** To build it. */
  readonly setUpNs: number;
  /** To run it once. */
  readonly runNs: number;
  readonly bestNs: number;
}

export interface Plan {
  readonly rounds: number;
  /** Runs in a round. */
  readonly runs: number;
}

const warmRounds = 3;

export function inRounds(ways: readonly Way[], { rounds, runs }: Plan): Timed[] {
  const built = ways.map((way) => ({
    way,
    it: way.build(),
    setUps: [] as number[],
    samples: [] as number[],
  }));
  for (let round = -warmRounds; round < rounds; round++) {
    for (const { way, it, setUps, samples } of built) {
      const setUpStart = process.hrtime.bigint();
      const other = way.build();
      const setUpNs = Number(process.hrtime.bigint() - setUpStart);
      other.end?.();
      const start = process.hrtime.bigint();
      for (let n = 0; n < runs; n++) it.run(n);
      const ns = Number(process.hrtime.bigint() - start) / runs;
      if (round < 0) continue;
      setUps.push(setUpNs);
      samples.push(ns);
    }
  }
  return built.map(({ way, it, setUps, samples }) => {
    it.end?.();
    return {
      name: way.name,
      setUpNs: quantile(setUps, 0.5),
      runNs: quantile(samples, 0.5),
      bestNs: quantile(samples, 0),
    };
  });
}

/** After how many runs the one that costs more to build has paid for it; in words, also where there is no such number. */
export function breakEven(one: Timed, other: Timed): string {
  const setUp = one.setUpNs - other.setUpNs;
  const saved = other.runNs - one.runNs;
  if (setUp <= 0 && saved >= 0) return 'none: cheaper to build and to run';
  if (setUp >= 0 && saved <= 0) return 'none: dearer to build and to run';
  const runs = Math.ceil(setUp / saved);
  return saved > 0 ? `cheaper from run ${runs} on` : `dearer from run ${runs} on`;
}
