// The choice itself: drop what may not play, keep the nearest, draw one by weight. Pure over a catalogue.
import type { NothingLeft, SelectionFacts } from '../../../sync/vocabulary/director.ts';
import type { CooldownDefaults } from '../../policy/cooldown.ts';
import { BROKEN, type Catalogue, hasSong, MISSING } from './catalogue.ts';
import { cooldownFactors, freeAt, freedFrom, type Scratch } from './cooldown-factor.ts';
import { drawWeighted, sfc32, tieRank } from './draw.ts';
import { MICRO } from './flavor-matrix.ts';
import { Nearest } from './nearest.ts';
import { nearPart, relaxedScale, SCALES } from './relax.ts';

const MOST_CANDIDATES = 100;
const LEAST_CANDIDATES = 5;
/** Of what is free. The nearest 100 of 60 are all there are, near or not: then no part of the day would have a mood. */
const SHARE = 1 / 8;

/** How many of so many free passages are candidates: the nearest eighth, 5 to 100. */
export function candidatesOf(free: number): number {
  return Math.min(MOST_CANDIDATES, Math.max(LEAST_CANDIDATES, Math.ceil(free * SHARE)));
}

export interface Question {
  readonly targetAtMs: number;
  readonly seed: number;
  readonly relax: boolean;
  readonly mustPlay: boolean;
  readonly defaults: CooldownDefaults;
}

/** What the pass works on: the catalogue, the distance of each passage to the target, which are queued. */
export interface Field {
  readonly catalogue: Catalogue;
  readonly distances: Uint32Array;
  readonly isQueued: Uint8Array;
  readonly scratch: Scratch;
}

export type Choice = Pick<
  SelectionFacts,
  'passage' | 'eligible' | 'dropped' | 'relaxedTo' | 'candidates' | 'chosen' | 'draw'
>;
export interface NoChoice {
  readonly reason: NothingLeft;
  readonly freeAtMs: number | null;
  readonly dropped: SelectionFacts['dropped'];
}

type Dropped = { -readonly [K in keyof SelectionFacts['dropped']]: number };

export function choose(field: Field, question: Question): Choice | NoChoice {
  const { catalogue, scratch } = field;
  const { pool, dropped } = sieve(field);
  if (pool.length === 0 && question.mustPlay && question.relax && dropped.queued > 0) {
    const queued = allowed(field).filter((passage) => field.isQueued[passage] === 1);
    return leastRecent(field, question, queued, dropped);
  }
  if (pool.length === 0) return { reason: reasonFor(catalogue.count, dropped), freeAtMs: null, dropped };

  /** How many of the pool are free at a scale; their factors are in scratch.passages then. */
  const freeAtScale = (scale: number) => {
    cooldownFactors(catalogue, question.defaults, question.targetAtMs, scale, scratch);
    let free = 0;
    for (const passage of pool) if ((scratch.passages[passage] as number) > 0) free += 1;
    return free;
  };
  let relaxedTo = 1;
  let eligible = freeAtScale(1);
  if (eligible === 0) {
    if (!question.relax) {
      let first = Number.POSITIVE_INFINITY;
      for (const passage of pool) first = Math.min(first, freeAt(catalogue, question.defaults, passage));
      return { reason: 'ALL_IN_COOLDOWN', freeAtMs: first, dropped: { ...dropped, cooldown: pool.length } };
    }
    const freed = new Uint8Array(catalogue.count);
    freedFrom(catalogue, question.defaults, question.targetAtMs, SCALES, freed);
    const scale = relaxedScale(nearPart(pool, field.distances), freed) ?? relaxedScale(pool, freed);
    if (scale === null) return leastRecent(field, question, pool, { ...dropped, cooldown: pool.length });
    relaxedTo = scale;
    eligible = freeAtScale(scale);
  }

  const candidates = nearest(field, question.seed, pool, candidatesOf(eligible)).map((passage) => {
    const base = catalogue.base[passage] as number;
    const cooldown = rounded(scratch.passages[passage] as number);
    const distance = (field.distances[passage] as number) / MICRO;
    return { passage: catalogue.ids[passage] as number, distance, base, cooldown, weight: base * cooldown };
  });
  const { chosen, draw } = drawWeighted(
    candidates.map(({ weight }) => weight),
    sfc32(question.seed),
  );
  return {
    passage: candidates[chosen]?.passage as number,
    eligible,
    dropped: { ...dropped, cooldown: pool.length - eligible },
    relaxedTo,
    candidates,
    chosen,
    draw,
  };
}

