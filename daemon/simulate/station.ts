// The radio without sound, on a clock that runs as fast as it can: the real rules over the real concepts, on a database of
// its own that nobody else uses. What the rules ask of the world outside (devices, panels, files) has no answer here.
import { secondsToTicks } from '../../audio/ticks.ts';
import { createEngine, type Engine } from '../../sync/engine/index.ts';
import { allRules, stateLikeEvents } from '../../sync/rules/index.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import type { PlayerVocabulary } from '../../sync/vocabulary/player.ts';
import { createCooldown } from '../concepts/cooldown/cooldown.ts';
import { createDirector } from '../concepts/director/director.ts';
import { sfc32 } from '../concepts/director/draw.ts';
import { createHistory } from '../concepts/history/history.ts';
import { createLibrary } from '../concepts/library/library.ts';
import { createOverride } from '../concepts/override/override.ts';
import { createQueue } from '../concepts/queue/queue.ts';
import { createSettings } from '../concepts/settings/settings.ts';
import { createTaste } from '../concepts/taste/taste.ts';
import { createTimeslots } from '../concepts/timeslots/timeslots.ts';
import { localTimeAt } from '../local-time.ts';
import type { CooldownDefaults } from '../policy/cooldown.ts';
import type { Db } from '../ports.ts';
import { createSimulatedPlayer, type SimulatedPlayer } from './player.ts';
import { createTimeline, type Timeline } from './timeline.ts';

const HOUR_MS = 3_600_000;
/** The daemon asks every half minute what nothing else has asked. Here nothing is ever missed, so that it may be rarer. */
const LOOK_MS = 10 * 60_000;
/** Where a timeslot is silent the clock on the wall is looked at more often: by it the music ends and begins. */
const SILENT_LOOK_MS = 60_000;
/** What these rules do is seen by persons alone. */
const TOLD = new Set(['Panel', 'Health']);

export interface StationOptions {
  /** Its queue is played on from; what is in it changes. */
  readonly db: Db;
  readonly startMs: number;
  readonly seed: number;
  readonly onEnded?: (end: PlayerVocabulary['events']['voiceEnded']) => void;
}

export interface Station {
  readonly engine: Engine<Vocabulary>;
  readonly timeline: Timeline;
  readonly player: SimulatedPlayer;
  readonly cooldownDefaults: () => CooldownDefaults;
  /** Goes on to the next thing that happens, but not beyond `endMs`. */
  step(endMs: number): void;
}

