// The facts of a selection as they are stored: columns instead of rows, short keys, what can be worked out left out. Pure.
import type { Flavor, SelectionFacts } from '../../../sync/vocabulary/director.ts';
import { drawWeighted, sfc32, tieRank } from './draw.ts';
import { MICRO } from './flavor-matrix.ts';
import { numbersToText, steps, sums, textToNumbers } from './number-text.ts';

const DROPPED = ['queued', 'cooldown', 'broken', 'missing', 'noSong', 'zeroBase'] as const;

interface Packed {
  readonly at: number;
  readonly kind: SelectionFacts['target']['kind'];
  readonly name: string;
  readonly eligible: number;
  readonly dropped: readonly number[];
  readonly relaxedTo: number;
  /** As number-text.ts has them; versions before wrote all of these as lists of JSON. */
  readonly passages: string | readonly number[];
  /** In millionths, each as a step from the one before; in a list as they are. */
  readonly distances: string | readonly number[];
  /** One number where all are the same. */
  readonly bases: readonly number[] | number;
  /** A text: how many millionths less than 1, as most are 1. */
  readonly cooldowns: string | readonly number[] | number;
  readonly chosen: number;
  readonly draw: number;
  /** Left out where they are 0. */
  readonly taste?: number;
  readonly dislikes?: number;
}

/** What the columns of the table beside the packed text hold. */
export interface StoredSelection {
  readonly selection: number;
  readonly passage: number;
  readonly chosenAtMs: number;
  readonly seed: number;
  readonly flavor: string;
  readonly facts: string;
}

export function packFacts(facts: Omit<SelectionFacts, 'selection'>): string {
  const packed: Packed = {
    at: facts.targetAtMs,
    kind: facts.target.kind,
    name: facts.target.name,
    eligible: facts.eligible,
    dropped: DROPPED.map((reason) => facts.dropped[reason]),
    relaxedTo: facts.relaxedTo,
    passages: numbersToText(facts.candidates.map(({ passage }) => passage)),
    distances: numbersToText(steps(facts.candidates.map(({ distance }) => Math.round(distance * MICRO)))),
    bases: squeezed(facts.candidates.map(({ base }) => base)),
    cooldowns: numbersToText(facts.candidates.map(({ cooldown }) => Math.round((1 - cooldown) * MICRO))),
    chosen: facts.chosen,
    draw: facts.draw,
    ...(facts.tasteStrength > 0 && { taste: facts.tasteStrength }),
    ...(facts.dislikes > 0 && { dislikes: facts.dislikes }),
  };
  return JSON.stringify(packed);
}

/** What was chosen, without the others that could have been: a tenth of the work. */
export function unpackChosen(facts: string): Pick<SelectionFacts, 'targetAtMs' | 'relaxedTo'> & {
  readonly targetName: string;
  readonly distance: number;
} {
  const { at, name, relaxedTo, distances, chosen } = JSON.parse(facts) as Packed;
  return {
    targetAtMs: at,
    targetName: name,
    relaxedTo,
    distance: (distancesOf(distances)[chosen] ?? MICRO) / MICRO,
  };
}

export function unpackFacts(stored: StoredSelection): SelectionFacts {
  const packed = JSON.parse(stored.facts) as Packed;
  const column = (values: readonly number[] | number, i: number) =>
    typeof values === 'number' ? values : (values[i] as number);
  const passages = typeof packed.passages === 'string' ? textToNumbers(packed.passages) : packed.passages;
  const distances = distancesOf(packed.distances);
  const cooldowns =
    typeof packed.cooldowns === 'string'
      ? textToNumbers(packed.cooldowns).map((less) => (MICRO - less) / MICRO)
      : packed.cooldowns;
  return {
    selection: stored.selection,
    passage: stored.passage,
    targetAtMs: packed.at,
    chosenAtMs: stored.chosenAtMs,
    target: { kind: packed.kind, name: packed.name, flavor: JSON.parse(stored.flavor) as Flavor },
    tasteStrength: packed.taste ?? 0,
    seed: stored.seed,
    eligible: packed.eligible,
    dropped: Object.fromEntries(DROPPED.map((reason, i) => [reason, packed.dropped[i] ?? 0])) as Record<
      (typeof DROPPED)[number],
      number
    >,
    relaxedTo: packed.relaxedTo,
    candidates: passages.map((passage, i) => {
      const base = column(packed.bases, i);
      const cooldown = column(cooldowns, i);
      const distance = (distances[i] as number) / MICRO;
      // The least recently heard is drawn alone, its cooldown disregarded.
      return { passage, distance, base, cooldown, weight: packed.relaxedTo === 0 ? base : base * cooldown };
    }),
    chosen: packed.chosen,
    draw: packed.draw,
    dislikes: packed.dislikes ?? 0,
  };
}

/** Chooses again from stored facts: the candidates put in order by distance and the seed, one drawn by the seed.
 *  `matches`: order, draw and passage are those that were stored. */
export function replayFacts(facts: SelectionFacts): { passage: number; matches: boolean } {
  const candidates = [...facts.candidates].sort(
    (a, b) =>
      a.distance - b.distance ||
      tieRank(facts.seed, a.passage) - tieRank(facts.seed, b.passage) ||
      a.passage - b.passage,
  );
  const { chosen, draw } = drawWeighted(
    candidates.map(({ weight }) => weight),
    sfc32(facts.seed),
  );
  const passage = candidates[chosen]?.passage ?? 0;
  const isSameOrder = candidates.every((candidate, i) => candidate.passage === facts.candidates[i]?.passage);
  return {
    passage,
    matches: isSameOrder && draw === facts.draw && chosen === facts.chosen && passage === facts.passage,
  };
}

const distancesOf = (packed: Packed['distances']): readonly number[] =>
  typeof packed === 'string' ? sums(textToNumbers(packed)) : packed;

function squeezed(values: readonly number[]): readonly number[] | number {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : values;
}
