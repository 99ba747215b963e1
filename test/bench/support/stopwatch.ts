// A stopwatch for work that takes less than reading a clock: times batches, and of all works in turn, so that what the
// machine does besides falls on all of them alike. Differences are taken round by round.

/** Answers a promise where it is asynchronous: then one run is awaited after the other. */
export type Work = (n: number) => unknown;

/** Microseconds of one run, by rounds: the mean of a batch. */
export type Samples = readonly number[];

export interface Rounds {
  /** Runs in a batch. */
  readonly size?: number;
  readonly rounds?: number;
  /** Rounds that are not counted. */
  readonly warm?: number;
}

/** Times each work in each round; who is first rotates. */
export async function sideBySide<K extends string>(
  works: Readonly<Record<K, Work>>,
  { size = 100, rounds = 500, warm = 150 }: Rounds = {},
): Promise<Record<K, Samples>> {
  const names = Object.keys(works) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  let n = 0;
  for (let round = -warm; round < rounds; round++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round + warm) % names.length] as K;
      const us = (await batch(works[name], n, size)) / size;
      if (round >= 0) samples[name].push(us);
      n += size;
    }
  }
  return samples;
}

async function batch(work: Work, from: number, size: number): Promise<number> {
  const isAsync = work(from) instanceof Promise;
  const start = performance.now();
  if (isAsync) for (let n = from; n < from + size; n++) await work(n);
  else for (let n = from; n < from + size; n++) work(n);
  return (performance.now() - start) * 1000;
}

export function timed(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1000;
}

/** What `a` has on top of `b`, round by round, shared by `count`. */
export function minus(a: Samples, b: Samples, count = 1): Samples {
  return a.map((us, round) => (us - (b[round] as number)) / count);
}

export function quantile(samples: Samples, share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
export const median = (samples: Samples): number => quantile(samples, 0.5);

export interface Row {
  readonly name: string;
  readonly us: Samples;
  /** Microseconds, of the median; none: it is shown for the sake of others. */
  readonly target?: number;
  /** The same work by plain calls, and with every call awaited. */
  readonly direct?: Samples | undefined;
  readonly allAsync?: Samples | undefined;
  readonly note?: string;
}

const nameWidth = 48;

export function header(): void {
  const columns = ['median', 'p99', 'target', '', 'direct', '', 'all-async', ''];
  const widths = [9, 9, 8, 3, 9, 8, 9, 8];
  console.log(
    `${'microseconds'.padEnd(nameWidth)}${columns.map((text, at) => ` ${text.padStart(widths[at] ?? 0)}`).join('')}`,
  );
}

export function row({ name, us, target, direct, allAsync, note = '' }: Row): void {
  const middle = median(us);
  const verdict = target === undefined ? '' : middle <= target ? 'ok' : 'NO';
  const beside = (other: Samples | undefined) =>
    other === undefined
      ? [text(undefined, 9), ' '.repeat(8)]
      : [text(median(other), 9), `× ${(middle / median(other)).toPrecision(3)}`.padStart(8)];
  const cells = [
    text(middle, 9),
    text(quantile(us, 0.99), 9),
    text(target, 8),
    verdict.padEnd(3),
    ...beside(direct),
    ...beside(allAsync),
  ];
  console.log(`${name.padEnd(nameWidth)} ${cells.join(' ')}  ${note}`.trimEnd());
}

function text(us: number | undefined, width: number): string {
  if (us === undefined) return '–'.padStart(width);
  return (Math.abs(us) < 100 ? us.toFixed(3) : us.toFixed(0)).padStart(width);
}

/** A ratio with its limit, on a line of its own. */
export function verdict(name: string, value: number, limit: number): void {
  console.log(
    `${name.padEnd(nameWidth)} ${`× ${value.toFixed(3)}`.padStart(9)} ${' '.repeat(9)} ${`× ${limit}`.padStart(8)} ${value <= limit ? 'ok' : 'NO'}`,
  );
}
