// Days of radio in seconds: what would play from a library, and whether it kept what was promised. Judged from the plays
// alone: which songs and artists came back when, how near each slot came to its mood, and whether it was ever silent.
import type { Flavor } from '../../sync/vocabulary/director.ts';
import { sfc32 } from '../concepts/director/draw.ts';
import { unpackChosen } from '../concepts/director/facts.ts';
import { flavorDistance } from '../policy/flavor.ts';
import { bestSourceLast } from '../policy/flavor-sources.ts';
import type { Db } from '../ports.ts';
import { openStation, type Station } from './station.ts';

const DAY_MS = 86_400_000;
/** A listener who skips does so here: before anything counts as heard. */
const SKIP_AFTER_MS = 10_000;
const MOST_TOLD = 20;

export interface SimulationOptions {
  /** Is changed: a copy. */
  readonly db: Db;
  readonly startMs: number;
  readonly days: number;
  readonly seed: number;
  /** Share of passages that somebody skips after ten seconds, 0 to 1. */
  readonly skips?: number;
  /** After each day; false: enough. */
  readonly onDay?: (days: number, plays: number) => Promise<boolean>;
}

export interface SlotReport {
  readonly name: string;
  readonly plays: number;
  /** Of what played to the mood of the slot, and of all that there is. */
  readonly meanDistance: number;
  readonly randomDistance: number;
}

export interface Broken {
  readonly what: 'song' | 'artist' | 'work';
  readonly passage: number;
  readonly afterMs: number;
  readonly atLeastMs: number;
}

export interface SimulationReport {
  readonly days: number;
  readonly plays: number;
  readonly skipped: number;
  /** Nothing sounded, though something was to. */
  readonly silentMs: number;
  /** Silent timeslots. */
  readonly pausedMs: number;
  /** Choices for which cooldowns had to be shortened, or disregarded. */
  readonly relaxed: number;
  /** Came back sooner than its cooldown, times what the facts of the choice admit. */
  readonly broken: number;
  readonly brokenExamples: readonly Broken[];
  readonly slots: readonly SlotReport[];
  readonly passages: {
    readonly known: number;
    readonly played: number;
    readonly least: number;
    readonly median: number;
    readonly most: number;
  };
}

/** Throws where a rule does. The same library, start and seed are the same plays. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { db, startMs, days, seed, skips = 0, onDay } = options;
  const station = openStation({
    db,
    startMs,
    seed,
    onEnded: ({ passage, atMs, heard }) => judge.ended(passage, atMs, !heard),
  });
  const judge = createJudge(db, station);
  const dice = sfc32(seed ^ 0x5eed);
  const counts = new Map<number, number>();
  let [plays, skipped, silentMs, pausedMs] = [0, 0, 0, 0];
  let silentSinceMs: number | null = startMs;
  let wasPaused = false;
  /** What was silent until then, by why. */
  function silentUntil(atMs: number): void {
    const ms = silentSinceMs === null ? 0 : atMs - silentSinceMs;
    if (wasPaused) pausedMs += ms;
    else silentMs += ms;
    silentSinceMs = null;
  }
  let sounding: number | null = null;
  let skipAtMs = Number.POSITIVE_INFINITY;
  let day = 0;
  for (; day < days; day++) {
    db.exec('BEGIN');
    const endMs = startMs + (day + 1) * DAY_MS;
    while (station.timeline.nowMs() < endMs) {
      station.step(Math.min(endMs, skipAtMs));
      const nowMs = station.timeline.nowMs();
      if (nowMs >= skipAtMs) {
        skipAtMs = Number.POSITIVE_INFINITY;
        skipped += 1;
        await station.engine.run('Player', 'skip', { reason: 'skipped' }, { door: 'timer' });
      }
      const now = station.player.sounding();
      if (now === null) {
        if (station.player.isPaused() !== wasPaused) silentUntil(nowMs);
        wasPaused = station.player.isPaused();
        silentSinceMs ??= nowMs;
        continue;
      }
      silentUntil(now.sinceMs);
      wasPaused = false;
      if (now.entry === sounding) continue;
      sounding = now.entry;
      plays += 1;
      const passage = judge.began(now.entry, now.sinceMs);
      counts.set(passage, (counts.get(passage) ?? 0) + 1);
      skipAtMs = dice() < skips ? now.sinceMs + SKIP_AFTER_MS : Number.POSITIVE_INFINITY;
    }
    db.exec('COMMIT');
    if (onDay !== undefined && !(await onDay(day + 1, plays))) {
      day += 1;
      break;
    }
  }
  silentUntil(station.timeline.nowMs());
  station.engine.stop();
  const sorted = [...counts.values()].sort((a, b) => a - b);
  const known = db.prepare('SELECT count(*) FROM passages WHERE retired = 0').pluck().get() as number;
  return {
    days: day,
    plays,
    skipped,
    silentMs: Math.round(silentMs),
    pausedMs: Math.round(pausedMs),
    ...judge.verdict(),
    passages: {
      known,
      played: sorted.length,
      least: sorted.length < known ? 0 : (sorted[0] ?? 0),
      median: sorted[Math.floor(sorted.length / 2)] ?? 0,
      most: sorted.at(-1) ?? 0,
    },
  };
}

