// Bench: what scripts cost. The chain of three handlers in five ways, each built once and run equally often; a Lua rule's
// activation beside the same JavaScript rule; ctx in four ways. Argument: rounds (at least 30 for the record).
import {
  type Chain,
  createChain,
  fixed,
  log,
  type Middleware,
  metrics,
  retry,
} from '../../sync/chain/index.ts';
import type { Rule } from '../../sync/engine/index.ts';
import { ScriptFailure, type ScriptRequest, type ScriptValue } from '../../sync/script/host.ts';
import type { Held } from '../../sync/script/lua-script.ts';
import { benchContext, load, ruleInLua } from './support/lua-bench.ts';
import { benchEngine, crowd, rule } from './support/orchestration-rig.ts';
import { breakEven, inRounds, type Plan, type Timed, type Way } from './support/rounds.ts';
import { table } from './support/table.ts';

interface Context {
  volume: number;
  steps: number;
  loud: boolean;
}

let sink = 0;
const begin = (n: number): Context => ({ volume: (n & 15) / 16, steps: 0, loud: false });

const handlers = [
  (ctx: Context) => {
    ctx.volume = ctx.volume * 0.5 + 0.4;
  },
  (ctx: Context) => {
    ctx.steps += 1;
  },
  (ctx: Context) => {
    ctx.loud = ctx.volume > 0.7;
  },
] as const;
const names = ['volume', 'steps', 'loud'] as const;
const lua = `chain { name = 'C', summary = 'Three steps.', steps = {
  { 'halve', function(ctx) ctx.volume = ctx.volume * 0.5 + 0.4 end },
  { 'count', function(ctx) ctx.steps = ctx.steps + 1 end },
  { 'judge', function(ctx) ctx.loud = ctx.volume > 0.7 end },
} }
chain { name = 'Across', summary = 'Three steps that give back what they were given.', steps = {
  { 'halve', function(ctx) ctx.volume = ctx.volume * 0.5 + 0.4 return ctx end },
  { 'count', function(ctx) ctx.steps = ctx.steps + 1 return ctx end },
  { 'judge', function(ctx) ctx.loud = ctx.volume > 0.7 return ctx end },
} }
chain { name = 'One', summary = 'All three in one function.', steps = {
  { 'all', function(ctx)
    ctx.volume = ctx.volume * 0.5 + 0.4
    ctx.steps = ctx.steps + 1
    ctx.loud = ctx.volume > 0.7
    return ctx
  end },
} }`;

const passThrough = (name: string): Middleware<Context> => ({
  name,
  around: (_step, next) => (ctx, cancel) => next(ctx, cancel),
});
const clock = { monotonicMs: () => performance.now() };
const timers = { after: () => () => {} };

function composed(): Chain<Context> {
  const chain = createChain<Context>('bench', 'strict');
  return chain.add(...handlers.map((run, at) => ({ name: `step ${at}`, run })));
}

const running = (chain: Chain<Context>) => ({
  run(n: number) {
    const ctx = begin(n);
    void chain.run(ctx);
    sink += ctx.steps;
  },
});

/** Steps of the chain at this place of the script. */
const steps = (place: number, count = 3) =>
  Array.from({ length: count }, (_, at) => `chains.${place}.steps.${at + 1}.2`);

const checked = <T>(value: T | ScriptFailure): T => {
  if (value instanceof ScriptFailure) throw new Error(value.message);
  return value;
};

function inLua(keepsContext: boolean) {
  const script = load(lua);
  const chain = createChain<Held>('bench', 'strict');
  chain.add(
    ...steps(1).map((path) => ({
      name: path,
      run: (held: Held) => void checked(script.callHeld(path, held)),
    })),
  );
  const hold = (n: number) => checked(script.hold(begin(n) as unknown as ScriptValue));
  const own = hold(0);
  return {
    run(n: number) {
      const held = keepsContext ? own : hold(n);
      void chain.run(held);
      if (!keepsContext) script.release(held);
    },
    end: () => script.close(),
  };
}

function across(place: number, count: number) {
  const script = load(lua);
  const chain = createChain<Context>('bench', 'strict');
  chain.add(
    ...steps(place, count).map((path) => {
      const call = script.rowFunction(path, names);
      return {
        name: path,
        run: (ctx: Context) => void Object.assign(ctx, checked(call([ctx.volume, ctx.steps, ctx.loud]))),
      };
    }),
  );
  return { ...running(chain), end: () => script.close() };
}

const chains: readonly Way[] = [
  {
    name: 'hard-coded',
    build: () => {
      const [first, second, third] = handlers;
      return {
        run(n) {
          const ctx = begin(n);
          first(ctx);
          second(ctx);
          third(ctx);
          sink += ctx.steps;
        },
      };
    },
  },
  { name: 'composed once', build: () => running(composed()) },
  {
    name: 'composed anew for each run',
    build: () => ({ run: (n) => running(composed()).run(n) }),
  },
  {
    name: 'with three middleware that do nothing',
    build: () => running(composed().use(passThrough('a'), passThrough('b'), passThrough('c'))),
  },
  {
    name: 'with log, metrics, retry',
    build: () =>
      running(
        composed().use(
          log({ write: () => {} }),
          metrics(clock),
          retry({ times: 3, backoff: fixed(1), timers }),
        ),
      ),
  },
  { name: 'in Lua, the context stays there from run to run', build: () => inLua(true) },
  { name: 'in Lua, a context for each run, which stays there', build: () => inLua(false) },
  { name: 'in Lua, values crossing at each step', build: () => across(2, 3) },
  { name: 'in Lua, the three in one function, values crossing once', build: () => across(3, 1) },
];

