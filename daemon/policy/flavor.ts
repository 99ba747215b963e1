// Flavors: the distance between two, and the centroid of several. Pure.
// A characteristic with two labels is binary, one with more is complex.
import type { Flavor } from '../../sync/vocabulary/director.ts';

export interface FlavorDistance {
  /** 0 (alike) to 1: the mean of the halves. */
  readonly distance: number;
  readonly binaryHalf: number;
  readonly complexHalf: number;
}

/** Binary: mean of (a - b)^2 of the alphabetically first label over what both have. Complex: mean over the
 *  characteristics both have of the mean of (a - b)^2 over shared labels. A half with nothing shared is 1. */
export function flavorDistance(a: Flavor, b: Flavor): FlavorDistance {
  let binarySum = 0;
  let binaryCount = 0;
  let complexSum = 0;
  let complexCount = 0;
  for (const [name, labels] of Object.entries(a)) {
    const others = b[name];
    if (others === undefined) continue;
    if (isBinary(labels)) {
      const first = firstLabel(labels);
      const x = labels[first];
      const y = others[first];
      if (x === undefined || y === undefined) continue;
      binarySum += (x - y) ** 2;
      binaryCount += 1;
    } else {
      let sum = 0;
      let count = 0;
      for (const [label, x] of Object.entries(labels)) {
        const y = others[label];
        if (y === undefined) continue;
        sum += (x - y) ** 2;
        count += 1;
      }
      if (count === 0) continue;
      complexSum += sum / count;
      complexCount += 1;
    }
  }
  const binaryHalf = binaryCount === 0 ? 1 : binarySum / binaryCount;
  const complexHalf = complexCount === 0 ? 1 : complexSum / complexCount;
  return { distance: (binaryHalf + complexHalf) / 2, binaryHalf, complexHalf };
}

export interface WeightedFlavor {
  readonly flavor: Flavor;
  /** >= 0. */
  readonly weight: number;
}

/** Per value the weighted mean over those that have it; complex characteristics are then rescaled to sum to 1.
 *  Characteristics and labels come out in alphabetical order. Nothing to go by: an empty flavor. */
export function centroid(flavors: readonly WeightedFlavor[]): Flavor {
  const sums = new Map<string, Map<string, { sum: number; weight: number }>>();
  for (const { flavor, weight } of flavors) {
    if (!(weight > 0)) continue;
    for (const [name, labels] of Object.entries(flavor)) {
      const values = sums.get(name) ?? new Map<string, { sum: number; weight: number }>();
      sums.set(name, values);
      for (const [label, value] of Object.entries(labels)) {
        const cell = values.get(label) ?? { sum: 0, weight: 0 };
        values.set(label, { sum: cell.sum + weight * value, weight: cell.weight + weight });
      }
    }
  }
  const result: Record<string, Record<string, number>> = {};
  for (const name of [...sums.keys()].sort()) {
    const values = sums.get(name) ?? new Map<string, never>();
    const labels: Record<string, number> = {};
    for (const label of [...values.keys()].sort()) {
      const cell = values.get(label);
      if (cell !== undefined) labels[label] = cell.sum / cell.weight;
    }
    result[name] = isBinary(labels) ? labels : rescale(labels);
  }
  return result;
}

/** Whether a characteristic with these labels is binary. */
export function isBinary(labels: Readonly<Record<string, number>>): boolean {
  return Object.keys(labels).length <= 2;
}

/** The alphabetically first label: the one a binary characteristic is compared by. */
export function firstLabel(labels: Readonly<Record<string, number>>): string {
  return Object.keys(labels).reduce((first, label) => (label < first ? label : first));
}

/** Characteristics whose values are not a distribution: they do not sum to 0.9999..1.0001, or leave 0..1. */
export function unsoundCharacteristics(flavor: Flavor): string[] {
  return Object.entries(flavor)
    .filter(([, labels]) => {
      const values = Object.values(labels);
      const sum = values.reduce((total, value) => total + value, 0);
      return !(sum >= 0.9999 && sum <= 1.0001) || values.some((value) => !(value >= 0 && value <= 1));
    })
    .map(([name]) => name);
}

/** So that they sum to 1. */
export function rescale(labels: Record<string, number>): Record<string, number> {
  const sum = Object.values(labels).reduce((total, value) => total + value, 0);
  if (!(sum > 0)) return labels;
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, value / sum]));
}
