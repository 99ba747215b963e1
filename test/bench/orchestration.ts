// Bench: what orchestration costs, row by row of the design's budgets, beside the same work by direct calls and with every
// call awaited. Works that are compared run in turn, a batch each: medians and 99th percentiles are those of a batch's
// mean, and a difference (matching, WHERE, actions, trace) is that of batches of the same round.
import { createBus, createIds } from '../../sync/bus.ts';
import type { EndedFlow } from '../../sync/engine/index.ts';
import { Activation, Flow, FlowRecord, Kind } from '../../sync/engine/record.ts';
import { benchContext, ruleInLua } from './support/lua-bench.ts';
import { benchBroadcast, benchRequest } from './support/orchestration-around.ts';
import {
  allAsync,
  benchEngine,
  crowd,
  direct,
  endedAt,
  everything,
  leastQueries,
  rule,
} from './support/orchestration-rig.ts';
import { benchPersist, benchSqlite } from './support/orchestration-sqlite.ts';
import { header, median, minus, row, sideBySide, timed, verdict, type Work } from './support/stopwatch.ts';

const never = () => false;
const ended = () =>
  rule('Measured', 'What is measured.').when('Part.ended', { entry: '?entry', reason: 'natural' });
const asked = () =>
  ended()
    .where('Part.rest', {}, { restMs: '?restMs' })
    .where('Part.ahead', ({ restMs }) => ({ restMs }), { isLow: true, aheadMs: '?aheadMs' });
/** They match, and no row survives. */
const rejecting = () => ended().filter(never).thenDo('Part.first', { entry: 1 });
const rejectingAsked = () => asked().filter(never).thenDo('Part.first', { entry: 1 });
const whole = asked()
  .thenDo('Part.first', ({ entry }) => ({ entry }), { passage: '?passage' })
  .thenDo('Part.second', ({ entry, passage }) => ({ entry, passage }), { play: '?play' })
  .thenDo('Part.third', ({ entry, play }) => ({ entry, play }));
/** Looks at the event, and does not match. */
const elsewhere = rule('Elsewhere', 'Looks, and does not match.')
  .when('Part.ended', { reason: 'never' })
  .thenDo('Part.first', { entry: 1 });
/** Literals match and variables bind, but they differ: matching and nothing after it. */
const unlike = rule('Unlike', 'Two fields that differ.')
  .when('Part.ended', { entry: '?x', reason: '?x' })
  .thenDo('Part.first', { entry: 1 });

type Rules = Parameters<typeof benchEngine>[0];
type Options = Parameters<typeof benchEngine>[1];

/** One event to an engine of so many rules, the last of which is `last`. */
function emitting(count: number, last: Rules[number], options?: Options): Work {
  const emit = benchEngine([...crowd(count - 1), last], options).emitter('Part');
  return (n) => emit('ended', endedAt(n));
}

async function benchParts(): Promise<void> {
  const off = { tracing: false };
  const us = await sideBySide({
    emission: emitting(20, elsewhere),
    matching20: emitting(20, unlike),
    matching100: emitting(100, unlike),
    rejected10: emitting(10, rejecting()),
    rejected20: emitting(20, rejecting()),
    rejected100: emitting(100, rejecting()),
    where: emitting(20, rejectingAsked()),
    whereOff: emitting(20, rejectingAsked(), off),
    wholeOff: emitting(20, whole, off),
    whole20: emitting(20, whole),
    whole100: emitting(100, whole),
    hear: (n) => direct.hear(endedAt(n)),
    match: (n) => direct.match(endedAt(n)),
    ask: () => void direct.ask(),
    act: (n) => direct.act(n),
    all: (n) => direct.whole(endedAt(n)),
    least: leastQueries,
    hearAsync: (n) => allAsync.hear(endedAt(n)),
    matchAsync: (n) => allAsync.match(endedAt(n)),
    askAsync: () => allAsync.ask(),
    actAsync: (n) => allAsync.act(n),
    allAsync: (n) => allAsync.whole(endedAt(n)),
  });
  const { emission, rejected10, rejected20, rejected100 } = us;
  row({
    name: 'emission, with flow and record',
    us: emission,
    target: 0.3,
    direct: us.hear,
    allAsync: us.hearAsync,
  });
  const beside = { direct: us.match, allAsync: us.matchAsync };
  row({ name: 'matching, 20 rules', us: minus(us.matching20, emission), target: 0.2, ...beside });
  row({ name: 'matching, 100 rules', us: minus(us.matching100, emission), target: 0.2, ...beside });
  const sizes = [rejected10, rejected20, rejected100];
  for (const [at, size] of [10, 20, 100].entries())
    row({ name: `  emission, matching, "0 rows", ${size} rules`, us: sizes[at] ?? [] });
  // Each beside the mean of its round: what the machine does besides falls on all three.
  const means = rejected10.map((_, round) => sizes.reduce((sum, each) => sum + (each[round] ?? 0), 0) / 3);
  const shares = sizes.map((each) => median(each.map((value, round) => value / (means[round] ?? 1))));
  verdict('  flat over 10, 20 and 100 rules: most by least', Math.max(...shares) / Math.min(...shares), 1.2);
  row({
    name: 'WHERE, two in-memory queries',
    us: minus(us.where, rejected20),
    target: 0.1,
    direct: us.ask,
    allAsync: us.askAsync,
  });
  row({ name: '  the least: two calls through a table', us: us.least });
  row({
    name: 'three actions, trace off',
    us: minus(us.wholeOff, us.whereOff),
    target: 0.5,
    direct: us.act,
    allAsync: us.actAsync,
  });
  await benchKeeping(minus(us.whole20, us.wholeOff, 4));
  const done = { target: 2.5, direct: us.all, allAsync: us.allAsync };
  row({ name: 'whole activation, 20 rules, trace on', us: us.whole20, ...done });
  row({ name: 'whole activation, 100 rules, trace on', us: us.whole100, ...done });
  row({ name: '  20 rules, trace off', us: us.wholeOff, direct: us.all, allAsync: us.allAsync });
}

