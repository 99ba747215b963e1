// Bench: what orchestration costs, part by part, beside the same work by direct calls. Targets: the budgets of the
// design. Medians and 99th percentiles of batches; on a machine that does other things look at the medians.
import { createBus, createIds } from '../../sync/bus.ts';
import type { EndedFlow } from '../../sync/engine/index.ts';
import { Activation, Flow, FlowRecord, Kind } from '../../sync/engine/record.ts';
import {
  type Bench,
  benchEngine,
  crowd,
  type Measured,
  part,
  quantiles,
  row,
  rule,
  time,
} from '../support/orchestration-rig.ts';
import { benchPersist, benchSqlite } from '../support/orchestration-sqlite.ts';

const never = () => false;
const ended = () =>
  rule('Measured', 'What is measured.').when('Part.ended', { entry: '?entry', reason: 'natural' });
const asked = () =>
  ended()
    .where('Part.rest', {}, { restMs: '?restMs' })
    .where('Part.ahead', ({ restMs }) => ({ restMs }), { isLow: true, aheadMs: '?aheadMs' });
const whole = asked()
  .thenDo('Part.first', ({ entry }) => ({ entry }), { passage: '?passage' })
  .thenDo('Part.second', ({ entry, passage }) => ({ entry, passage }), { play: '?play' })
  .thenDo('Part.third', ({ entry, play }) => ({ entry, play }));

let sink = 0;

function directQueries(): boolean {
  const [rest] = part.queries.rest({});
  const [ahead] = part.queries.ahead({ restMs: rest?.restMs ?? 0 });
  sink += ahead?.aheadMs ?? 0;
  return ahead?.isLow === true;
}
function directActions(entry: number): void {
  const { passage } = part.actions.first({ entry }) as { passage: number };
  const { play } = part.actions.second({ entry, passage }) as { play: number };
  const { done } = part.actions.third({ entry, play }) as { done: boolean };
  sink += Number(done);
}
function directWhole(entry: number): void {
  if (directQueries()) directActions(entry);
}

type Options = Parameters<typeof benchEngine>[1];

/** One event to an engine with these rules: the mean of a batch, over and over. */
function emitting(rules: Parameters<typeof benchEngine>[0], options?: Options): Measured {
  const emit = benchEngine(rules, options).emitter('Part');
  return time((n) => emit('ended', { entry: n, reason: 'natural' }));
}

/** What a has on top of b, shared by `count` things. Differences of percentiles say nothing: none is given. */
const minus = (a: Measured, b: Measured, count = 1): Measured => ({
  bestUs: Math.max(0, a.bestUs - b.bestUs) / count,
  medianUs: Math.max(0, a.medianUs - b.medianUs) / count,
  p99Us: Number.NaN,
});

function benchParts(): void {
  const bare = emitting([...crowd(17), ended().filter(never).thenDo('Part.first', { entry: 1 })]);
  const recorded = (() => {
    const other = rule('Elsewhere', 'Looks, and does not match.').when('Part.ended', { reason: 'never' });
    return emitting([...crowd(17), other.thenDo('Part.first', { entry: 1 })]);
  })();
  row('emission, with flow and record', recorded, 0.3);
  // Literals match and variables bind, but the same variable does not unify: matching and nothing after it.
  const unlike = rule('Unlike', 'Two fields that differ.').when('Part.ended', { entry: '?x', reason: '?x' });
  const matched = emitting([...crowd(17), unlike.thenDo('Part.first', { entry: 1 })]);
  row('matching, one rule of 18', minus(matched, recorded), 0.2);
  row('activation: timing, metrics, "matched, 0 rows"', minus(bare, matched), null);
  const bySize = [10, 20, 100].map((size) => {
    const measured = emitting([...crowd(size - 1), ended().filter(never).thenDo('Part.first', { entry: 1 })]);
    row(`  emission and matching, ${size} rules`, measured, null);
    return measured.bestUs;
  });
  const spread = Math.max(...bySize) / Math.min(...bySize);
  console.log(`  flat over 10, 20 and 100 rules, by the best: × ${spread.toFixed(2)} (target ≤ 1.2)`);

  const where = emitting([...crowd(17), asked().filter(never).thenDo('Part.first', { entry: 1 })]);
  const directWhere = time(() => void directQueries());
  row('WHERE, two in-memory queries', minus(where, bare), 0.1, directWhere);

  const off = { tracing: false };
  const untraced = emitting([...crowd(17), whole], off);
  const untracedWhere = emitting(
    [...crowd(17), asked().filter(never).thenDo('Part.first', { entry: 1 })],
    off,
  );
  row('three actions, trace off', minus(untraced, untracedWhere), 0.5, time(directActions));

  const traced = emitting([...crowd(17), whole]);
  const perAction = minus(traced, untraced, 4);
  row('trace, per action, in memory', perAction, 0.15);
  benchEdge();
  row('whole activation, trace on', traced, 2.5, time(directWhole));
  row('whole activation, trace off', untraced, null, time(directWhole));
}

