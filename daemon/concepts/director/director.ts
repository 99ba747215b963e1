// Director: chooses what plays next, and keeps the facts of each choice. Main thread, a few milliseconds a choice.
// It never enqueues, and never decides whether to choose at all: that is for the rules.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { SongId } from '../../../sync/vocabulary/common.ts';
import type {
  DirectorVocabulary,
  Flavor,
  NothingLeft,
  SelectionFacts,
} from '../../../sync/vocabulary/director.ts';
import type { CooldownDefaults } from '../../policy/cooldown.ts';
import { bent } from '../../policy/taste.ts';
import type { Clock, Db } from '../../ports.ts';
import { baseProbabilities, type Catalogue, countEligible, dislikesOf, passageIndex } from './catalogue.ts';
import { createScratch, type Scratch } from './cooldown-factor.ts';
import { packFacts, replayFacts, unpackFacts } from './facts.ts';
import { afterFailure, NO_FAILURES, pauseLeftMs } from './failures.ts';
import { type FlavorReading, readFlavors } from './flavor-reading.ts';
import { loadCatalogue, loadDislikes } from './load.ts';
import { withQueuedHeard } from './queued.ts';
import { choose, type NoChoice } from './select.ts';
import { createSetAside } from './set-aside.ts';
import { createDirectorStore } from './store.ts';
import { pausedMessage, reasonMessage } from './words.ts';

/** While music is imported the catalogue is read every two seconds, and its flavors are of no use. */
const FLAVORS_AFTER_MS = 3000;
/** So many may sound, or wait for their end to be noted, at once, and more. */
const OPEN_PLAYS = 16;

export interface DirectorPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<DirectorVocabulary>;
  /** An unsigned 32-bit number nobody can foresee. */
  readonly newSeed: () => number;
  readonly relaxCooldowns: () => boolean;
  readonly cooldownDefaults: () => CooldownDefaults;
  /** The overlap expected between neighbours. */
  readonly overlapMs: () => number;
  /** Calls back after so many ms, other work of the main thread first. Left out: flavors are read when they are first needed. */
  readonly later?: (ms: number, run: () => void) => void;
}

export type Director = Implementation<DirectorVocabulary>;

/** The catalogue and what is kept with it as long as it stands. */
interface Loaded {
  readonly catalogue: Catalogue;
  /** Null: the catalogue has all flavors. */
  reading: FlavorReading | null;
  readonly scratch: Scratch;
  readonly isQueued: Uint8Array;
  readonly distances: Uint32Array;
  /** The target that `distances` are for, and the same as JSON; null: none yet. */
  aimedAt: { readonly target: Flavor; readonly flavor: string } | null;
  /** The newest play when it was last looked at what was heard. */
  heardUpTo: number;
}

