// The engine with all rules over the real concepts on a real database, and a player that only says what it was told: for
// as many flows as wanted, of every kind that a day brings. What it is asked does not grow with time, but for the history.
import { join } from 'node:path';
import { openStore } from '../../daemon/adapters/store/open.ts';
import { openTraceDb, type TraceDb } from '../../daemon/adapters/store/trace-db.ts';
import { createCooldown } from '../../daemon/concepts/cooldown/cooldown.ts';
import { createDirector } from '../../daemon/concepts/director/director.ts';
import { createHistory } from '../../daemon/concepts/history/history.ts';
import { createLibrary } from '../../daemon/concepts/library/library.ts';
import { createOverride } from '../../daemon/concepts/override/override.ts';
import { createPanel } from '../../daemon/concepts/panel/panel.ts';
import { createQueue } from '../../daemon/concepts/queue/queue.ts';
import { createSettings } from '../../daemon/concepts/settings/settings.ts';
import { createTaste } from '../../daemon/concepts/taste/taste.ts';
import { createTimeslots } from '../../daemon/concepts/timeslots/timeslots.ts';
import { localTimeAt } from '../../daemon/local-time.ts';
import { DEFAULT_COOLDOWNS } from '../../daemon/policy/cooldown.ts';
import { type Bus, createBus, createIds } from '../../sync/bus.ts';
import { createEngine, type Engine, type Problem } from '../../sync/engine/index.ts';
import { allRules, decisiveActions, routineEvents, stateLikeEvents } from '../../sync/rules/index.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import { addSyntheticLibrary } from './synthetic.ts';

const PASSAGES = 60;
const LENGTH_MS = 240_000;
const here = { door: 'test' } as const;

export interface FlowRig {
  readonly engine: Engine<Vocabulary>;
  readonly bus: Bus;
  readonly traceDb: TraceDb;
  readonly problems: readonly Problem[];
  /** Flows that have ended. */
  ended(): number;
  /** One thing from outside, of the n-th kind in turn, with what follows from it. */
  begin(n: number): void;
  /** Nothing is under way. */
  idle(): Promise<void>;
  close(): void;
}

