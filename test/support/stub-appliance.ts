// The rules over small stub concepts: a queue in memory, a player that does as it is told, and whatever a test
// overrides. What the rules did is read from `did`; time is moved by hand.
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Problem,
  type Rule,
} from '../../sync/engine/index.ts';
import { allRules, routineEvents, stateLikeEvents } from '../../sync/rules/index.ts';
import type { Playable } from '../../sync/vocabulary/common.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import type { CoreSays, QueueEntry } from '../../sync/vocabulary/queue.ts';

export const playableOf = (passage: number): Playable => ({
  passage,
  path: `/music/${passage}.flac`,
  points: {
    startTicks: 0,
    fadeInTicks: null,
    leadInTicks: null,
    leadOutTicks: null,
    fadeOutTicks: null,
    endTicks: 1000,
  },
  fileTicks: 1000,
  part: null,
  fadeInCurve: null,
  fadeOutCurve: null,
  gainDb: 0,
  album: null,
  disc: null,
  track: null,
});

type Act = (input: Record<string, unknown>) => object | Promise<object>;
type Ask = (input: Record<string, unknown>) => readonly object[];

export interface StubAppliance {
  readonly engine: Engine<Vocabulary>;
  readonly problems: Problem[];
  /** Every action that ran, as "Concept.action" and its input, in order. */
  readonly did: { readonly name: string; readonly input: Record<string, unknown> }[];
  /** Inputs of the runs of one action since the last call of forget(). */
  of(name: string): Record<string, unknown>[];
  forget(): void;
  /** Registers what these rules name and no rule has named before. */
  register(rules: readonly Rule[]): void;
  /** Replace to change what an action answers or a query knows. */
  readonly actions: Record<string, Act>;
  readonly queries: Record<string, Ask>;
  queue: QueueEntry[];
  player: { playing: boolean; entry: number | null; prepared: number | null; restMs: number; volume: number };
  /** Passages the library can play, in the order in which the stub Director chooses them. */
  library: number[];
  settings: Record<string, unknown>;
  pass(ms: number): Promise<void>;
  /** A timer of this clock; the answer takes it back. */
  after(delayMs: number, run: () => void): () => void;
  settle(): Promise<void>;
}

const lengthMs = 60_000;

export function stubAppliance(options: Partial<EngineOptions> = {}): StubAppliance {
  const problems: Problem[] = [];
  const clock = { ms: 0 };
  let timers: { atMs: number; run: () => void }[] = [];
  let lastId = 0;
  let lastEntry = 0;
  const after = (delayMs: number, run: () => void) => {
    const timer = { atMs: clock.ms + delayMs, run };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };
  const engine = createEngine<Vocabulary>({
    clock: { nowMs: () => 1_700_000_000_000 + clock.ms, monotonicMs: () => clock.ms },
    timers: { after },
    ids: { boot: 'stub', next: () => ++lastId },
    stateLike: stateLikeEvents,
    routine: routineEvents,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });

  const stub: StubAppliance = {
    engine,
    problems,
    did: [],
    of: (name) => stub.did.filter((each) => each.name === name).map((each) => each.input),
    forget: () => {
      stub.did.length = 0;
    },
    register: (rules) => registerNew(stub, rules),
    actions: {},
    queries: {},
    queue: [],
    player: { playing: true, entry: null, prepared: null, restMs: 0, volume: 0.7 },
    library: Array.from({ length: 20 }, (_, index) => index + 1),
    settings: { autoplay: true },
    async pass(ms) {
      clock.ms += ms;
      for (;;) {
        const due = timers.find((timer) => timer.atMs <= clock.ms);
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        due.run();
      }
      await stub.settle();
    },
    after,
    settle: () => engine.idle(),
  };

  const waiting = () => stub.queue.filter((entry) => entry.state === 'waiting');
  const changed = () => engine.emit('Queue', 'changed', { waiting: waiting().length });
  const take = (entry: unknown): boolean => {
    const before = stub.queue.length;
    stub.queue = stub.queue.filter((each) => each.entry !== entry);
    if (stub.queue.length < before) changed();
    return stub.queue.length < before;
  };

  Object.assign(stub.actions, {
    'Queue.enqueue': ({ passages, where, source, selection }) => {
      const added = (passages as number[]).map(
        (passage): QueueEntry => ({
          entry: ++lastEntry,
          passage,
          source: source as 'auto',
          selection: (selection as number | undefined) ?? null,
          state: 'waiting',
          durationMs: lengthMs,
        }),
      );
      const { after } = where as { after?: number };
      const before = (each: QueueEntry) => (where === 'next' ? each.state === 'waiting' : false);
      const found =
        after === undefined
          ? stub.queue.findIndex(before)
          : stub.queue.findIndex(({ entry }) => entry === after) + 1;
      stub.queue.splice(found < 0 ? stub.queue.length : found, 0, ...added);
      changed();
      return { entries: added.map(({ entry }) => entry) };
    },
    'Queue.askRemove': ({ entry }) => ({
      entry,
      state: stub.queue.find((each) => each.entry === entry)?.state ?? 'absent',
    }),
    'Queue.askMove': ({ entry }) => ({ entry, state: 'waiting' }),
    'Queue.remove': ({ entry, coreSays }) =>
      coreSays === ('tooLate' satisfies CoreSays)
        ? { error: 'TOO_LATE', message: 'it has begun' }
        : { entry, removed: take(entry) },
    'Queue.move': ({ entry, coreSays }) => {
      if (coreSays === 'tooLate') return { error: 'TOO_LATE', message: 'it has begun' };
      changed();
      return { entry };
    },
    'Queue.clear': ({ except }) => {
      const gone = waiting().filter((each) => each.entry !== except);
      for (const { entry } of gone) take(entry);
      return { removed: gone.length };
    },
    'Queue.markSounding': ({ entry }) => {
      stub.queue = stub.queue.map((each) => (each.entry === entry ? { ...each, state: 'sounding' } : each));
      changed();
      return { entry };
    },
    'Queue.complete': ({ entry }) => ({ entry, removed: take(entry) }),
    'Player.prepare': ({ entry }) => {
      stub.player.prepared = entry as number;
      return { entry, plan: 1, frame: 0 };
    },
    'Player.withdraw': ({ entry }) => {
      const outcome = stub.player.prepared === entry ? 'withdrawn' : 'notLoaded';
      if (outcome === 'withdrawn') stub.player.prepared = null;
      return { entry, outcome };
    },
    'Player.setVolume': ({ volume }) => {
      stub.player.volume = volume as number;
      engine.emit('Player', 'volumeChanged', { volume: volume as number });
      return { volume };
    },
    'Director.select': ({ queued }) => {
      const passage = stub.library.find((each) => !(queued as number[]).includes(each));
      return passage === undefined
        ? { error: 'ALL_EXCLUDED', message: 'nothing left' }
        : { passage, selection: 1000 + passage };
    },
    'Settings.set': ({ key, value }) => {
      if (stub.settings[key as string] !== value) {
        stub.settings[key as string] = value;
        engine.emit('Settings', 'changed', { key: key as string, value });
      }
      return { key, value };
    },
  } satisfies Record<string, Act>);

  Object.assign(stub.queries, {
    'Settings.get': ({ key }) => [{ value: stub.settings[key as string] }],
    'Director.state': () => [{ paused: false, reason: null, freeAtMs: null }],
    'Director.eligible': () => [{ count: stub.library.length }],
    'Player.rest': () => {
      const { entry, playing, restMs } = stub.player;
      return [{ restMs, idle: entry === null, playing, entry }];
    },
    'Player.status': () => [{ ...stub.player, crossfade: null }],
    'Queue.entries': () => stub.queue,
    'Queue.head': () => waiting().slice(0, 1),
    'Queue.ahead': ({ restMs, eligible }) => {
      const queued = stub.queue.map((each) => each.passage);
      const isLow =
        waiting().length === 0 || (stub.queue.length < 3 && queued.length * 2 < (eligible as number));
      const aheadMs = (restMs as number) + waiting().length * lengthMs;
      return [{ passages: stub.queue.length, waiting: waiting().length, aheadMs, isLow, queued }];
    },
    'Appliance.now': () => [{ nowMs: 1_700_000_000_000 + clock.ms }],
    'Timeslots.targetAt': () => [{ name: 'evening', flavor: {}, kind: 'timeslot' }],
    'Library.playable': ({ passage }) =>
      stub.library.includes(passage as number) ? [playableOf(passage as number)] : [],
    'Import.status': () => [{ job: 1, state: 'reading', done: 3 }],
  } satisfies Record<string, Ask>);

  engine.use(allRules);
  registerAll(stub);
  return stub;
}

