// The orchestration bench with real SQLite: automatic enqueueing by the rule, and the same work by direct calls;
// and what it costs to keep flows in trace.db. Both sides run alternately, over the same database.

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../daemon/adapters/store/open.ts';
import { openTraceDb, type TraceDb } from '../../../daemon/adapters/store/trace-db.ts';
import { monotonicMs } from '../../../daemon/clock.ts';
import { createDirector } from '../../../daemon/concepts/director/director.ts';
import { createHistory } from '../../../daemon/concepts/history/history.ts';
import { createOverride } from '../../../daemon/concepts/override/override.ts';
import { createQueue } from '../../../daemon/concepts/queue/queue.ts';
import { createSettings } from '../../../daemon/concepts/settings/settings.ts';
import { createTaste } from '../../../daemon/concepts/taste/taste.ts';
import { createTimeslots } from '../../../daemon/concepts/timeslots/timeslots.ts';
import { localTimeAt } from '../../../daemon/local-time.ts';
import { DEFAULT_COOLDOWNS } from '../../../daemon/policy/cooldown.ts';
import type { Db } from '../../../daemon/ports.ts';
import { createEngine, type EndedFlow, type Engine } from '../../../sync/engine/index.ts';
import { AutoSelectWhenQueueLow } from '../../../sync/rules/auto-select.ts';
import { RecordHistoryWhenStarted } from '../../../sync/rules/history.ts';
import { decisiveActions, stateLikeEvents } from '../../../sync/rules/index.ts';
import type { Vocabulary } from '../../../sync/vocabulary/index.ts';
import type { Bend } from '../../../sync/vocabulary/taste.ts';
import { addSyntheticLibrary } from '../../support/synthetic.ts';
import { median, row, type Samples, timed, verdict } from './stopwatch.ts';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'segue-bench-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A large library, and the heaviest selection that is asked of the board. */
const LIBRARIES = [
  { passages: 10_000, persisted: false },
  { passages: 10_000, persisted: true },
  { passages: 50_000, persisted: false },
] as const;

/** Automatic enqueueing, and a look-up that writes one row. */
export async function benchSqlite(): Promise<void> {
  for (const { passages, persisted } of LIBRARIES)
    await inFolder(async (folder) => {
      const opened = openStore({ stateDir: folder, nowMs: Date.now() });
      if (!('db' in opened)) throw new Error(opened.message);
      const { db } = opened;
      addSyntheticLibrary(db, passages, Date.now());
      const trace = persisted
        ? openTraceDb({ path: join(folder, 'trace.db'), decisive: decisiveActions, mode: 'all' })
        : null;
      const suffix = persisted ? ', trace persisted' : '';
      await benchEnqueue(db, trace, `of ${passages / 1000}k, SQLite${suffix}`);
      if (passages === LIBRARIES[0].passages) await benchHistory(db, trace, suffix);
      trace?.close();
      db.close();
    });
}

interface Sides {
  engine(n: number): number;
  direct(n: number): number;
  allAsync(n: number): Promise<number>;
}

/** Every order of them: none always follows the same other, whose traces in the caches and the heap it would pay for. */
const ORDERS: readonly (readonly (keyof Sides)[])[] = [
  ['engine', 'direct', 'allAsync'],
  ['direct', 'engine', 'allAsync'],
  ['allAsync', 'engine', 'direct'],
  ['engine', 'allAsync', 'direct'],
  ['direct', 'allAsync', 'engine'],
  ['allAsync', 'direct', 'engine'],
];

/** Runs all in turn over the same database; each gives its own time in microseconds, or throws if it did nothing. */
async function inTurn(count: number, sides: Sides): Promise<Record<keyof Sides, Samples>> {
  const samples: Record<keyof Sides, number[]> = { engine: [], direct: [], allAsync: [] };
  let run = 0;
  for (let n = 0; n < count; n++) {
    for (const side of ORDERS[n % ORDERS.length] ?? []) {
      const us = await sides[side](run++);
      if (n >= count / 10) samples[side].push(us);
    }
  }
  return samples;
}

/** `limit`: how many times as long as direct calls, round by round. */
function show(
  name: string,
  { engine, direct, allAsync }: Record<keyof Sides, Samples>,
  limit?: number,
): void {
  row({ name, us: engine, direct, allAsync });
  if (limit === undefined) return;
  const ratios = engine.map((us, round) => us / (direct[round] as number));
  verdict('  beside direct calls, median of rounds', median(ratios), limit);
}

async function timedAsync(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1000;
}

/** A transaction over awaited calls: by hand, since nothing else may use the database meanwhile. */
async function transaction(db: Db, run: () => Promise<void>): Promise<void> {
  db.exec('BEGIN');
  await run();
  db.exec('COMMIT');
}