/** `folder` takes segue.db and trace.db. Nothing waits for the disk. */
export function openFlowRig(folder: string, maxFlows: number): FlowRig {
  const store = openStore({ stateDir: folder, nowMs: Date.now() });
  if ('error' in store) throw new Error(store.message);
  const { db } = store;
  db.pragma('synchronous = OFF');
  addSyntheticLibrary(db, PASSAGES, Date.now());
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const traceDb = openTraceDb({
    path: join(folder, 'trace.db'),
    decisive: decisiveActions,
    mode: 'all',
    maxFlows,
    onError: (message) => {
      throw new Error(message);
    },
  });
  const problems: Problem[] = [];
  const ids = createIds('rig');
  const bus = createBus({ ids, nowMs: clock.nowMs, onError: (type) => problems.push(thrown(type)) });
  let ended = 0;
  const engine = createEngine<Vocabulary>({
    clock,
    timers: {
      after(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    ids,
    bus,
    defer: (run) => void setImmediate(run),
    aroundTurn: (run) => db.transaction(run)(),
    stateLike: stateLikeEvents,
    routine: routineEvents,
    onProblem: (problem) => problems.push(problem),
    onFlowEnd(flow) {
      ended += 1;
      traceDb.add(flow);
    },
  });

  const importing = {
    job: 1,
    state: 'reading',
    found: 1_000_000,
    done: 0,
    foundBytes: 1e12,
    doneBytes: 0,
    bytesPerS: null,
    leftMs: null,
    added: 0,
    failed: 0,
    current: null,
    message: null,
  } as const;
  let seed = 1;
  const limits = () => ({ minPassages: 3, minMs: 0, overlapMs: 0 });
  const emits = engine.emitter('Player');
  const voice = { entry: null as number | null, passage: 0, prepared: null as number | null, volume: 0.5 };
  engine.register('Queue', createQueue({ db, clock, emit: engine.emitter('Queue'), limits }));
  engine.register('History', createHistory({ db, clock, emit: engine.emitter('History') }));
  engine.register('Settings', createSettings({ db, emit: engine.emitter('Settings') }));
  engine.register(
    'Cooldown',
    createCooldown({ db, emit: engine.emitter('Cooldown'), defaults: () => DEFAULT_COOLDOWNS }),
  );
  engine.register(
    'Timeslots',
    createTimeslots({ db, emit: engine.emitter('Timeslots'), timeZone: () => 'UTC' }),
  );
  engine.register(
    'Library',
    createLibrary({
      db,
      clock,
      emit: engine.emitter('Library'),
      loudness: () => 'off',
      usesContentPoints: () => true,
      later: (run) => void setImmediate(run),
    }),
  );
  engine.register(
    'Director',
    createDirector({
      db,
      clock,
      emit: engine.emitter('Director'),
      newSeed: () => seed++,
      relaxCooldowns: () => true,
      cooldownDefaults: () => DEFAULT_COOLDOWNS,
      overlapMs: () => 4000,
    }),
  );
  engine.register(
    'Taste',
    createTaste({ db, clock, emit: engine.emitter('Taste'), strength: () => 0.25, cycle: () => 'none' }),
  );
  engine.register('Override', createOverride({ db, clock, emit: engine.emitter('Override') }));
  const hub = { broadcast: () => 1, clients: () => 1, onClients: () => {} };
  engine.register('Panel', createPanel({ hub, clock, emit: engine.emitter('Panel') }));
  const time = {
    now: () => [{ nowMs: Date.now() }],
    localTime: () => [localTimeAt(Date.now(), 'UTC')],
  };
  engine.register('Appliance', { actions: {}, queries: time } as never);
  const later = <T>(value: T) => new Promise<T>((resolve) => setImmediate(resolve, value));
  const status = () => ({
    playing: true,
    entry: voice.entry,
    passage: voice.passage,
    positionMs: 1000,
    durationMs: LENGTH_MS,
    crossfade: null,
    prepared: voice.prepared,
    volume: voice.volume,
    sink: 'null',
  });
  const player = {
    actions: {
      prepare({ entry }: { entry: number }) {
        voice.prepared = entry;
        return { entry, plan: entry, frame: 0 };
      },
      withdraw({ entry }: { entry: number }) {
        const outcome = voice.prepared === entry ? 'withdrawn' : 'notLoaded';
        if (voice.prepared === entry) voice.prepared = null;
        return { entry, outcome };
      },
      setVolume({ volume }: { volume: number }) {
        voice.volume = volume;
        emits('volumeChanged', { volume });
        return { volume };
      },
      savePosition: () => ({ entry: voice.entry, positionMs: 1000 }),
      play: () => later({ playing: true }),
      pause: () => later({ playing: false, entry: voice.entry, positionMs: 1000 }),
      skip: () => ({ skipped: voice.entry, throttled: false }),
    },
    queries: {
      status: () => [status()],
      rest: () => [{ restMs: 1000, idle: voice.entry === null, playing: true, entry: voice.entry }],
    },
  };
  engine.register('Player', player as never);
  engine.use(allRules);
  registerRest(engine);
  engine.emit('Appliance', 'started', { firstStart: false });

  /** What sounds ends, and what is first in the queue begins. */
  function advance(): void {
    const atMs = Date.now();
    const { entry, passage } = voice;
    const [head] = engine.query('Queue', 'head', {});
    if (entry !== null) {
      const end = { entry, passage, heardMs: LENGTH_MS, durationMs: LENGTH_MS, heard: true } as const;
      emits('voiceEnded', { ...end, reason: 'natural', atMs });
    }
    voice.entry = head?.entry ?? null;
    voice.passage = head?.passage ?? 0;
    voice.prepared = null;
    if (head !== undefined) emits('voiceStarted', { ...head, frame: 0, atMs, positionMs: 0, resumed: false });
  }
  const act = (n: number): void => {
    const passage = 1 + (n % PASSAGES);
    switch (n % 20) {
      case 0:
        if (n % 100 === 0) advance();
        else void engine.run('Player', n % 40 === 0 ? 'pause' : 'play', {}, here);
        return;
      case 1:
        return void engine.run('Library', 'setBase', { passage, base: 1 + (n % 7) / 10 }, here);
      case 2:
        return void engine.run('Settings', 'set', { key: 'skip_fade_s', value: (n % 100) / 10 }, here);
      case 3:
        return void engine.run(
          'Queue',
          'enqueue',
          { passages: [passage], where: 'end', source: 'person' },
          here,
        );
      case 4: {
        const last = engine.query('Queue', 'entries', {}).at(-1)?.entry ?? 0;
        return void engine.request('Queue', 'askRemove', { entry: last }, ['Queue.remove'], here);
      }
      case 5:
        return void engine.emit('Appliance', 'halfMinute', { nowMs: Date.now() });
      case 6:
      case 7:
        return void engine.emit('Import', 'progressed', { ...importing, done: n });
      case 8:
        return void emits('stateChanged', { playing: true, entry: voice.entry });
      default:
        return void engine.run('Player', 'setVolume', { volume: (n % 1000) / 1000 }, here);
    }
  };

  return {
    engine,
    bus,
    traceDb,
    problems,
    ended: () => ended,
    begin: act,
    idle: () => engine.idle(),
    close() {
      engine.stop();
      traceDb.close();
      db.close();
    },
  };
}

/** What rules name and this rig has not: actions do nothing, queries know nothing. */
function registerRest(engine: Engine<Vocabulary>): void {
  const missing = engine.missing();
  for (const concept of new Set(missing.map((key) => key.slice(0, key.indexOf('.'))))) {
    const names = missing
      .filter((key) => key.startsWith(`${concept}.`))
      .map((key) => key.slice(concept.length + 1));
    const each = (answer: () => object) => Object.fromEntries(names.map((name) => [name, answer]));
    engine.register(concept as 'Import', { actions: each(() => ({})), queries: each(() => []) } as never);
  }
}

function thrown(type: string): Problem {
  return { kind: 'SINK_THREW', message: `a listener of ${type} threw` };
}
