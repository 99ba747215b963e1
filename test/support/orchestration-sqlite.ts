// The orchestration bench with real SQLite: automatic enqueueing by the rule, and the same work by direct calls;
// and what it costs to keep flows in trace.db. Both sides run alternately, over the same database.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../daemon/adapters/store/open.ts';
import { openTraceDb, type TraceDb } from '../../daemon/adapters/store/trace-db.ts';
import { createDirector } from '../../daemon/concepts/director/director.ts';
import { createHistory } from '../../daemon/concepts/history/history.ts';
import { createOverride } from '../../daemon/concepts/override/override.ts';
import { createQueue } from '../../daemon/concepts/queue/queue.ts';
import { createSettings } from '../../daemon/concepts/settings/settings.ts';
import { createTimeslots } from '../../daemon/concepts/timeslots/timeslots.ts';
import { localTimeAt } from '../../daemon/local-time.ts';
import { DEFAULT_COOLDOWNS } from '../../daemon/policy/cooldown.ts';
import type { Db } from '../../daemon/ports.ts';
import { createEngine, type EndedFlow, type Engine } from '../../sync/engine/index.ts';
import { AutoSelectWhenQueueLow } from '../../sync/rules/auto-select.ts';
import { RecordHistoryWhenStarted } from '../../sync/rules/history.ts';
import { decisiveActions, stateLikeEvents } from '../../sync/rules/index.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import { type Measured, quantiles, row } from './orchestration-rig.ts';
import { addSyntheticLibrary } from './synthetic.ts';

const passages = 10_000;

function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'segue-bench-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Automatic enqueueing over 10,000 passages, and a look-up that writes one row. */
export function benchSqlite(): void {
  for (const persisted of [false, true])
    inFolder((folder) => {
      const opened = openStore({ stateDir: folder, nowMs: Date.now() });
      if (!('db' in opened)) throw new Error(opened.message);
      const { db } = opened;
      addSyntheticLibrary(db, passages, Date.now());
      const trace = persisted
        ? openTraceDb({ path: join(folder, 'trace.db'), decisive: decisiveActions, mode: 'all' })
        : null;
      const suffix = persisted ? ', trace persisted' : '';
      benchEnqueue(db, trace, suffix);
      benchHistory(db, trace, suffix);
      trace?.close();
      db.close();
    });
}

/** Runs both alternately; each gives its own time in microseconds, or throws if it did nothing. */
function alternately(count: number, engine: (n: number) => number, direct: (n: number) => number) {
  const samples: { engine: number[]; direct: number[] } = { engine: [], direct: [] };
  for (let n = 0; n < count; n++) {
    const isWarm = n >= count / 10;
    const sides = n % 2 === 0 ? (['engine', 'direct'] as const) : (['direct', 'engine'] as const);
    for (const side of sides) {
      const us = side === 'engine' ? engine(n * 2) : direct(n * 2 + 1);
      if (isWarm) samples[side].push(us);
    }
  }
  return { engine: quantiles(samples.engine), direct: quantiles(samples.direct) };
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1000;
}

interface Shown {
  readonly engine: Measured;
  readonly direct: Measured;
}
const show = (name: string, { engine, direct }: Shown, suffix: string) =>
  row(name + suffix, engine, null, direct);

/** As the daemon runs it, but that coalesced events are dropped: the bench ends where the direct calls end. */
function daemonEngine(db: Db, trace: TraceDb | null): Engine<Vocabulary> {
  let last = 0;
  return createEngine<Vocabulary>({
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    timers: { after: () => () => {} },
    ids: { boot: 'bench', next: () => ++last },
    stateLike: stateLikeEvents,
    defer: () => {},
    aroundTurn: (run) => db.transaction(run)(),
    onProblem: (problem) => {
      throw new Error(problem.message);
    },
    ...(trace && { onFlowEnd: (flow: EndedFlow) => trace.add(flow) }),
  });
}