/** As the daemon runs it, but that coalesced events are dropped: the bench ends where the direct calls end. */
function daemonEngine(db: Db, trace: TraceDb | null): Engine<Vocabulary> {
  let last = 0;
  return createEngine<Vocabulary>({
    clock: { nowMs: () => Date.now(), monotonicMs },
    timers: { after: () => () => {} },
    ids: { boot: 'bench', next: () => ++last },
    stateLike: stateLikeEvents,
    defer: () => {},
    aroundTurn: db.transaction((run: () => void) => run()),
    onProblem: (problem) => {
      throw new Error(problem.message);
    },
    ...(trace && { onFlowEnd: (flow: EndedFlow) => trace.add(flow) }),
  });
}

async function benchEnqueue(db: Db, trace: TraceDb | null, over: string): Promise<void> {
  const engine = daemonEngine(db, trace);
  const clock = { nowMs: () => Date.now(), monotonicMs };
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
    overlapMs: () => 4000,
  });
  const settings = createSettings({ db, emit: engine.emitter('Settings') });
  const timeslots = createTimeslots({ db, emit: engine.emitter('Timeslots'), timeZone: () => 'UTC' });
  const override = createOverride({ db, clock, emit: engine.emitter('Override') });
  const taste = createTaste({
    db,
    clock,
    emit: engine.emitter('Taste'),
    strength: () => 0.25,
    cycle: () => 'none',
  });
  const rest = { restMs: 20_000, idle: false, playing: true, entry: null };
  engine.register('Queue', queue);
  engine.register('Director', director);
  engine.register('Settings', settings);
  engine.register('Timeslots', timeslots);
  engine.register('Override', override);
  engine.register('Taste', taste);
  engine.register('Player', { actions: {}, queries: { rest: () => [rest] } } as never);
  engine.register('Appliance', {
    actions: { runChain: () => ({ run: 0 }), takeStep: () => ({}) },
    queries: { localTime: () => [localTimeAt(0, 'UTC')], now: () => [{ nowMs: Date.now() }] },
  });
  engine.use([AutoSelectWhenQueueLow]);

  const targetAtMs = (aheadMs: number) => Math.round(Date.now() + aheadMs);
  const direct = db.transaction(() => {
    if (settings.queries.get({ key: 'autoplay' })[0]?.value !== true) return;
    if (director.queries.state({})[0]?.paused !== false) return;
    const { count = 0 } = director.queries.eligible({})[0] ?? {};
    const [ahead] = queue.queries.ahead({ restMs: rest.restMs, eligible: count });
    if (ahead?.isLow !== true) return;
    const atMs = targetAtMs(ahead.aheadMs);
    const [set] = override.queries.at({ atMs });
    const [slot] = timeslots.queries.targetAt({ atMs });
    if (slot === undefined) return;
    const [bend] = taste.queries.bend({ atMs });
    const chosen = director.actions.select(selectionOf(atMs, ahead, targetOf(set, slot), bend));
    if (!('selection' in chosen)) return;
    const { passage, selection } = chosen;
    queue.actions.enqueue({ passages: [passage], where: 'end', source: 'auto', selection });
  });
  const later = {
    get: async (key: string) => settings.queries.get({ key }),
    state: async () => director.queries.state({}),
    eligible: async () => director.queries.eligible({}),
    ahead: async (eligible: number) => queue.queries.ahead({ restMs: rest.restMs, eligible }),
    override: async (atMs: number) => override.queries.at({ atMs }),
    targetAt: async (atMs: number) => timeslots.queries.targetAt({ atMs }),
    bend: async (atMs: number) => taste.queries.bend({ atMs }),
    select: async (input: SelectInput) => director.actions.select(input),
    enqueue: async (input: EnqueueInput) => queue.actions.enqueue(input),
  };
  const allAsync = async () => {
    if ((await later.get('autoplay'))[0]?.value !== true) return;
    if ((await later.state())[0]?.paused !== false) return;
    const { count = 0 } = (await later.eligible())[0] ?? {};
    const [ahead] = await later.ahead(count);
    if (ahead?.isLow !== true) return;
    const atMs = targetAtMs(ahead.aheadMs);
    const [set] = await later.override(atMs);
    const [slot] = await later.targetAt(atMs);
    if (slot === undefined) return;
    const [bend] = await later.bend(atMs);
    const chosen = await later.select(selectionOf(atMs, ahead, targetOf(set, slot), bend));
    if (!('selection' in chosen)) return;
    const { passage, selection } = chosen;
    await later.enqueue({ passages: [passage], where: 'end', source: 'auto', selection });
  };
  const emptied = (us: number): number => {
    const { removed } = queue.actions.clear({}) as { removed: number };
    if (removed !== 1) throw new Error(`${removed} entries were enqueued instead of one`);
    return us;
  };
  const sides = await inTurn(300, {
    engine: () => emptied(timed(() => engine.emit('Appliance', 'halfMinute', { nowMs: 0 }))),
    direct: () => emptied(timed(() => direct())),
    allAsync: async () => emptied(await timedAsync(() => transaction(db, allAsync))),
  });
  show(`auto-enqueue ${over}`, sides, 1.05);
}

