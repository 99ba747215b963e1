// The composition root: the only place that knows everything. Main thread, once at start. It creates, connects and
// registers; it decides nothing about music.
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listDevices } from '../audio/devices.ts';
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';
import { secondsToTicks } from '../audio/ticks.ts';
import { createBus, createIds } from '../sync/bus.ts';
import type { Door } from '../sync/door.ts';
import { createEngine, type Engine } from '../sync/engine/index.ts';
import { allRules, routineEvents, stateLikeEvents } from '../sync/rules/index.ts';
import { ScriptFailure } from '../sync/script/host.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import { createEnvelopeCache } from './adapters/envelope/cache.ts';
import { createEnvelopes } from './adapters/envelope/envelopes.ts';
import { spawnEnvelopeWorker } from './adapters/envelope/spawn.ts';
import { probeSystem } from './adapters/files/system-probe.ts';
import { createFlowStream } from './adapters/http/flow-stream.ts';
import { createHttp, type Http } from './adapters/http/http.ts';
import { createEventHub } from './adapters/http/hub.ts';
import { watchFolders } from './adapters/import/folder-watch.ts';
import { libraryThroughDoor } from './adapters/import/library-through-door.ts';
import { spawnImportWorker } from './adapters/import/spawn-worker.ts';
import { openLua } from './adapters/script/lua.ts';
import type { TraceDb } from './adapters/store/trace-db.ts';
import { readAudioStats } from './audio-stats.ts';
import { createAudioTest } from './audio-test.ts';
import { createBackups } from './backups.ts';
import { createAccess, SENSITIVE } from './concepts/access/access.ts';
import { createCooldown } from './concepts/cooldown/cooldown.ts';
import { createDirector } from './concepts/director/director.ts';
import { createHealth } from './concepts/health/health.ts';
import { createHistory } from './concepts/history/history.ts';
import { createImport } from './concepts/import/import.ts';
import { createLibrary } from './concepts/library/library.ts';
import { createOverride } from './concepts/override/override.ts';
import { createPanel } from './concepts/panel/panel.ts';
import { createPlayer, type Positions } from './concepts/player/player.ts';
import { createQueue } from './concepts/queue/queue.ts';
import { createSettings } from './concepts/settings/settings.ts';
import { createTimeslots } from './concepts/timeslots/timeslots.ts';
import { createDevPorts } from './dev-ports.ts';
import { keepDevice } from './device-keeper.ts';
import { localTimeAt } from './local-time.ts';
import { readMemoryParts } from './memory-parts.ts';
import { createOwnerRules } from './owner-rules/owner-rules.ts';
import { recordedFlows } from './owner-rules/recorded-flows.ts';
import { lookForRuleFiles } from './owner-rules/rule-files.ts';
import type { Places } from './places.ts';
import type { Clock, Db, Log } from './ports.ts';
import { createScripts } from './scripts/scripts.ts';
import { createWhy } from './why.ts';

export interface Parts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: Places;
  readonly positions: Positions;
  readonly traceDb: TraceDb | null;
  readonly openAudio: (settings: {
    device: string | null;
    volume: number;
    latencyS: number;
    /** Null: what device and music have. */
    rateHz: number | null;
  }) => Promise<AudioEngine>;
  /** The sink that the settings of the device mean under this configuration. */
  readonly sinkFor: (settings: { device: string | null; latencyS: number }) => SinkChoice;
  readonly bootId: string;
  readonly version: string;
  /** Gives back what reading a library took; a few milliseconds. */
  readonly releaseMemory: () => void;
  /** The developers' door is open although its setting is off: nobody but this machine can reach it. */
  readonly devIsOpen: boolean;
}

export interface Appliance {
  readonly engine: Engine<Vocabulary>;
  readonly door: Door;
  readonly audio: AudioEngine;
  readonly http: Http;
  /** Music folders are known, timers run, and it plays. */
  start(
    musicFolders: readonly string[],
    isFirstStart: boolean,
    crashedOn: readonly { readonly path: string; readonly reason: string }[],
  ): Promise<void>;
  /** Reads again what is read from files while it runs: the owner's rules. */
  reload(): Promise<void>;
  /** Fades out, keeps the position, and stops whatever runs. */
  stop(reason: string, fadeMs: number): Promise<void>;
}

