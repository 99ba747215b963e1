// What the orchestration bench measures: an engine over a small vocabulary with rules of one shape, the same work as
// direct calls, and a stopwatch that times batches, so that a clock reading costs nothing.
import type { Implementation } from '../../sync/concept.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Rule,
  rulesFor,
} from '../../sync/engine/index.ts';
import type { Nothing } from '../../sync/vocabulary/common.ts';

export interface Part {
  actions: {
    first: { input: { entry: number }; output: { passage: number } };
    second: { input: { entry: number; passage: number }; output: { play: number } };
    third: { input: { entry: number; play: number }; output: { done: boolean } };
  };
  queries: {
    rest: { input: Nothing; row: { restMs: number; idle: boolean } };
    ahead: { input: { restMs: number }; row: { aheadMs: number; isLow: boolean } };
  };
  events: { ended: { entry: number; reason: string }; other: { entry: number; reason: string } };
}
export interface Bench {
  Part: Part;
}
export const { rule } = rulesFor<Bench>();

export const part: Implementation<Part> = {
  actions: {
    first: ({ entry }) => ({ passage: entry + 1 }),
    second: ({ entry, passage }) => ({ play: entry + passage }),
    third: ({ play }) => ({ done: play > 0 }),
  },
  queries: {
    rest: () => [{ restMs: 60_000, idle: false }],
    ahead: ({ restMs }) => [{ aheadMs: restMs + 1000, isLow: true }],
  },
};

export function benchEngine(rules: readonly Rule[], options: Partial<EngineOptions> = {}): Engine<Bench> {
  let last = 0;
  const engine = createEngine<Bench>({
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    timers: {
      after(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    ids: { boot: 'bench', next: () => ++last },
    onProblem: (problem) => {
      throw new Error(problem.message);
    },
    ...options,
  });
  engine.register('Part', part);
  engine.use(rules);
  return engine;
}

/** Rules that look at something else, and some that look and do not match: the crowd. */
export function crowd(count: number): Rule[] {
  return Array.from({ length: count }, (_, n) =>
    rule(`Other${n}`, 'Looks elsewhere.')
      .when('Part.other', { entry: '?entry', reason: 'never' })
      .thenDo('Part.first', ({ entry }) => ({ entry })),
  );
}

export interface Measured {
  /** The fastest batch: what it costs when nobody else wants the processor. */
  readonly bestUs: number;
  readonly medianUs: number;
  readonly p99Us: number;
}

/** Warm: times batches of `size` runs and gives the median and the 99th percentile of a batch's mean. */
export function time(run: (n: number) => void, { size = 200, batches = 400, warm = 20_000 } = {}): Measured {
  for (let n = 0; n < warm; n++) run(n);
  const samples: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const start = performance.now();
    for (let n = 0; n < size; n++) run(n);
    samples.push(((performance.now() - start) * 1000) / size);
  }
  return quantiles(samples);
}

export function quantiles(samplesUs: number[]): Measured {
  const sorted = samplesUs.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { bestUs: at(0), medianUs: at(0.5), p99Us: at(0.99) };
}

/** One row of the table. `direct`: the same work by plain calls. */
export function row(
  name: string,
  measured: Measured,
  targetUs: number | null,
  direct?: Measured,
  note = '',
): void {
  const us = (value: number) => (Number.isNaN(value) ? '–' : value.toFixed(3)).padStart(9);
  const target = targetUs === null ? '        –' : us(targetUs);
  const verdict = targetUs === null ? '   ' : measured.medianUs <= targetUs ? 'ok ' : 'NO ';
  const ratio = (of: keyof Measured) => (measured[of] / (direct?.[of] ?? 1)).toFixed(2);
  const beside =
    direct === undefined
      ? ''
      : `direct ${us(direct.medianUs)}  × ${ratio('medianUs')} (by the best × ${ratio('bestUs')})`;
  console.log(
    `${name.padEnd(54)} ${us(measured.bestUs)} ${us(measured.medianUs)} ${us(measured.p99Us)} ${target} ${verdict} ${beside} ${note}`.trimEnd(),
  );
}