type Chosen = ReturnType<typeof unpackChosen>;
/** What was enqueued; without a selection where a person asked for it. */
interface Row {
  readonly passage: number;
  readonly facts: string | null;
  readonly target: number;
}
type Verdict = Pick<SimulationReport, 'relaxed' | 'broken' | 'brokenExamples' | 'slots'>;

function createJudge(db: Db, station: Station) {
  const partsOf = db.prepare(`
    WITH own AS (SELECT DISTINCT song FROM passage_songs WHERE passage = ?)
    SELECT 'song' AS kind, s.id, s.min_cooldown_s AS minS FROM own JOIN songs s ON s.id = own.song
    UNION ALL SELECT 'artist', a.id, a.min_cooldown_s
    FROM own JOIN song_artists x ON x.song = own.song JOIN artists a ON a.id = x.artist
    UNION ALL SELECT 'work', w.id, w.min_cooldown_s
    FROM own JOIN song_works x ON x.song = own.song JOIN works w ON w.id = x.work`);
  const chosenOf = db.prepare(`
    SELECT q.passage, s.facts, s.target FROM queue q LEFT JOIN selections s ON s.id = q.selection WHERE q.id = ?`);
  const flavorOf = db.prepare('SELECT flavor FROM selection_targets WHERE id = ?').pluck();
  const flavorsOf = db.prepare(`SELECT passage, value FROM flavors ORDER BY passage, ${bestSourceLast()}`);
  const heardAt = new Map<string, number>();
  const slots = new Map<string, { plays: number; sum: number; randomSum: number }>();
  const random = new Map<number, number>();
  const examples: Broken[] = [];
  let [relaxed, broken] = [0, 0];

  type Part = { kind: Broken['what']; id: number; minS: number | null };
  const parts = new Map<number, readonly Part[]>();
  function known(passage: number): readonly Part[] {
    const found = parts.get(passage) ?? (partsOf.all(passage) as Part[]);
    parts.set(passage, found);
    return found;
  }

  /** The mean distance of the whole library to a mood. */
  function chanceOf(target: number): number {
    let mean = random.get(target);
    if (mean === undefined) {
      const flavor = JSON.parse(flavorOf.get(target) as string) as Flavor;
      const flavors = new Map<number, Flavor>();
      for (const { passage, value } of flavorsOf.iterate() as Iterable<{ passage: number; value: string }>)
        flavors.set(passage, { ...flavors.get(passage), ...(JSON.parse(value) as Flavor) });
      let sum = 0;
      for (const each of flavors.values()) sum += flavorDistance(each, flavor).distance;
      mean = flavors.size === 0 ? 1 : sum / flavors.size;
      random.set(target, mean);
    }
    return mean;
  }

  function checkCooldowns(passage: number, startedAtMs: number, facts: Chosen): void {
    const defaults = station.cooldownDefaults();
    // Chosen for a time that was foreseen: what began sooner than that is not held against it.
    const earlyMs = Math.max(0, facts.targetAtMs - startedAtMs);
    for (const { kind, id, minS } of known(passage)) {
      const last = heardAt.get(`${kind} ${id}`);
      if (last === undefined) continue;
      const atLeastMs = (minS === null ? defaults[kind].minMs : minS * 1000) * facts.relaxedTo;
      const afterMs = startedAtMs - last;
      if (afterMs + earlyMs >= atLeastMs) continue;
      broken += 1;
      if (examples.length < MOST_TOLD) examples.push({ what: kind, passage, afterMs, atLeastMs });
    }
  }

  return {
    /** Something began to sound: its passage. */
    began(entry: number, startedAtMs: number): number {
      const { passage, facts, target } = chosenOf.get(entry) as Row;
      if (facts === null) return passage;
      const chosen = unpackChosen(facts);
      if (chosen.relaxedTo < 1) relaxed += 1;
      checkCooldowns(passage, startedAtMs, chosen);
      const slot = slots.get(chosen.targetName) ?? { plays: 0, sum: 0, randomSum: 0 };
      slot.plays += 1;
      slot.sum += chosen.distance;
      slot.randomSum += chanceOf(target);
      slots.set(chosen.targetName, slot);
      return passage;
    },
    /** A passage has ended: what counts as heard, and what was skipped before it did. */
    ended(passage: number, atMs: number, songsOnly: boolean): void {
      for (const { kind, id } of known(passage))
        if (kind === 'song' || !songsOnly) heardAt.set(`${kind} ${id}`, atMs);
    },
    verdict: (): Verdict => ({
      relaxed,
      broken,
      brokenExamples: examples,
      slots: [...slots].map(([name, { plays, sum, randomSum }]) => ({
        name,
        plays,
        meanDistance: sum / plays,
        randomDistance: randomSum / plays,
      })),
    }),
  };
}
