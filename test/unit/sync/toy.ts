// A toy vocabulary and an engine around it, with a clock and timers moved by hand.
import type { Implementation } from '../../../sync/concept.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Problem,
  rulesFor,
} from '../../../sync/engine/index.ts';
import type { Failure, Nothing } from '../../../sync/vocabulary/common.ts';

export interface Bell {
  actions: {
    ring: { input: { tone: number }; output: { rung: number } | Failure<'BROKEN'> };
    slow: { input: { tone: number }; output: { rung: number } };
    say: { input: { word: string; secret?: string }; output: Nothing };
  };
  queries: {
    tones: { input: Nothing; row: { tone: number; loud: boolean } };
    tone: { input: { tone: number }; row: { loud: boolean } };
  };
  events: { rang: { tone: number }; changed: { tone: number }; tick: Nothing };
}
export interface Log {
  actions: { write: { input: { text: string }; output: { line: number } } };
  queries: Record<never, never>;
  events: Record<never, never>;
}
export interface Toy {
  Bell: Bell;
  Log: Log;
}
export const { rule, on } = rulesFor<Toy>();

export interface ToyEngine {
  readonly engine: Engine<Toy>;
  readonly lines: string[];
  readonly problems: Problem[];
  /** Replace to change what an action does. */
  readonly bell: { -readonly [A in keyof Bell['actions']]: Implementation<Bell>['actions'][A] };
  tones: { tone: number; loud: boolean }[];
  readonly clock: { ms: number };
  /** Moves time on and fires what is due. */
  pass(ms: number): void;
  /** Timers not yet fired. */
  readonly waiting: number;
}

export interface ToyOptions extends Partial<EngineOptions> {
  readonly sensitive?: readonly string[];
}

export function toyEngine({ sensitive = [], ...options }: ToyOptions = {}): ToyEngine {
  const clock = { ms: 0 };
  let timers: { atMs: number; run: () => void }[] = [];
  let lastId = 0;
  const problems: Problem[] = [];
  const lines: string[] = [];
  const engine = createEngine<Toy>({
    clock: { nowMs: () => 1_700_000_000_000 + clock.ms, monotonicMs: () => clock.ms },
    timers: {
      after(delayMs, run) {
        const timer = { atMs: clock.ms + delayMs, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
    ids: { boot: 'b', next: () => ++lastId },
    stateLike: ['Bell.changed'],
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  const bell: ToyEngine['bell'] = {
    ring: ({ tone }) => ({ rung: tone }),
    slow: async ({ tone }) => ({ rung: tone }),
    say: () => ({}),
  };
  const toy: ToyEngine = {
    engine,
    lines,
    problems,
    bell,
    tones: [],
    clock,
    pass(ms) {
      clock.ms += ms;
      for (;;) {
        const due = timers.find((timer) => timer.atMs <= clock.ms);
        if (due === undefined) return;
        timers = timers.filter((other) => other !== due);
        due.run();
      }
    },
    get waiting() {
      return timers.length;
    },
  };
  engine.register(
    'Bell',
    {
      actions: {
        ring: (input) => bell.ring(input),
        slow: (input) => bell.slow(input),
        say: (input) => bell.say(input),
      },
      queries: {
        tones: () => toy.tones,
        tone: ({ tone }) => toy.tones.filter((row) => row.tone === tone),
      },
    },
    { sensitive },
  );
  engine.register('Log', {
    actions: {
      write: ({ text }) => {
        lines.push(text);
        return { line: lines.length };
      },
    },
    queries: {},
  });
  return toy;
}

export const test = { door: 'test' } as const;
