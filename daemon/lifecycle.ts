// The daemon's life: open, compose, listen, play, and stop without losing anything. Main thread.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { releaseCode, returnFreedMemory, tellService, trimFreedMemory } from '../audio/addon.ts';
import type { AudioEngine } from '../audio/engine.ts';
import { decisiveActions } from '../sync/rules/index.ts';
import { createNotify } from './adapters/notify/notify.ts';
import { listenOnSocket } from './adapters/socket/socket.ts';
import { createDurable } from './adapters/store/durable.ts';
import { createLookOver } from './adapters/store/look-over.ts';
import { isDamage, openStore } from './adapters/store/open.ts';
import { openTraceDb } from './adapters/store/trace-db.ts';
import { NO_DEVICE, openAudio, sinkOf } from './audio-out.ts';
import { createClock } from './clock.ts';
import { type Appliance, compose } from './compose.ts';
import { mainRateHz } from './concepts/library/main-rate.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { readLastRun } from './crash-note.ts';
import { createLog } from './log.ts';
import { chooseMusic } from './music.ts';
import { type Places, placesOf } from './places.ts';
import type { Log } from './ports.ts';
import { createPositions } from './positions.ts';
import { countStarts, type Starts } from './safe-mode.ts';
import { feedWatchdog } from './watchdog.ts';

const POSITION = 'position';
const STARTS = 'starts.json';
const FADE_MS = 200;
const GRACE_MS = 5000;
/** A large database on a slow card. */
const RECOVERY_MS = 900_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/** Runs until SIGTERM or SIGINT; the answer is the exit code. */
export async function runDaemon(config: Config): Promise<number> {
  const stopAsked = toldToStop();
  returnFreedMemory();
  const log = createLog(config.logLevel);
  // The log level and the owner's rules; nothing else can be read again without a restart. The default action would
  // end the music.
  const onReload = { run: async () => {} };
  process.on('SIGHUP', () => {
    log.setLevel(readConfig(process.argv.slice(2), process.env).logLevel);
    void onReload.run();
  });
  const places = placesOf(config.state, process.env);
  makeFolders(places);
  const starts = countStarts(join(places.runtimeDirectory, STARTS));
  let fault: string | null = null;
  do fault = await live({ config, log, places, starts, stopAsked, onReload, fault });
  while (fault !== null);
  return 0;
}

interface Life {
  readonly config: Config;
  readonly log: ReturnType<typeof createLog>;
  readonly places: Places;
  readonly starts: Starts;
  /** The signal. */
  readonly stopAsked: Promise<string>;
  readonly onReload: { run: () => Promise<void> };
  /** What the life before has found wrong with the database. */
  readonly fault: string | null;
}