function benchEnqueue(db: Db, trace: TraceDb | null, suffix: string): void {
  const engine = daemonEngine(db, trace);
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  let seed = 1;
  const queue = createQueue({
    db,
    clock,
    emit: engine.emitter('Queue'),
    limits: () => ({ minPassages: 1, minMs: 0, overlapMs: 4000 }),
  });
  const director = createDirector({
    db,
    clock,
    emit: engine.emitter('Director'),
    newSeed: () => seed++,
    relaxCooldowns: () => true,
    cooldownDefaults: () => DEFAULT_COOLDOWNS,
  });
  const settings = createSettings({ db, emit: engine.emitter('Settings') });
  const timeslots = createTimeslots({ db, emit: engine.emitter('Timeslots'), timeZone: () => 'UTC' });
  const override = createOverride({ db, clock, emit: engine.emitter('Override') });
  const rest = { restMs: 20_000, idle: false, playing: true, entry: null };
  engine.register('Queue', queue);
  engine.register('Director', director);
  engine.register('Settings', settings);
  engine.register('Timeslots', timeslots);
  engine.register('Override', override);
  engine.register('Player', { actions: {}, queries: { rest: () => [rest] } } as never);
  engine.register('Appliance', {
    actions: { runChain: () => ({ run: 0 }), takeStep: () => ({}) },
    queries: { localTime: () => [localTimeAt(0, 'UTC')], now: () => [{ nowMs: Date.now() }] },
  });
  engine.use([AutoSelectWhenQueueLow]);

  const direct = db.transaction(() => {
    if (settings.queries.get({ key: 'autoplay' })[0]?.value !== true) return;
    if (director.queries.state({})[0]?.paused !== false) return;
    const { count = 0 } = director.queries.eligible({})[0] ?? {};
    const [ahead] = queue.queries.ahead({ restMs: rest.restMs, eligible: count });
    if (ahead?.isLow !== true) return;
    const targetAtMs = Math.round(Date.now() + ahead.aheadMs);
    const [asked] = override.queries.at({ atMs: targetAtMs });
    const [slot] = timeslots.queries.targetAt({ atMs: targetAtMs });
    if (slot === undefined) return;
    const target = asked === undefined ? slot : { ...asked, kind: 'override' as const };
    const chosen = director.actions.select({
      targetAtMs,
      queued: ahead.queued,
      targetName: target.name,
      target: target.flavor,
      targetKind: target.kind,
      mustPlay: ahead.waiting === 0,
    });
    if (!('selection' in chosen)) return;
    const { passage, selection } = chosen;
    queue.actions.enqueue({ passages: [passage], where: 'end', source: 'auto', selection });
  });
  const emptied = (us: number): number => {
    const { removed } = queue.actions.clear({}) as { removed: number };
    if (removed !== 1) throw new Error(`${removed} entries were enqueued instead of one`);
    return us;
  };
  const both = alternately(
    300,
    () => emptied(timed(() => engine.emit('Appliance', 'halfMinute', { nowMs: 0 }))),
    () => emptied(timed(() => direct())),
  );
  show('auto-enqueue, 10,000 passages, real SQLite', both, suffix);
}

function benchHistory(db: Db, trace: TraceDb | null, suffix: string): void {
  const engine = daemonEngine(db, trace);
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const history = createHistory({ db, clock, emit: engine.emitter('History') });
  engine.register('History', history);
  engine.use([RecordHistoryWhenStarted]);
  const direct = db.transaction((entry: number) =>
    history.actions.begin({ entry, passage: 1, atMs: Date.now() }),
  );
  const started = (entry: number) => ({
    entry,
    passage: 1,
    frame: 0,
    atMs: Date.now(),
    positionMs: 0,
    resumed: false,
  });
  const both = alternately(
    2000,
    (n) => timed(() => engine.emit('Player', 'voiceStarted', started(n))),
    (n) => timed(() => direct(n)),
  );
  show('one cheap write (History.begin), real SQLite', both, suffix);
}

const writtenBytes = () => Number(/^wchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);

/** What a flow costs to keep, per action: `flows` of them a flush, as they come at 10 flows a second. */
export function benchPersist(flows: readonly EndedFlow[], actions: number): void {
  for (const [flushMs, perFlush] of [
    [100, 1],
    [2000, 20],
    [2000, 64],
  ] as const)
    inFolder((folder) => {
      const db = openTraceDb({ path: join(folder, 'trace.db'), decisive: [], mode: 'all', flushMs: 600_000 });
      const samples: number[] = [];
      let written = 0;
      let added = 0;
      for (let at = 0; at + perFlush <= flows.length; at += perFlush) {
        const before = writtenBytes();
        const us = timed(() => {
          for (let n = at; n < at + perFlush; n++) db.add(flows[n] as EndedFlow);
          db.flush();
        });
        if (at >= flows.length / 10) {
          samples.push(us / (perFlush * actions));
          written += writtenBytes() - before;
          added += perFlush * actions;
        }
      }
      db.close();
      const name = `trace, per action, persisted (${flushMs} ms: ${perFlush} flows)`;
      row(name, quantiles(samples), 2, undefined, `${Math.round(written / added)} bytes an action`);
    });
}