const ns = (value: number) => value.toFixed(Math.abs(value) < 100 ? 1 : 0);

function show(timed: readonly Timed[], beside: string): void {
  const first = timed.find(({ name }) => name === beside) as Timed;
  table(
    ['', 'run ns', 'best', 'set-up ns', `beside "${beside}"`, 'break-even'],
    timed.map((each) => [
      each.name,
      ns(each.runNs),
      ns(each.bestNs),
      ns(each.setUpNs),
      each === first
        ? '–'
        : `+${ns(each.runNs - first.runNs)} ns, × ${(each.runNs / first.runNs).toFixed(1)}`,
      each === first ? '–' : breakEven(each, first),
    ]),
  );
}

function benchChains(plan: Plan): void {
  const timed = inRounds(chains, plan);
  show(timed, 'hard-coded');
  const of = (name: string) => timed.find((each) => each.name.startsWith(name)) as Timed;
  const stays = of('in Lua, a context for each run');
  const pairs: [Timed, Timed][] = [
    [of('composed once'), of('composed anew')],
    [stays, of('in Lua, values crossing at each')],
    [stays, of('composed once')],
    [of('in Lua, the three'), of('composed once')],
  ];
  for (const [one, other] of pairs)
    console.log(`"${one.name}" beside "${other.name}": ${breakEven(one, other)}`);
}

const inJs = () => rule('R', 'What is measured.').when('Part.ended', { entry: '?entry', reason: 'natural' });

function engineWay(name: string, build: () => { rules: readonly Rule[]; end?: () => void }): Way {
  return {
    name,
    build: () => {
      const { rules, end } = build();
      const emit = benchEngine([...crowd(17), ...rules]).emitter('Part');
      return { run: (n) => emit('ended', { entry: n, reason: 'natural' }), end: () => end?.() };
    },
  };
}

function benchRules(plan: Plan): void {
  const oneAction = "return { { 'Part.first', { entry = row.entry + 1 } } }";
  const pairs: readonly (readonly [Way, Way])[] = [
    [
      engineWay('one action', () => ({
        rules: [inJs().thenDo('Part.first', ({ entry }) => ({ entry: entry + 1 }))],
      })),
      engineWay('one action', () => ruleInLua(oneAction)),
    ],
    [
      engineWay('WHERE is false', () => ({
        rules: [
          inJs()
            .filter(({ entry }) => entry < 0)
            .thenDo('Part.first', { entry: 1 }),
        ],
      })),
      engineWay('WHERE is false', () =>
        ruleInLua(oneAction, 'where = function(row) return row.entry < 0 end,'),
      ),
    ],
  ];
  const timed = inRounds(pairs.flat(), plan);
  console.log(
    '\nThe activation of a rule: an event, matched among 18 rules, and what it does. Target: 1500 ns in Lua.',
  );
  table(
    ['', 'JavaScript ns', 'best', 'Lua ns', 'best', 'Lua has on top', 'break-even'],
    pairs.map(([{ name }], at) => {
      const [js, lua] = timed.slice(2 * at, 2 * at + 2) as [Timed, Timed];
      const more = `${ns(lua.runNs - js.runNs)} (best ${ns(lua.bestNs - js.bestNs)})`;
      return [name, ns(js.runNs), ns(js.bestNs), ns(lua.runNs), ns(lua.bestNs), more, breakEven(lua, js)];
    }),
  );
}

/** The same through the addon, as a request from outside goes. */
function benchServe(plan: Plan): void {
  const value = { name: 'Ann', count: 12 };
  const request: ScriptRequest = {
    method: 'GET',
    path: '/x/things/1',
    headers: () => value,
    query: () => value,
    params: () => value,
    body: () => ({ value }),
  };
  const uses = ['', 'ctx:headers().name', 'ctx:headers().name, ctx:query().name, ctx:params().name'];
  const all = [...uses, `${uses[2]}, ctx:body().name`];
  const timed = inRounds(
    all.map((used, at) => ({
      name: `${[0, 1, 3, 4][at]} fields`,
      build: () => {
        const script = load(`function api.a.get(ctx) local a, b, c, d = ${used || 'nil'} end`);
        return {
          run: () => void checked(script.serve([], 'api.a.get', [], request)),
          end: () => script.close(),
        };
      },
    })),
    plan,
  );
  console.log('\nctx through the addon, the fields made by JavaScript:');
  table(
    ['', 'request ns', 'best'],
    timed.map(({ name, runNs, bestNs }) => [name, ns(runNs), ns(bestNs)]),
  );
}

async function run(args: string[]): Promise<void> {
  const plan = { rounds: Number(args[0] ?? 31), runs: Number(args[1] ?? 5000) };
  console.log(`${plan.rounds} rounds of ${plan.runs} runs; nanoseconds, medians\n`);
  benchChains(plan);
  benchRules(plan);
  benchContext(plan);
  benchServe(plan);
  if (!Number.isFinite(sink)) throw new Error('nothing was measured');
}

export const bench = {
  name: 'scripts',
  summary:
    'chains, rules and ctx in Lua beside JavaScript: ns, break-even (arguments: rounds, runs in a round)',
  run,
};
