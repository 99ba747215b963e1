// What the orchestration bench measures: an engine over a small vocabulary with rules of one shape, and the same work by
// direct calls and with every call awaited.
import { monotonicMs } from '../../../daemon/clock.ts';
import type { Implementation } from '../../../sync/concept.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Rule,
  rulesFor,
} from '../../../sync/engine/index.ts';
import type { Nothing } from '../../../sync/vocabulary/common.ts';

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
    clock: { nowMs: () => Date.now(), monotonicMs },
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

type Ended = Part['events']['ended'];
const { actions, queries } = part;
type Out<A extends keyof Part['actions']> = Part['actions'][A]['output'];

let kept = 0;
/** So that no work is found to be for nothing. */
export const everything = () => kept;

/** The rules' work by plain calls: as an application without an engine has it. */
export const direct = {
  hear({ entry, reason }: Ended): void {
    if (reason === 'never') kept += entry;
  },
  match({ entry, reason }: Ended): void {
    if (reason === 'natural') kept += entry;
  },
  ask(): boolean {
    const [rest] = queries.rest({});
    const [ahead] = queries.ahead({ restMs: rest?.restMs ?? 0 });
    kept += ahead?.aheadMs ?? 0;
    return ahead?.isLow === true;
  },
  act(entry: number): void {
    const { passage } = actions.first({ entry }) as Out<'first'>;
    const { play } = actions.second({ entry, passage }) as Out<'second'>;
    const { done } = actions.third({ entry, play }) as Out<'third'>;
    kept += Number(done);
  },
  whole({ entry, reason }: Ended): void {
    if (reason === 'natural' && direct.ask()) direct.act(entry);
  },
};

/** The same with everything asynchronous, as it often is where each step may one day wait for something. */
const later = {
  rest: async () => queries.rest({}),
  ahead: async (restMs: number) => queries.ahead({ restMs }),
  first: async (input: Part['actions']['first']['input']) => actions.first(input),
  second: async (input: Part['actions']['second']['input']) => actions.second(input),
  third: async (input: Part['actions']['third']['input']) => actions.third(input),
};
export const allAsync = {
  async hear(event: Ended): Promise<void> {
    direct.hear(event);
  },
  async match(event: Ended): Promise<void> {
    direct.match(event);
  },
  async ask(): Promise<boolean> {
    const [rest] = await later.rest();
    const [ahead] = await later.ahead(rest?.restMs ?? 0);
    kept += ahead?.aheadMs ?? 0;
    return ahead?.isLow === true;
  },
  async act(entry: number): Promise<void> {
    const { passage } = await later.first({ entry });
    const { play } = await later.second({ entry, passage });
    const { done } = await later.third({ entry, play });
    kept += Number(done);
  },
  async whole({ entry, reason }: Ended): Promise<void> {
    if (reason === 'natural' && (await allAsync.ask())) await allAsync.act(entry);
  },
};

/** The least that two queries of a rule can cost: calls through a table, which no compiler can see through. */
const tableOf = (parameter: string, text: string): ((input: object) => readonly Record<string, number>[])[] =>
  Array.from(
    { length: 8 },
    (_, at) => new Function(parameter, `return [${text.replace('AT', String(at))}];`),
  ) as never;
const restTable = tableOf('', '{ restMs: 60000 + AT, idle: false }');
const aheadTable = tableOf('input', '{ aheadMs: input.restMs + AT, isLow: true }');
export function leastQueries(n: number): void {
  const rest = (restTable[n & 7] as (typeof restTable)[number])({})[0];
  const ahead = (aheadTable[n & 7] as (typeof aheadTable)[number])({ restMs: rest?.restMs ?? 0 })[0];
  kept += ahead?.aheadMs ?? 0;
}

export const endedAt = (entry: number): Ended => ({ entry, reason: 'natural' });