/** From opening the database to closing it. Null: it was told to stop; else what is wrong with the database. */
async function live({
  config,
  log,
  places,
  starts,
  stopAsked,
  onReload,
  fault,
}: Life): Promise<string | null> {
  const notify = createNotify({ log, tell: tellService });
  const opened = openStore({
    stateDir: places.stateDirectory,
    nowMs: Date.now(),
    onRecovery: () => notify.patience(RECOVERY_MS),
    ...(fault === null ? {} : { fault }),
  });
  if ('error' in opened) throw new ConfigError(opened.message);
  for (const notice of opened.notices) log.warn(notice);
  const { db } = opened;
  // Another database gives its entries other numbers, or the same ones again.
  if (opened.isNew || opened.restoredFrom !== null)
    rmSync(join(places.runtimeDirectory, POSITION), { force: true });
  const newestMs = db.prepare('SELECT started_at_ms FROM plays ORDER BY id DESC LIMIT 1').pluck().get() as
    | number
    | undefined;
  const clock = createClock(newestMs ?? 0);
  const traceDb = openTraceDb({
    path: places.traceDatabase,
    decisive: decisiveActions,
    onError: (message, error) => log.warn(message, { error: String(error) }),
  });
  const lastRun = readLastRun(places.runtimeDirectory);
  for (const { path, reason } of lastRun.blamed) log.warn(`${path} is passed over from now on.`, { reason });
  const { noteFile: crashNote } = lastRun;
  const positionFile = join(places.runtimeDirectory, POSITION);
  const lookOver = createLookOver(opened.path, log);
  let audio: AudioEngine | null = null;
  const durable = createDurable({
    db,
    path: opened.path,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    onError: (error) =>
      log.error('What was played cannot be brought onto the disk.', { error: String(error) }),
  });
  const composed = compose({
    db,
    durable,
    clock,
    log,
    places,
    traceDb,
    positions: createPositions(db, positionFile, clock),
    sinkFor: (settings) => sinkOf({ ...settings, sink: config.sink }),
    async openAudio(settings) {
      const libraryHz = mainRateHz(db);
      audio = await openAudio({
        ...{ ...settings, libraryHz, sink: config.sink, playing: true, log },
        ...{ crashNote, positionFile, nowMs: () => clock.nowMs() },
      });
      return audio;
    },
    onStatus: notify.status,
    onDamage: () => lookOver.look('SQLite says that the database is damaged.'),
    bootId: randomBytes(4).toString('hex'),
    version: versionOf(),
    releaseMemory() {
      // The cache is full of what was read once.
      db.pragma('shrink_memory');
      // Where Node was started with --expose-gc: V8 waits for a larger heap before it looks for what nobody holds.
      globalThis.gc?.();
      trimFreedMemory();
      releaseCode();
    },
    devIsOpen: LOOPBACK.has(config.bind),
  });
  let appliance: Appliance;
  try {
    appliance = await composed;
  } catch (error) {
    // So damaged that it cannot even begin. What was mended or put back is not mended again.
    if (!isDamage(error) || fault !== null) throw error;
    await (audio as AudioEngine | null)?.close(0);
    traceDb.close();
    durable.close();
    db.close();
    return (error as Error).message;
  }
  const doors = await openDoors(appliance, config, places, log);
  const music = chooseMusic(config, places, process.env.HOME);
  log.info(music.sentence);
  // Only now: what cannot even be opened is no crash that the owner's rules could have made.
  const whySafe = starts.begin(config.safeMode);
  await appliance.start(music.folders, opened.isNew, lastRun.blamed, whySafe);
  onReload.run = appliance.reload;
  if (opened.isNew) await sayAdminCode(appliance, log);
  if (config.sink === 'auto' && appliance.audio.snapshot().sink === 'null') {
    const fault = { name: 'device', ok: false, message: NO_DEVICE } as const;
    await appliance.door.run('Health', 'note', fault, { door: 'start' });
  }
  void notify.ready(appliance.status());
  notify.watched();
  const unwatch = feedWatchdog({
    look: () => ({
      streamFrame: appliance.audio.snapshot().streamFrame,
      sinkState: appliance.audio.sinkState(),
    }),
    monotonicMs: clock.monotonicMs,
    alive: notify.alive,
    everyMs: notify.aliveEveryMs,
    every(ms, work) {
      const timer = setInterval(work, ms);
      return () => clearInterval(timer);
    },
  });
  if (opened.notices.length > 0) {
    const told = { name: 'database', ok: false, message: opened.notices.join(' ') } as const;
    await appliance.door.run('Health', 'note', told, { door: 'start' });
  }
  if (opened.wasUnclean) lookOver.look('The database was not closed the last time.');
  const found = await Promise.race([stopAsked.then(() => null), lookOver.fault]);
  lookOver.end();
  const reason = found === null ? await stopAsked : 'database';
  log.info(`Stopping (${reason}).`);
  unwatch();
  if (found === null) notify.stopping();
  await appliance.stop(reason, FADE_MS);
  await doors.close();
  traceDb.close();
  lastRun.forget();
  if (found === null) starts.end();
  durable.close();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return found;
}

/** Once, at the first start of a new database. */
async function sayAdminCode({ door }: Appliance, log: Log): Promise<void> {
  const answer = await door.run('Access', 'ensureCode', { renew: false }, { door: 'start' });
  if ('code' in answer)
    log.info(`Whoever logs in with ${answer.code} is admin; "segue admin-code" shows it again.`);
}

function makeFolders(places: Places): void {
  for (const folder of [places.stateDirectory, places.runtimeDirectory, places.artDirectory]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new ConfigError(
        `${folder} cannot be made: ${(error as Error).message}. Choose another place with --state.`,
      );
    }
  }
}

async function openDoors(appliance: Appliance, config: Config, places: Places, log: Log) {
  const socket = await listenOnSocket({
    path: places.socket,
    listener: appliance.http.listener('socket'),
    // Under systemd it lies in a directory of its own, which the group may enter.
    isForGroup: process.env.RUNTIME_DIRECTORY !== undefined,
  });
  if ('error' in socket) throw new ConfigError(socket.message);
  const bound = await appliance.http.listen({ host: config.bind, port: config.port });
  if ('error' in bound) {
    await socket.close(0);
    throw new ConfigError(bound.message);
  }
  const host = config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`;
  log.info(`Panel on ${url}`);
  return {
    url,
    async close() {
      await Promise.all([appliance.http.close(GRACE_MS), socket.close(GRACE_MS)]);
    },
  };
}

function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

function versionOf(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string })
        .version;
    } catch {
      // Source and dist lie at different depths: the other one has it.
    }
  }
  return 'unknown';
}
