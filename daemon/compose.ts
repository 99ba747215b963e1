import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listDevices } from '../audio/devices.ts';
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';
import { createBus, createIds } from '../sync/bus.ts';
import type { Door } from '../sync/door.ts';
import { createEngine, type Engine } from '../sync/engine/index.ts';
import { allRules, routineEvents, stateLikeEvents } from '../sync/rules/index.ts';
import { ScriptFailure } from '../sync/script/host.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import { createCovers, MOST_COVER_BYTES } from './adapters/derived/covers.ts';
import { createEnvelopes, MOST_ENVELOPE_BYTES } from './adapters/derived/envelopes.ts';
import { createKeptFiles } from './adapters/derived/kept-files.ts';
import { coverSpawner } from './adapters/derived/spawn-cover.ts';
import { spawnEnvelopeWorker } from './adapters/derived/spawn-envelope.ts';
import { createFlowStream } from './adapters/http/flow-stream.ts';
import { createHttp, type Http } from './adapters/http/http.ts';
import { createEventHub } from './adapters/http/hub.ts';
import { openLua } from './adapters/script/lua.ts';
import type { Durable } from './adapters/store/durable.ts';
import { isDamage } from './adapters/store/open.ts';
import type { TraceDb } from './adapters/store/trace-db.ts';
import { readAudioStats } from './audio-stats.ts';
import { createAudioTest } from './audio-test.ts';
import type { Positions } from './concepts/player/player.ts';
import { createSettings } from './concepts/settings/settings.ts';
import { registerConcepts } from './concepts.ts';
import { createDevPorts } from './dev-ports.ts';
import { beat } from './heartbeat.ts';
import { readMemoryParts } from './memory-parts.ts';
import { createOwnerRules } from './owner-rules/owner-rules.ts';
import { recordedFlows } from './owner-rules/recorded-flows.ts';
import { lookForRuleFiles } from './owner-rules/rule-files.ts';
import type { Places } from './places.ts';
import type { Clock, Db, Log } from './ports.ts';
import { SAFE_MODE_ENDS } from './safe-mode.ts';
import { createScripts } from './scripts/scripts.ts';
import { statusLine } from './status-line.ts';
import { createWhy } from './why.ts';

export interface Parts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: Places;
  readonly positions: Positions;
  readonly durable: Pick<Durable, 'now' | 'soon'>;
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
  /** What the daemon does is another thing now: a line. */
  readonly onStatus: (line: string) => void;
  /** SQLite says that the database is damaged. */
  readonly onDamage: () => void;
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
    /** Why the owner's rules and scripts are not read; null: they are. */
    whySafe: string | null,
  ): Promise<void>;
  /** What it does, in a line. */
  status(): string;
  /** Reads again what is read from files while it runs: the owner's rules and scripts, also after a start without them. */
  reload(): Promise<void>;
  /** Fades out, keeps the position, and stops whatever runs. */
  stop(reason: string, fadeMs: number): Promise<void>;
}

/** From a checkout, by tsx; else from dist. */
const isSource = import.meta.url.endsWith('.ts');

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
      try {
        inTransaction(run);
      } catch (error) {
        concepts.rolledBack();
        throw error;
      }
      isCommitted = true;
      parts.durable.soon();
    },
    beforeAnswers: parts.durable.now,
    stateLike: stateLikeEvents,
    routine: routineEvents,
    onProblem({ message, kind, ...rest }) {
      log.error(message, { kind, ...rest, error: rest.error && String(rest.error) });
      if (isDamage(rest.error)) parts.onDamage();
    },
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
  const concepts = registerConcepts({
    ...{ engine, audio, hub, settings, db, clock, log, places, timeZone },
    positions: parts.positions,
    isCommitted: () => isCommitted,
    runChain: (input) => scripts.runChain(input),
  });
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
    kept: createKeptFiles(join(places.cacheDirectory, 'envelopes'), MOST_ENVELOPE_BYTES),
    spawn: spawnEnvelopeWorker,
  });
  const covers = createCovers({
    kept: createKeptFiles(join(places.cacheDirectory, 'covers'), MOST_COVER_BYTES),
    spawn: coverSpawner(
      fileURLToPath(new URL(`${isSource ? '..' : '../..'}/build/native/segue-cover`, import.meta.url)),
    ),
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
    panelDir: fileURLToPath(new URL(isSource ? '../dist/panel' : '../panel', import.meta.url)),
    why: createWhy({ engine, timeZone }),
    devices: listDevices,
    cover: covers.of,
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
  let isSafe = false;
  const status = () => statusLine(engine, isSafe);
  const tellStatus = () => parts.onStatus(status());
  bus.on('Player.voiceStarted', tellStatus);
  bus.on('Player.stateChanged', tellStatus);
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

  async function lookAtOwners(atOnce: boolean): Promise<void> {
    if (isSafe) return;
    await ownerRules.look(atOnce);
    await scripts.look(atOnce);
  }
  async function setSafe(why: string | null): Promise<void> {
    if (why !== null) log.warn(why);
    else log.info(SAFE_MODE_ENDS);
    isSafe = why !== null;
    const word = { name: 'safe-mode', ok: !isSafe, message: why ?? SAFE_MODE_ENDS } as const;
    await door.run('Health', 'note', word, { door: 'start' });
    tellStatus();
  }

  let stopBeating = () => {};
  return {
    engine,
    door,
    audio,
    http,
    status,
    async start(musicFolders, isFirstStart, crashedOn, whySafe) {
      if (whySafe !== null) await setSafe(whySafe);
      ownerRules.applySwitches();
      await lookAtOwners(true);
      await door.run('Library', 'setFolders', { paths: musicFolders }, { door: 'start' });
      for (const crash of crashedOn)
        engine.emit('Appliance', 'crashedOn', { ...crash, atMs: clock.nowMs() }, { door: 'start' });
      engine.emit('Appliance', 'started', { firstStart: isFirstStart }, { door: 'start' });
      stopBeating = beat(
        { engine, bus, audio, clock, log, wantedSink, releaseMemory: parts.releaseMemory },
        () => {
          for (const each of concepts.eachSecond) each.tick();
          void lookAtOwners(false);
        },
      );
    },
    async reload() {
      if (isSafe) await setSafe(null);
      await lookAtOwners(true);
    },
    async stop(reason, fadeMs) {
      stopBeating();
      concepts.stop();
      envelopes.close();
      covers.close();
      engine.emit('Appliance', 'stopping', { reason }, { door: 'core' });
      engine.flush();
      await audio.close(fadeMs);
      await engine.idle();
      engine.stop();
      scripts.close();
    },
  };
}