/** The trace in memory beside a list of the last thousand actions, and what the edges of an activation share: the
 *  activation with its causes. */
async function benchKeeping(traced: readonly number[]): Promise<void> {
  const last: unknown[] = new Array(1024);
  const note = (n: number) => {
    last[n & 1023] = { name: 'Part.first', input: { entry: n }, output: { passage: n } };
  };
  const flow = new Flow('bench', 1, { door: 'test' }, 0, [], 0, false);
  const cause = new FlowRecord('event', new Kind('Part.ended'), flow, {}, null, null, 0);
  const compiled = {} as ConstructorParameters<typeof Activation>[0];
  const edge = (n: number) => {
    last[n & 1023] = new Activation(compiled, [cause]);
  };
  const plainEdge = (n: number) => {
    last[n & 1023] = { rule: 'Measured', causes: [n] };
  };
  const us = await sideBySide({
    note,
    edge,
    plainEdge,
    noteAsync: async (n) => note(n),
    edgeAsync: async (n) => plainEdge(n),
  });
  row({
    name: 'trace, per action, in memory',
    us: traced,
    target: 0.15,
    direct: us.note,
    allAsync: us.noteAsync,
  });
  row({
    name: 'provenance edge: activation with its cause',
    us: us.edge,
    target: 0.05,
    direct: us.plainEdge,
    allAsync: us.edgeAsync,
  });
}

async function benchBus(): Promise<void> {
  const options = { ids: createIds('b'), nowMs: () => 0, onError: () => {} };
  const nobody = createBus(options);
  const heard = createBus(options);
  const lineage = { id: '1', parent: null, root: '1', flow: '1' };
  let waiting = 0;
  heard.on('Queue.changed', (event) => {
    waiting += event.payload.waiting;
  });
  const build = () => ({ waiting: 1 });
  const us = await sideBySide({
    unheard: () => nobody.emit('Queue.changed', build),
    heard: () => heard.emit('Queue.changed', build, lineage),
    direct: () => {
      waiting += build().waiting;
    },
    allAsync: async () => {
      waiting += build().waiting;
    },
  });
  if (waiting === 0) throw new Error('nobody heard it');
  row({ name: '  bus: emit that nobody hears', us: us.unheard });
  row({ name: '  bus: emit to one listener', us: us.heard, direct: us.direct, allAsync: us.allAsync });
}

/** Ended flows of the whole activation, as trace.db is given them. */
function endedFlows(count: number): EndedFlow[] {
  const flows: EndedFlow[] = [];
  const options: Options = { onFlowEnd: (flow) => flows.push(flow), limits: { tracedFlows: count } };
  const emit = benchEngine([...crowd(19), whole], options).emitter('Part');
  for (let n = 0; n < count; n++) emit('ended', endedAt(n));
  return flows;
}

/** A rule in Lua beside the same in JavaScript (in the column of direct calls), both built once. */
async function benchLua(): Promise<void> {
  const inLua = ruleInLua("return { { 'Part.first', { entry = row.entry + 1 } } }");
  const inJs = ended().thenDo('Part.first', ({ entry }) => ({ entry: entry + 1 }));
  const us = await sideBySide({
    lua: emitting(20, inLua.rules[0] as Rules[number]),
    js: emitting(20, inJs),
  });
  inLua.end();
  row({
    name: 'Lua rule, built once: an activation',
    us: us.lua,
    target: 1.5,
    direct: us.js,
    note: 'direct: the same rule in JavaScript',
  });
}

/** 100 events a second by real timers: how late each is done after it came, and whether any is lost. */
async function benchStorm(seconds: number): Promise<void> {
  let done = 0;
  const engine = benchEngine([...crowd(19), whole], { onFlowEnd: () => void done++ });
  const emit = engine.emitter('Part');
  const delays: number[] = [];
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      // A late timer brings what is due together, as a stalled source would.
      const due = Math.floor((performance.now() - began) / 10);
      for (; sent < due && sent < seconds * 100; sent++)
        delays.push(timed(() => emit('ended', endedAt(sent))));
      if (sent < seconds * 100) return;
      clearInterval(timer);
      resolve();
    }, 10);
    const began = performance.now();
  });
  row({
    name: `storm, 100 events/s for ${seconds} s`,
    us: delays,
    target: 50_000,
    note: `lost ${sent - done}, worst ${Math.max(...delays).toFixed(0)} µs`,
  });
}

async function run(args: string[]): Promise<void> {
  const seconds = Number(args[0] ?? 10);
  header();
  await benchParts();
  await benchBus();
  await benchBroadcast();
  await benchRequest();
  await benchPersist(endedFlows(4096), 4);
  await benchSqlite();
  await benchLua();
  await benchStorm(seconds);
  benchContext({ rounds: 31, runs: 5000 });
  if (!Number.isFinite(everything())) throw new Error('nothing was measured');
}

export type { Bench } from './support/orchestration-rig.ts';
export const bench = {
  name: 'orchestration',
  summary:
    'every budget of orchestration, beside direct calls and the same all-async (argument: seconds of storm)',
  run,
};