export function openStation({ db: onDisk, startMs, seed, onEnded }: StationOptions): Station {
  const db = neverTakenBack(onDisk);
  const timeline = createTimeline(startMs);
  const deferred: (() => void)[] = [];
  let ids = 0;
  const engine = createEngine<Vocabulary>({
    clock: timeline,
    timers: timeline,
    ids: { boot: 'simulation', next: () => ++ids },
    stateLike: stateLikeEvents,
    tracing: false,
    defer: (run) => void deferred.push(run),
    onProblem: ({ message }) => {
      throw new Error(message);
    },
  });
  const settings = createSettings({ db, emit: engine.emitter('Settings') });
  const value = settings.value;
  const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const timeZone = () => value('time_zone') ?? systemTimeZone;
  const cooldown = (kind: 'song' | 'artist' | 'work') => ({
    minMs: value(`${kind}_cooldown_h`) * HOUR_MS,
    rampMs: value(`${kind}_cooldown_ramp_h`) * HOUR_MS,
  });
  const cooldownDefaults = () => ({
    song: cooldown('song'),
    artist: cooldown('artist'),
    work: cooldown('work'),
  });
  const dice = sfc32(seed);
  const tell = engine.emitter('Player');
  const emit: typeof tell = (event, payload) => {
    if (event === 'voiceEnded') onEnded?.(payload as PlayerVocabulary['events']['voiceEnded']);
    tell(event, payload);
  };
  const player = createSimulatedPlayer(timeline, emit, () => ({
    globalCrossfadeTicks: secondsToTicks(value('crossfade_s')),
    defaultCurve: value('default_curve'),
    albumAware: value('album_aware'),
  }));
  engine.register('Settings', settings);
  engine.register('Player', player.concept);
  engine.register(
    'Queue',
    createQueue({
      db,
      clock: timeline,
      emit: engine.emitter('Queue'),
      limits: () => ({
        minPassages: value('queue_min_passages'),
        minMs: value('queue_min_minutes') * 60_000,
        overlapMs: value('crossfade_s') * 1000,
      }),
    }),
  );
  engine.register('History', createHistory({ db, clock: timeline, emit: engine.emitter('History') }));
  engine.register(
    'Cooldown',
    createCooldown({ db, emit: engine.emitter('Cooldown'), defaults: cooldownDefaults }),
  );
  const library = createLibrary({
    db,
    clock: timeline,
    emit: engine.emitter('Library'),
    loudness: () => value('loudness'),
    usesContentPoints: () => value('content_points'),
    later: (run) => void deferred.push(run),
  });
  const { playable } = library.queries;
  engine.register('Library', {
    ...library,
    // Nothing is imported, edited or broken here, and it is asked ten times a passage.
    queries: { ...library.queries, playable: remembered(playable, ({ passage }) => passage) },
  });
  engine.register(
    'Director',
    createDirector({
      db,
      clock: timeline,
      emit: engine.emitter('Director'),
      newSeed: () => Math.floor(dice() * 2 ** 32),
      relaxCooldowns: () => value('relax_cooldowns'),
      cooldownDefaults,
      overlapMs: () => value('crossfade_s') * 1000,
    }),
  );
  engine.register('Timeslots', createTimeslots({ db, emit: engine.emitter('Timeslots'), timeZone }));
  engine.register('Override', createOverride({ db, clock: timeline, emit: engine.emitter('Override') }));
  engine.register(
    'Taste',
    createTaste({
      db,
      clock: timeline,
      emit: engine.emitter('Taste'),
      strength: () => value('taste_strength'),
      cycle: () => value('taste_cycle'),
    }),
  );
  const nowMs = () => timeline.nowMs();
  engine.register('Appliance', {
    actions: { runChain: () => ({ run: 0 }), takeStep: () => ({}) },
    queries: { now: () => [{ nowMs: nowMs() }], localTime: () => [localTimeAt(nowMs(), timeZone())] },
  });
  engine.use(
    allRules.filter(
      ({ definition: { does } }) => !does.every(({ key }) => TOLD.has(key.split('.')[0] ?? '')),
    ),
  );
  registerRest(engine);

  function settle(): void {
    for (let run = deferred.shift(); run !== undefined; run = deferred.shift()) run();
  }
  void engine.run('Timeslots', 'ensureStarterSet', {}, { door: 'timer' });
  engine.emit('Appliance', 'started', { firstStart: false });
  settle();
  const hasSilence = engine.query('Timeslots', 'all', {}).some(({ silent }) => silent);
  const everyMs = hasSilence ? SILENT_LOOK_MS : LOOK_MS;
  let lookMs = startMs + everyMs;
  return {
    engine,
    timeline,
    player,
    cooldownDefaults,
    step(endMs) {
      const atMs = Math.min(endMs, lookMs, timeline.nextDueMs(), player.nextMs());
      timeline.moveTo(atMs);
      settle();
      player.step();
      settle();
      if (atMs < lookMs) return;
      lookMs += everyMs;
      engine.emit('Appliance', 'halfMinute', { nowMs: nowMs() });
      settle();
    },
  };
}

/** The same database, but that what a concept does whole is not a transaction of its own: whoever simulates has one open,
 *  and whatever throws ends the simulation. */
function neverTakenBack(db: Db): Db {
  const open = {
    prepare: db.prepare.bind(db),
    exec: db.exec.bind(db),
    pragma: db.pragma.bind(db),
    transaction: (run: unknown) => run,
    inTransaction: true,
  };
  return open as unknown as Db;
}

/** The same answers, each worked out once. */
function remembered<Input, Output>(
  ask: (input: Input) => Output,
  keyOf: (input: Input) => number,
): (input: Input) => Output {
  const known = new Map<number, Output>();
  return (input) => {
    const key = keyOf(input);
    const answer = known.get(key) ?? ask(input);
    known.set(key, answer);
    return answer;
  };
}

/** What rules name and nothing here is: actions do nothing, queries know nothing. */
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