export function createDirector(ports: DirectorPorts): Director {
  const { db, clock, emit } = ports;
  const store = createDirectorStore(db);
  const aside = createSetAside();
  let loaded: Loaded | null = null;
  let failures = NO_FAILURES;
  let lastReason: { reason: NothingLeft; freeAtMs: number | null } | null = null;

  function load(): Loaded {
    const catalogue = loadCatalogue(db);
    aside.applyTo(catalogue, true);
    const fresh: Loaded = {
      catalogue,
      reading: readFlavors(db, catalogue),
      scratch: createScratch(catalogue),
      isQueued: new Uint8Array(catalogue.count),
      distances: new Uint32Array(catalogue.count),
      aimedAt: null,
      heardUpTo: store.newestPlay(),
    };
    loaded = fresh;
    readOn(fresh, FLAVORS_AFTER_MS);
    return fresh;
  }

  /** Reads the flavors step by step, unless a choice needed all of them, or another catalogue has taken the place of this. */
  function readOn(at: Loaded, afterMs: number): void {
    ports.later?.(afterMs, () => {
      if (at !== loaded || at.reading === null) return;
      if (at.reading.step()) readOn(at, 0);
      else hasRead(at);
    });
  }

  function hasRead(at: Loaded): void {
    at.reading = null;
    emit('loaded', { passages: at.catalogue.count });
  }

  /** The catalogue with the file states of this moment, perhaps without flavors. Read at the first need, not at start. */
  function current(): Loaded {
    if (loaded === null) return load();
    store.refreshStates(loaded.catalogue);
    return loaded;
  }

  /** The cooldowns of this moment: when what was heard since the last time was heard. */
  function refreshHeard(at: Loaded): void {
    const newest = store.newestPlay();
    store.refreshHeard(at.catalogue, at.heardUpTo - OPEN_PLAYS);
    at.heardUpTo = newest;
  }

  function aim(at: Loaded, target: Flavor): string {
    if (at.aimedAt?.target === target) return at.aimedAt.flavor;
    if (at.reading !== null) {
      at.reading.finish();
      hasRead(at);
    }
    const flavor = JSON.stringify(target);
    if (at.aimedAt?.flavor !== flavor) at.catalogue.flavors.distances(target, at.distances);
    at.aimedAt = { target, flavor };
    return flavor;
  }

  const paused = () => pauseLeftMs(failures, clock.monotonicMs());

  return {
    actions: {
      select(input) {
        const pauseMs = paused();
        if (pauseMs > 0) {
          const freeAtMs = clock.nowMs() + pauseMs;
          return { error: 'PAUSED', message: pausedMessage(pauseMs), freeAtMs };
        }
        const at = current();
        refreshHeard(at);
        const taste = input.taste ?? null;
        const target = taste === null ? input.target : bent(input.target, taste.flavor, taste.strength);
        const flavor = aim(at, target);
        const seed = (input.seed ?? ports.newSeed()) >>> 0;
        const choice = withQueuedHeard(
          at.catalogue,
          input.queued,
          input.targetAtMs,
          ports.overlapMs(),
          at.isQueued,
          () =>
            choose(at, {
              targetAtMs: input.targetAtMs,
              seed,
              relax: ports.relaxCooldowns(),
              mustPlay: input.mustPlay,
              defaults: ports.cooldownDefaults(),
            }),
        );
        if ('reason' in choice) return nothing(choice);
        const facts: Omit<SelectionFacts, 'selection'> = {
          targetAtMs: input.targetAtMs,
          chosenAtMs: clock.nowMs(),
          target: { kind: input.targetKind, name: input.targetName, flavor: target },
          tasteStrength: taste?.strength ?? 0,
          seed,
          dislikes: dislikesOf(at.catalogue, passageIndex(at.catalogue, choice.passage)),
          ...choice,
        };
        const { passage, chosenAtMs } = facts;
        const selection = store.save({ passage, chosenAtMs, seed, flavor, facts: packFacts(facts) });
        lastReason = null;
        emit('selected', { passage, selection, songs: songsOf(at.catalogue, passage) });
        return { passage, selection };
      },

      setAside({ name, passages }) {
        const isChanged = aside.set(name, passages);
        if (isChanged && loaded !== null) aside.applyTo(loaded.catalogue, false);
        return { passages: passages.length, changed: isChanged };
      },

      reload: () => ({ passages: load().catalogue.count }),

      reweigh() {
        const { catalogue } = loaded ?? load();
        catalogue.dislikes.set(loadDislikes(db, catalogue.songs));
        catalogue.base.set(baseProbabilities(catalogue.count, catalogue));
        aside.applyTo(catalogue, true);
        return { disliked: catalogue.dislikes.reduce((count, times) => count + (times > 0 ? 1 : 0), 0) };
      },

      noteFailure() {
        const wasPaused = paused() > 0;
        failures = afterFailure(failures, clock.monotonicMs());
        const pauseMs = paused();
        if (pauseMs > 0 && !wasPaused) {
          emit('nothingLeft', { reason: 'PAUSED', freeAtMs: clock.nowMs() + pauseMs });
        }
        return { failures: failures.at.length, paused: pauseMs > 0 };
      },

      resumeAfterFailures() {
        const wasPaused = paused() > 0;
        failures = NO_FAILURES;
        return { wasPaused };
      },
    },
    queries: {
      state() {
        const pauseMs = paused();
        if (pauseMs > 0) return [{ paused: true, reason: 'PAUSED', freeAtMs: clock.nowMs() + pauseMs }];
        return [
          { paused: false, reason: lastReason?.reason ?? null, freeAtMs: lastReason?.freeAtMs ?? null },
        ];
      },
      eligible: () => [{ count: countEligible(current().catalogue) }],
      facts({ selection }) {
        const stored = store.find(selection);
        return stored === undefined ? [] : [unpackFacts(stored)];
      },
      replay({ selection }) {
        const stored = store.find(selection);
        return stored === undefined ? [] : [replayFacts(unpackFacts(stored))];
      },
    },
  };

  /** Told once, not at each attempt: it is asked again every half minute. */
  function nothing({ reason, freeAtMs, dropped }: NoChoice) {
    if (lastReason?.reason !== reason) emit('nothingLeft', { reason, freeAtMs });
    lastReason = { reason, freeAtMs };
    const message = reasonMessage(reason, dropped);
    return { error: reason, message, details: { dropped }, ...(freeAtMs === null ? {} : { freeAtMs }) };
  }
}

function songsOf(catalogue: Catalogue, id: number): SongId[] {
  const passage = passageIndex(catalogue, id);
  const { starts, items } = catalogue.songsOf;
  const songs = items.subarray(starts[passage], starts[passage + 1]);
  return [...new Set(songs)].map((song) => catalogue.songs.ids[song] as number);
}
