// The starter set: night, morning, day and evening, each with a few passages of this library that belong together. Pure.
// Where they are looked for goes by rank, not by value: a library of lullabies gets a day too, and one of metal a night.
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { Timeslot } from '../../../sync/vocabulary/timeslots.ts';
import { centroid, flavorDistance } from '../../policy/flavor.ts';

/** Where in the library's own order of energy and brightness (0 lowest, 1 highest) a time of day lies. */
const WANTED = [
  { name: 'night', startMinute: 22 * 60, energy: 0.1, brightness: 0.15 },
  { name: 'morning', startMinute: 6 * 60, energy: 0.4, brightness: 0.75 },
  { name: 'day', startMinute: 10 * 60, energy: 0.85, brightness: 0.7 },
  { name: 'evening', startMinute: 18 * 60, energy: 0.6, brightness: 0.3 },
] as const;

const ENERGY = 'local.energy';
const BRIGHTNESS = 'local.brightness';
/** All that is asked of the flavor of every passage. */
export const STARTER_CHARACTERISTICS = [ENERGY, BRIGHTNESS] as const;

/** Labels that mean "little of it", whichever way round the characteristic is named. */
const LITTLE = new Set([
  'low',
  'calm',
  'dark',
  'dull',
  'slow',
  'soft',
  'quiet',
  'no',
  'none',
  'weak',
  'small',
]);
const MOST_REFERENCES = 12;
/** Of a large library so many say enough, and are compared in some 40 ms. */
const MOST_NEAR = 24;
const MOST_SAMPLED = 100;

export interface Flavored {
  readonly passage: PassageId;
  readonly flavor: Flavor;
}

/** `flavorsOf`: all that is known of some of the library's passages. Empty when no passage has a flavor measured from its
 *  audio. */
export function starterSet(
  library: Iterable<Flavored>,
  flavorsOf: (passages: readonly PassageId[]) => readonly Flavored[],
): Timeslot[] {
  const measured: { passage: PassageId; energy: number; brightness: number }[] = [];
  for (const { passage, flavor } of library) {
    const energy = amount(flavor, ENERGY);
    const brightness = amount(flavor, BRIGHTNESS);
    if (energy !== null || brightness !== null)
      measured.push({ passage, energy: energy ?? 0.5, brightness: brightness ?? 0.5 });
  }
  if (measured.length === 0) return [];
  const energyRank = ranks(measured.map(({ energy }) => energy));
  const brightnessRank = ranks(measured.map(({ brightness }) => brightness));
  // About one in ten: enough for a centroid, few enough that the four stay apart.
  const count = Math.max(1, Math.min(MOST_REFERENCES, Math.round(measured.length / 10)));
  const near = Math.max(count, Math.min(MOST_NEAR, Math.round(measured.length / 3)));
  const every = Math.ceil(measured.length / MOST_SAMPLED);
  const sample = flavorsOf(measured.filter((_, i) => i % every === 0).map(({ passage }) => passage));
  return WANTED.map(({ name, startMinute, energy, brightness }) => {
    const around = measured
      .map(({ passage }, i) => ({
        passage,
        off: ((energyRank[i] ?? 0) - energy) ** 2 + ((brightnessRank[i] ?? 0) - brightness) ** 2,
      }))
      .sort((a, b) => a.off - b.off || a.passage - b.passage)
      .slice(0, near)
      .map(({ passage }) => passage);
    return {
      name,
      startMinute,
      references: bestGroup(flavorsOf(around), sample, count),
      flavor: null,
      silent: false,
    };
  });
}

/** Of each passage with those that are most like it, the group that stands out: a good part of the library is like it, the
 *  rest is not. What is merely energetic and bright may be like nothing else, or like everything. */
function bestGroup(around: readonly Flavored[], sample: readonly Flavored[], count: number): PassageId[] {
  let best: { passages: PassageId[]; nearness: number } | null = null;
  for (const middle of around) {
    const group = around
      .map(({ passage, flavor }) => ({
        passage,
        flavor,
        off: flavorDistance(flavor, middle.flavor).distance,
      }))
      .sort((a, b) => a.off - b.off || a.passage - b.passage)
      .slice(0, count);
    const aim = centroid(group.map(({ flavor }) => ({ flavor, weight: 1 })));
    const distances = sample.map(({ flavor }) => flavorDistance(flavor, aim).distance).sort((a, b) => a - b);
    const mean = (some: readonly number[]) => some.reduce((sum, each) => sum + each, 0) / some.length;
    const all = mean(distances);
    const nearness = all > 0 ? mean(distances.slice(0, Math.ceil(distances.length / 2))) / all : 1;
    if (best === null || nearness < best.nearness)
      best = { passages: group.map(({ passage }) => passage).sort((a, b) => a - b), nearness };
  }
  return best?.passages ?? [];
}

/** How much of it there is, 0 to 1: the sum of the labels that do not mean "little". Null: not measured. */
function amount(flavor: Flavor, characteristic: string): number | null {
  const labels = flavor[characteristic];
  if (labels === undefined) return null;
  let sum = 0;
  for (const [label, value] of Object.entries(labels)) {
    if (!LITTLE.has(label) && !label.startsWith('not_')) sum += value;
  }
  return sum;
}

/** The place of each value in their order, 0 to 1; equal ones share the middle of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Array<number>(values.length).fill(0.5);
  if (values.length < 2) return result;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number])
      to += 1;
    for (let k = from; k <= to; k += 1) result[order[k] as number] = (from + to) / 2 / (values.length - 1);
    from = to + 1;
  }
  return result;
}
