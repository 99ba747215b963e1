// Every concept, with what it is given, registered with the engine. Main thread, once at start. Belongs to the composition
// root; it decides nothing.
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import type { AudioEngine } from '../audio/engine.ts';
import { secondsToTicks } from '../audio/ticks.ts';
import type { Engine } from '../sync/engine/index.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import { probeSystem } from './adapters/files/system-probe.ts';
import type { EventHub } from './adapters/http/hub.ts';
import { libraryThroughDoor } from './adapters/import/library-through-door.ts';
import { spawnImportWorker } from './adapters/import/spawn-worker.ts';
import { createBackups } from './backups.ts';
import { createAccess, SENSITIVE } from './concepts/access/access.ts';
import { type Alarms, createAlarms } from './concepts/alarms/alarms.ts';
import { createCooldown } from './concepts/cooldown/cooldown.ts';
import { createDirector } from './concepts/director/director.ts';
import { createHealth } from './concepts/health/health.ts';
import { createHistory } from './concepts/history/history.ts';
import { createImport } from './concepts/import/import.ts';
import { createLibrary } from './concepts/library/library.ts';
import { createOverride } from './concepts/override/override.ts';
import { createPanel } from './concepts/panel/panel.ts';
import { createPlayer, type Player, type Positions } from './concepts/player/player.ts';
import { createQueue } from './concepts/queue/queue.ts';
import type { Settings } from './concepts/settings/settings.ts';
import { createSleep, type Sleep } from './concepts/sleep/sleep.ts';
import { createTaste } from './concepts/taste/taste.ts';
import { createTimeslots } from './concepts/timeslots/timeslots.ts';
import { localTimeAt } from './local-time.ts';
import type { Places } from './places.ts';
import type { Clock, Db, Log } from './ports.ts';
import type { Scripts } from './scripts/scripts.ts';

const HOUR_MS = 3_600_000;

export interface ConceptParts {
  readonly engine: Engine<Vocabulary>;
  readonly audio: AudioEngine;
  readonly hub: EventHub;
  readonly settings: Settings;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: Places;
  readonly positions: Positions;
  readonly timeZone: () => string;
  /** Whether all that the last emitted event led to is on disk. */
  readonly isCommitted: () => boolean;
  readonly runChain: Scripts['runChain'];
}

export interface Concepts {
  /** What each of these has to do by the clock. */
  readonly eachSecond: readonly Pick<Player | Sleep | Alarms, 'tick'>[];
  /** A turn was rolled back: what they hold in memory of the disk is read anew. */
  rolledBack(): void;
  /** Ends what runs in processes of its own. */
  stop(): void;
}

export function registerConcepts(parts: ConceptParts): Concepts {
  const { engine, audio, hub, settings, db, clock, log, places, timeZone } = parts;
  const value = settings.value;
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
    isCommitted: parts.isCommitted,
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
    heardLast: parts.positions.last?.entry ?? null,
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
    library: libraryThroughDoor(() => engine),
    spawnWorker: () => spawnImportWorker(log),
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    after: (ms, work) => void setTimeout(work, ms).unref(),
    artDir: places.artDirectory,
    demoDir: places.demoDirectory,
  });

  const backup = createBackups({
    db,
    clock,
    log,
    emit: engine.emitter('Backup'),
    places,
    copyTo: () => value('backup_folder'),
    timeZone,
  });

  engine.register('Appliance', {
    actions: {
      runChain: parts.runChain,
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
      later: (run) => void setImmediate(run),
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
      overlapMs: () => value('crossfade_s') * 1000,
      later: (ms, run) => void (ms > 0 ? setTimeout(run, ms).unref() : setImmediate(run)),
    }),
  );
  engine.register(
    'Cooldown',
    createCooldown({ db, emit: engine.emitter('Cooldown'), defaults: cooldownDefaults }),
  );
  engine.register(
    'Taste',
    createTaste({
      db,
      clock,
      emit: engine.emitter('Taste'),
      strength: () => value('taste_strength'),
      cycle: () => value('taste_cycle'),
    }),
  );
  engine.register('Timeslots', createTimeslots({ db, emit: engine.emitter('Timeslots'), timeZone }));
  engine.register('Override', createOverride({ db, clock, emit: engine.emitter('Override') }));
  const sleep = createSleep({ db, clock, emit: engine.emitter('Sleep', { door: 'timer' }) });
  const alarms = createAlarms({
    ...{ db, clock, timeZone },
    emit: engine.emitter('Alarms', { door: 'timer' }),
    wallOf: (zone) => (atMs) => localTimeAt(atMs, zone),
  });
  engine.register('Sleep', sleep);
  engine.register('Alarms', alarms);
  engine.register('Import', importer);
  engine.register('Backup', backup);
  engine.register('Panel', createPanel({ hub, clock, emit: engine.emitter('Panel') }));
  engine.register(
    'Health',
    createHealth({ db, emit: engine.emitter('Health'), system: () => probeSystem(places.stateDirectory) }),
  );
  return {
    eachSecond: [player, sleep, alarms],
    rolledBack: queue.forget,
    stop() {
      importer.stop();
      backup.stop();
    },
  };
}