/** Each passage either stays in the pool (cooldowns aside) or is dropped for the first reason that holds. */
function sieve({ catalogue, isQueued }: Field): { pool: Uint32Array; dropped: Dropped } {
  const dropped: Dropped = { queued: 0, cooldown: 0, broken: 0, missing: 0, noSong: 0, zeroBase: 0 };
  const pool = new Uint32Array(catalogue.count);
  let size = 0;
  for (let i = 0; i < catalogue.count; i += 1) {
    const state = catalogue.state[i];
    if (state === MISSING) dropped.missing += 1;
    else if (state === BROKEN) dropped.broken += 1;
    else if (!hasSong(catalogue, i)) dropped.noSong += 1;
    else if (!((catalogue.base[i] as number) > 0)) dropped.zeroBase += 1;
    else if (isQueued[i] === 1) dropped.queued += 1;
    else pool[size++] = i;
  }
  return { pool: pool.subarray(0, size), dropped };
}

/** All that may play, queued or not. */
function allowed(field: Field): number[] {
  const none = new Uint8Array(field.catalogue.count);
  return [...sieve({ ...field, isQueued: none }).pool];
}

function reasonFor(count: number, dropped: Dropped): NothingLeft {
  if (count === 0) return 'NO_PASSAGES';
  if (dropped.noSong > 0 && dropped.noSong + dropped.missing + dropped.broken === count) return 'NO_SONGS';
  return 'ALL_EXCLUDED';
}

/** The nearest of the pool that are free, by distance; equal ones in an order of the seed's own. */
function nearest(
  { catalogue, distances, scratch }: Field,
  seed: number,
  pool: Uint32Array,
  most: number,
): number[] {
  const kept = new Nearest(most);
  for (const passage of pool) {
    if (!((scratch.passages[passage] as number) > 0)) continue;
    const distance = distances[passage] as number;
    // Distance in the high bits, the rank in the low 32: one number below 2^53.
    if (!kept.wouldKeep(distance * 4_294_967_296)) continue;
    kept.offer(distance * 4_294_967_296 + tieRank(seed, catalogue.ids[passage] as number), passage);
  }
  return kept.sorted();
}

/** Nothing is free by any scale: the song that was heard longest ago. */
function leastRecent(
  { catalogue, distances }: Field,
  question: Question,
  pool: Iterable<number>,
  dropped: Dropped,
): Choice {
  const { songsOf, songs, base, ids } = catalogue;
  let best = -1;
  let bestAt = Number.POSITIVE_INFINITY;
  let bestRank = 0;
  for (const passage of pool) {
    let heardAt = Number.NEGATIVE_INFINITY;
    for (let k = songsOf.starts[passage] as number; k < (songsOf.starts[passage + 1] as number); k += 1) {
      heardAt = Math.max(heardAt, songs.heardAt[songsOf.items[k] as number] as number);
    }
    const rank = tieRank(question.seed, ids[passage] as number);
    if (best >= 0 && (heardAt > bestAt || (heardAt === bestAt && rank >= bestRank))) continue;
    [best, bestAt, bestRank] = [passage, heardAt, rank];
  }
  const passage = ids[best] as number;
  const weight = base[best] as number;
  const distance = (distances[best] as number) / MICRO;
  return {
    passage,
    eligible: 0,
    dropped,
    relaxedTo: 0,
    candidates: [{ passage, distance, base: weight, cooldown: 0, weight }],
    ...drawWeighted([weight], sfc32(question.seed)),
  };
}

/** Six decimals are stored and used alike, so that a stored selection replays exactly; never down to 0. */
function rounded(factor: number): number {
  return Math.max(1, Math.round(factor * MICRO)) / MICRO;
}