/** The stream clock moves as long as anything renders, also in a pause and on the null sink. */
function audioFault(before: number, now: number): { ok: boolean; message: string } {
  return now > before
    ? { ok: true, message: 'The audio clock moves.' }
    : { ok: false, message: 'The audio clock stands still: restart Segue, and look at the sound device.' };
}

const HOUR_MS = 3_600_000;
const TICK_MS = 1000;
const HALF_MINUTE_MS = 30_000;

/** Creates the appliance. Nothing plays before start(). */
export async function compose(parts: Parts): Promise<Appliance> {
  const { db, clock, log, places, traceDb } = parts;
  let isCommitted = true;
  // Made once: making it takes a tenth of what a routine turn takes.
  const inTransaction = db.transaction((run: () => void) => run());
  const ids = createIds(parts.bootId);
  const bus = createBus({
    ids,
    nowMs: clock.nowMs,
    onError: (type, error) => log.error(`A listener of ${type} threw.`, { error: String(error) }),
  });
  const flowStream = createFlowStream();
  const afterTimers = {
    after(delayMs: number, run: () => void) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const engine = createEngine<Vocabulary>({
    clock,
    timers: afterTimers,
    ids,
    bus,
    defer: (run) => void setImmediate(run),
    aroundTurn: (run) => {
      isCommitted = false;
      inTransaction(run);
      isCommitted = true;
    },
    stateLike: stateLikeEvents,
    routine: routineEvents,
    onProblem: ({ message, kind, ...rest }) =>
      log.error(message, { kind, ...rest, error: rest.error && String(rest.error) }),
    onFlowEnd: (flow) => {
      traceDb?.add(flow);
      flowStream.add(flow);
    },
  });
  const door: Door = engine;

  const settings = createSettings({ db, emit: engine.emitter('Settings') });
  const value = settings.value;
  engine.trace.enable(value('enable_action_tracing'));
  const audio = await parts.openAudio({
    device: value('output_device'),
    volume: value('volume'),
    latencyS: value('output_latency_s'),
    rateHz: value('output_rate_hz'),
  });

  const hub = createEventHub({ bootId: parts.bootId });
  // Node reads it once anyway; asking takes 0.14 ms, and each selection does.
  const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const timeZone = () => value('time_zone') ?? systemTimeZone;
  const cooldownDefaults = () => ({
    song: { minMs: value('song_cooldown_h') * HOUR_MS, rampMs: value('song_cooldown_ramp_h') * HOUR_MS },
    artist: {
      minMs: value('artist_cooldown_h') * HOUR_MS,
      rampMs: value('artist_cooldown_ramp_h') * HOUR_MS,
    },
    work: { minMs: value('work_cooldown_h') * HOUR_MS, rampMs: value('work_cooldown_ramp_h') * HOUR_MS },
  });
  const player = createPlayer({
    engine: audio,
    clock,
    emit: engine.emitter('Player', { door: 'core' }),
    positions: parts.positions,
    after: (ms, work) => void setTimeout(work, ms).unref(),
    isCommitted: () => isCommitted,
    settings: () => ({
      globalCrossfadeTicks: secondsToTicks(value('crossfade_s')),
      defaultCurve: value('default_curve'),
      albumAware: value('album_aware'),
      skipThrottleS: value('skip_throttle_s'),
      skipFadeS: value('skip_fade_s'),
      resumeFadeS: value('resume_fade_s'),
    }),
  });
  const queue = createQueue({
    db,
    clock,
    emit: engine.emitter('Queue'),
    limits: () => ({
      minPassages: value('queue_min_passages'),
      minMs: value('queue_min_minutes') * 60_000,
      overlapMs: value('crossfade_s') * 1000,
    }),
  });
  const importer = createImport({
    db,
    clock,
    log,
    emit: engine.emitter('Import'),
    library: libraryThroughDoor(() => door),
    spawnWorker: () => spawnImportWorker(log),
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    after: (ms, work) => void setTimeout(work, ms).unref(),
    artDir: places.artDirectory,
    demoDir: places.demoDirectory,
  });

  const backup = createBackups({
    clock,
    log,
    emit: engine.emitter('Backup'),
    places,
    copyTo: () => value('backup_folder'),
    timeZone,
  });

  engine.register('Appliance', {
    actions: {
      runChain: (input) => scripts.runChain(input),
      // What it asks for is taken by the chain's rule.
      takeStep: () => ({}),
    },
    queries: {
      now: () => [{ nowMs: clock.nowMs() }],
      localTime: () => [localTimeAt(clock.nowMs(), timeZone())],
    },
  });
  engine.register('Settings', settings);
  const access = createAccess({
    db,
    clock,
    emit: engine.emitter('Access'),
    guestsMay: () => value('guests_may'),
  });
  engine.register('Access', access, { sensitive: SENSITIVE });
  engine.register('Player', player);
  engine.register('Queue', queue);
  engine.register('History', createHistory({ db, clock, emit: engine.emitter('History') }));
  engine.register(
    'Library',
    createLibrary({
      db,
      clock,
      emit: engine.emitter('Library'),
      loudness: () => value('loudness'),
      usesContentPoints: () => value('content_points'),
    }),
  );
  engine.register(
    'Director',
    createDirector({
      db,
      clock,
      emit: engine.emitter('Director'),
      newSeed: () => randomInt(2 ** 32),
      relaxCooldowns: () => value('relax_cooldowns'),
      cooldownDefaults,
    }),
  );
  engine.register(
    'Cooldown',
    createCooldown({ db, emit: engine.emitter('Cooldown'), defaults: cooldownDefaults }),
  );
  engine.register('Timeslots', createTimeslots({ db, emit: engine.emitter('Timeslots'), timeZone }));
  engine.register('Override', createOverride({ db, clock, emit: engine.emitter('Override') }));
  engine.register('Import', importer);
  engine.register('Backup', backup);
  engine.register('Panel', createPanel({ hub, clock, emit: engine.emitter('Panel') }));
  engine.register(
    'Health',
    createHealth({ db, emit: engine.emitter('Health'), system: () => probeSystem(places.stateDirectory) }),
  );
  engine.use(allRules);
  const missing = engine.missing();
  if (missing.length) throw new Error(`Rules name what nobody offers: ${missing.join(', ')}`);

  const ownerRules = createOwnerRules({
    engine,
    door,
    files: lookForRuleFiles(places.rulesDirectory),
    directory: places.rulesDirectory,
    log,
    nowMs: clock.nowMs,
    rulesOff: () => value('rules_off'),
    onSwitchedOn: (name) => scripts.tryAgain(name),
    timeZone,
    flowsSince: (fromMs) =>
      recordedFlows(
        {
          inMemory: () => engine.trace.flows(),
          saved: (...range) => traceDb?.between(...range) ?? [],
        },
        fromMs,
      ),
  });

  const scripts = createScripts({
    engine,
    door,
    scriptsOff: () => value('scripts_off'),
    clock,
    timers: afterTimers,
    files: lookForRuleFiles(places.scriptsDirectory, (name) => /^[^.].*\.lua$/.test(name)),
    directory: places.scriptsDirectory,
    log,
    open: () => openLua(ScriptFailure),
  });

  const envelopes = createEnvelopes({
    cache: createEnvelopeCache(join(places.cacheDirectory, 'envelopes')),
    spawn: spawnEnvelopeWorker,
  });
  const http = createHttp({
    door,
    hub,
    flowStream,
    clock,
    log,
    dev: createDevPorts(engine, traceDb, parts.bootId, () => parts.devIsOpen || value('dev_interface')),
    rules: ownerRules,
    scripts,
    bootId: parts.bootId,
    version: parts.version,
    hostNames: [hostname()],
    artDir: places.artDirectory,
    panelDir: fileURLToPath(
      new URL(import.meta.url.endsWith('.ts') ? '../dist/panel' : '../panel', import.meta.url),
    ),
    why: createWhy({ engine, timeZone }),
    devices: listDevices,
    envelope: envelopes.of,
    memoryParts: readMemoryParts,
    meters: () => audio.meters(),
    audioTest: createAudioTest({
      engine: audio,
      latencyS: () => value('output_latency_s'),
      resumeFadeS: () => value('resume_fade_s'),
    }),
    audioStats: () => readAudioStats(audio, value('output_latency_s')),
  });

  bus.on('Player.sinkChanged', ({ payload: { sink, reason } }) => {
    if (reason === 'opened') log.info(`Sound goes to ${sink}.`);
    else log.warn(`Sound goes to ${sink}.`, { reason });
  });
  bus.on('Player.underrun', ({ payload }) =>
    log.warn('A ring ran empty: the disk or the processor is too slow.', payload),
  );
  bus.on('Settings.changed', ({ payload }) => {
    if (payload.key === 'output_device' || payload.key === 'output_latency_s') void switchDevice();
    if (payload.key === 'enable_action_tracing') engine.trace.enable(value('enable_action_tracing'));
    if (payload.key.startsWith('trace_')) configureTrace();
    if (payload.key === 'rules_off') ownerRules.applySwitches();
    if (payload.key === 'scripts_off') void scripts.applySwitches();
  });
  const wantedSink = () =>
    parts.sinkFor({ device: value('output_device'), latencyS: value('output_latency_s') });
  const switchDevice = async () => {
    const switched = await audio.switchSink(wantedSink());
    if (!switched.ok)
      engine.emit('Player', 'sinkChanged', { sink: audio.snapshot().sink, reason: switched.message });
  };
  const configureTrace = () =>
    traceDb?.configure({ mode: value('trace_persist'), flushMs: value('trace_flush_ms') });
  configureTrace();

  const timers: NodeJS.Timeout[] = [];
  const every = (ms: number, work: () => void) => {
    const timer = setInterval(work, ms);
    timers.push(timer);
    return () => clearInterval(timer);
  };
  return {
    engine,
    door,
    audio,
    http,
    async start(musicFolders, isFirstStart, crashedOn) {
      ownerRules.applySwitches();
      await ownerRules.look(true);
      await scripts.look(true);
      await door.run('Library', 'setFolders', { paths: musicFolders }, { door: 'start' });
      for (const crash of crashedOn)
        engine.emit('Appliance', 'crashedOn', { ...crash, atMs: clock.nowMs() }, { door: 'start' });
      engine.emit('Appliance', 'started', { firstStart: isFirstStart }, { door: 'start' });
      // One timer for both: an idle processor is woken once.
      let ticks = 0;
      const onTicks: { every: number; work: () => void }[] = [];
      keepDevice({
        engine: audio,
        wanted: wantedSink,
        every: (ms, work) => onTicks.push({ every: ms / TICK_MS, work }),
      });
      every(TICK_MS, () => {
        player.tick();
        ticks += 1;
        void ownerRules.look();
        void scripts.look();
        for (const each of onTicks) if (ticks % each.every === 0) each.work();
      });
      let lastFrame = -1;
      // After the start, after each import, when the Director has read the library again, and each hour.
      let untilRelease = 0;
      bus.on('Import.finished', () => {
        untilRelease = 0;
      });
      every(HALF_MINUTE_MS, () => {
        if (untilRelease === 0) {
          untilRelease = HOUR_MS / HALF_MINUTE_MS;
          parts.releaseMemory();
        }
        untilRelease -= 1;
        const { streamFrame } = audio.snapshot();
        const fault = audioFault(lastFrame, streamFrame);
        lastFrame = streamFrame;
        void door.run('Health', 'note', { name: 'audio', ...fault }, { door: 'timer' });
        engine.emit('Appliance', 'halfMinute', { nowMs: clock.nowMs() }, { door: 'timer' });
      });
      watchFolders({
        every,
        folders: () => door.query('Library', 'folders', {}),
        lost: (folder, seen) => door.run('Library', 'reconcile', { folder, seen }, { door: 'timer' }),
        rescan: async (path) => 'job' in (await door.run('Import', 'start', { path }, { door: 'timer' })),
      });
    },
    async reload() {
      await ownerRules.look(true);
      await scripts.look(true);
    },
    async stop(reason, fadeMs) {
      for (const timer of timers) clearInterval(timer);
      importer.stop();
      backup.stop();
      envelopes.close();
      engine.emit('Appliance', 'stopping', { reason }, { door: 'core' });
      engine.flush();
      await audio.close(fadeMs);
      await engine.idle();
      engine.stop();
      scripts.close();
    },
  };
}