type SelectInput = Vocabulary['Director']['actions']['select']['input'];
type EnqueueInput = Vocabulary['Queue']['actions']['enqueue']['input'];
type Ahead = Vocabulary['Queue']['queries']['ahead']['row'];
type Slot = Vocabulary['Timeslots']['queries']['targetAt']['row'];
type Override = Vocabulary['Override']['queries']['at']['row'];
type Target = Pick<Slot, 'name' | 'flavor'> & { readonly kind: Slot['kind'] | 'override' };

const targetOf = (set: Override | undefined, slot: Slot): Target =>
  set === undefined ? slot : { ...set, kind: 'override' };

function selectionOf(
  atMs: number,
  { queued, waiting }: Ahead,
  { name, flavor, kind }: Target,
  bend: Bend | undefined,
): SelectInput {
  return {
    targetAtMs: atMs,
    queued,
    targetName: name,
    target: flavor,
    targetKind: kind,
    taste: bend ?? null,
    mustPlay: waiting === 0,
  };
}

async function benchHistory(db: Db, trace: TraceDb | null, suffix: string): Promise<void> {
  const engine = daemonEngine(db, trace);
  const clock = { nowMs: () => Date.now(), monotonicMs };
  const history = createHistory({ db, clock, emit: engine.emitter('History') });
  engine.register('History', history);
  engine.use([RecordHistoryWhenStarted]);
  const begin = (entry: number) => history.actions.begin({ entry, passage: 1, atMs: Date.now() });
  const direct = db.transaction(begin);
  const started = (entry: number) => ({
    entry,
    passage: 1,
    frame: 0,
    atMs: Date.now(),
    positionMs: 0,
    resumed: false,
  });
  const sides = await inTurn(1500, {
    engine: (n) => timed(() => engine.emit('Player', 'voiceStarted', started(n))),
    direct: (n) => timed(() => direct(n)),
    allAsync: (n) => timedAsync(() => transaction(db, async () => void (await (async () => begin(n))()))),
  });
  show(`one cheap write, SQLite${suffix}`, sides);
}

const writtenBytes = () => Number(/^wchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);

/** What a flow costs to keep, per action: `flows` of them a flush, as they come at 10 flows a second and in a storm.
 *  Beside it a line of JSON for each action, appended to a file at each flush. */
export async function benchPersist(flows: readonly EndedFlow[], actions: number): Promise<void> {
  const views = flows.map((flow) => flow.view());
  const linesOf = (from: number, count: number) =>
    views
      .slice(from, from + count)
      .flatMap(({ id, records }) =>
        records.map(({ name, input, output }) => `${JSON.stringify({ id, name, input, output })}\n`),
      )
      .join('');
  for (const [flushMs, perFlush] of [
    [100, 1],
    [100, 10],
    [2000, 20],
    [2000, 64],
  ] as const)
    await inFolder(async (folder) => {
      const db = openTraceDb({ path: join(folder, 'trace.db'), decisive: [], mode: 'all', flushMs: 600_000 });
      const file = join(folder, 'trace.jsonl');
      const samples: Record<'us' | 'direct' | 'allAsync', number[]> = { us: [], direct: [], allAsync: [] };
      const each = perFlush * actions;
      let written = 0;
      let added = 0;
      for (let at = 0; at + perFlush <= flows.length; at += perFlush) {
        const before = writtenBytes();
        const us = timed(() => {
          for (let n = at; n < at + perFlush; n++) db.add(flows[n] as EndedFlow);
          db.flush();
        });
        const bytes = writtenBytes() - before;
        const direct = timed(() => appendFileSync(file, linesOf(at, perFlush)));
        const allAsync = await timedAsync(() => appendFile(file, linesOf(at, perFlush)));
        if (at < flows.length / 10) continue;
        samples.us.push(us / each);
        samples.direct.push(direct / each);
        samples.allAsync.push(allAsync / each);
        written += bytes;
        added += each;
      }
      db.close();
      row({
        name: `trace, persisted, ${flushMs} ms: ${perFlush} flow${perFlush > 1 ? 's' : ''} a flush`,
        ...samples,
        target: 2,
        note: `${Math.round(written / added)} bytes an action`,
      });
    });
}