/** What the edges of all actions of an activation share: the activation with its causes. */
function benchEdge(): void {
  const flow = new Flow('bench', 1, { door: 'test' }, 0, [], 0, false);
  const cause = new FlowRecord('event', new Kind('Part.ended'), flow, {}, null, null, 0);
  const compiled = {} as ConstructorParameters<typeof Activation>[0];
  const kept: unknown[] = new Array(64);
  const measured = time((n) => {
    kept[n & 63] = new Activation(compiled, [cause]);
  });
  row('provenance: activation with its cause', measured, 0.05);
}

function benchAround(): void {
  const nobody = createBus({ ids: createIds('b'), nowMs: () => 0, onError: () => {} });
  row(
    'bus: emit that nobody hears',
    time(() => nobody.emit('Queue.changed', () => ({ waiting: 1 }))),
    null,
  );
  const heard = createBus({ ids: createIds('b'), nowMs: () => 0, onError: () => {} });
  const lineage = { id: '1', parent: null, root: '1', flow: '1' };
  heard.on('Queue.changed', (event) => {
    sink += event.payload.waiting;
  });
  const build = () => ({ waiting: 1 });
  row(
    'bus: emit to one listener',
    time(() => heard.emit('Queue.changed', build, lineage)),
    0.3,
  );

  // One change, ten clients: the rule and its action; encoding and sockets come after it, once for all.
  const clients: number[] = [];
  const broadcast = benchEngine([ended().thenDo('Part.first', ({ entry }) => ({ entry }))]).emitter('Part');
  const tell = (n: number) => {
    clients.length = 0;
    for (let client = 0; client < 10; client++) clients.push(n);
  };
  row(
    'SSE broadcast: orchestration of one change',
    time((n) => {
      broadcast('ended', { entry: n, reason: 'natural' });
      tell(n);
    }),
    2,
    time((n) => {
      part.actions.first({ entry: n });
      tell(n);
    }),
  );

  const door = benchEngine([
    rule('After', 'Something follows.')
      .when('Part.first', { entry: '?entry' }, { passage: '?passage' })
      .thenDo('Part.second', ({ entry, passage }) => ({ entry, passage })),
  ]);
  row(
    'control request: share of orchestration',
    time((n) => void door.run('Part', 'first', { entry: n }, { door: 'test' })),
    5,
    time((n) => void part.actions.first({ entry: n })),
  );
}

/** Ended flows of the whole activation, as trace.db is given them. */
function endedFlows(count: number): EndedFlow[] {
  const flows: EndedFlow[] = [];
  const options: Options = { onFlowEnd: (flow) => flows.push(flow), limits: { tracedFlows: count } };
  const emit = benchEngine([...crowd(17), whole], options).emitter('Part');
  for (let n = 0; n < count; n++) emit('ended', { entry: n, reason: 'natural' });
  return flows;
}

/** 100 events a second by real timers: how late each is done after it came, and whether any is lost. */
async function benchStorm(seconds: number): Promise<void> {
  let done = 0;
  const engine = benchEngine([...crowd(17), whole], { onFlowEnd: () => void done++ });
  const emit = engine.emitter('Part');
  const delays: number[] = [];
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      // A late timer brings what is due together, as a stalled source would.
      const due = Math.floor((performance.now() - began) / 10);
      for (; sent < due && sent < seconds * 100; sent++) {
        const start = performance.now();
        emit('ended', { entry: sent, reason: 'natural' });
        delays.push((performance.now() - start) * 1000);
      }
      if (sent < seconds * 100) return;
      clearInterval(timer);
      resolve();
    }, 10);
    const began = performance.now();
  });
  const worst = Math.max(...delays);
  const lost = sent - done;
  row(
    `storm, 100 events/s for ${seconds} s`,
    quantiles(delays),
    50_000,
    undefined,
    `lost ${lost}, worst ${worst.toFixed(0)} us`,
  );
}

async function run(args: string[]): Promise<void> {
  const seconds = Number(args[0] ?? 10);
  console.log(`${''.padEnd(54)}   best us    median       p99    target`);
  benchParts();
  benchAround();
  benchPersist(endedFlows(4000), 4);
  benchSqlite();
  await benchStorm(seconds);
  if (!Number.isFinite(sink)) throw new Error('nothing was measured');
}

export type { Bench };
export const bench = {
  name: 'orchestration',
  summary:
    'rules beside direct calls: emission, matching, WHERE, actions, trace, SQLite (argument: seconds of storm)',
  run,
};