/** Actions that no built-in rule takes. */
const offered = [
  'Queue.askRemove',
  'Queue.askMove',
  'Queue.askClear',
  'Player.play',
  'Player.pause',
  'Appliance.runChain',
  'Appliance.takeStep',
  'Override.askLikePassage',
  'Override.cancel',
  'Override.askLikeTimeslot',
  'Sleep.set',
  'Sleep.cancel',
  'Alarms.add',
  'Taste.like',
  'Taste.dislike',
];

/** Registers every action and query that some rule names, through the tables of the stub. */
function registerAll(stub: StubAppliance): void {
  const rules = stub.engine.rules();
  registerNames(
    stub,
    [...rules.flatMap((rule) => rule.does), ...offered],
    rules.flatMap((rule) => rule.where),
  );
}

function registerNew(stub: StubAppliance, rules: readonly Rule[]): void {
  const known = stub.engine.rules();
  const acts = new Set([...known.flatMap((rule) => rule.does), ...offered]);
  const asks = new Set(known.flatMap((rule) => rule.where));
  const steps = rules.flatMap(({ definition }) => [...definition.does, ...definition.otherwise]);
  const decided = rules.flatMap(({ definition }) => definition.decides?.may ?? []);
  const queries = rules.flatMap(({ definition }) =>
    definition.where.flatMap((step) => (step.step === 'query' ? [step.key] : [])),
  );
  registerNames(
    stub,
    [...steps.map((step) => step.key), ...decided].filter((key) => !acts.has(key)),
    queries.filter((key) => !asks.has(key)),
  );
}

function registerNames(stub: StubAppliance, acts: readonly string[], asks: readonly string[]): void {
  const concepts = new Map<string, { actions: Record<string, Act>; queries: Record<string, Ask> }>();
  const add = (kind: 'actions' | 'queries', key: string, run: Act | Ask) => {
    const [concept = '', name = ''] = key.split('.');
    const functions = concepts.get(concept) ?? { actions: {}, queries: {} };
    Object.assign(functions[kind], { [name]: run });
    concepts.set(concept, functions);
  };
  for (const key of new Set(acts))
    add('actions', key, (input: Record<string, unknown>) => {
      stub.did.push({ name: key, input });
      return stub.actions[key]?.(input) ?? {};
    });
  for (const key of new Set(asks))
    add('queries', key, (input: Record<string, unknown>) => stub.queries[key]?.(input) ?? []);
  for (const [concept, functions] of concepts) stub.engine.register(concept as 'Queue', functions as never);
}
