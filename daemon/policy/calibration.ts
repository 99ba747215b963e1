// Calibration: the scales by which measures become flavors, fitted to a library so that its music spreads over them. Pure.
import type { LocalMeasures } from '../../sync/vocabulary/library.ts';
import { type Calibration, FIRST_CALIBRATION, SCALES, type Scale, type ScaleName } from './local-flavor.ts';

/** So many passages count as much as what is known of music in general. */
const PRIOR_PASSAGES = 50;
/** A library that is all alike is not torn apart by what little its pieces differ, nor one with everything pressed together. */
const LEAST_SPREAD = 0.5;
const MOST_SPREAD = 2;
/** The logistic curve is 0.75 so many spreads above its middle: quarters of the library become quarters of the scale. */
const QUARTILE_SPREADS = Math.log(3);

/** Each middle is drawn from the first calibration's to the median of the library, each spread to what puts its quartiles at
 *  0.25 and 0.75, the further the more passages there are. `passages`: how many the sample stands for. */
export function calibrationOf(sample: readonly LocalMeasures[], passages: number): Calibration {
  const weight = passages / (passages + PRIOR_PASSAGES);
  const fit = (name: ScaleName): Scale => {
    const first = FIRST_CALIBRATION[name];
    const values = sample.map((measures) => measures[name]).filter((value) => value !== null);
    if (values.length === 0) return first;
    values.sort((a, b) => a - b);
    const spread = (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / QUARTILE_SPREADS;
    const bounded = Math.min(MOST_SPREAD, Math.max(LEAST_SPREAD, spread / first.spread)) * first.spread;
    return {
      middle: first.middle + weight * (quantile(values, 0.5) - first.middle),
      spread: first.spread + weight * (bounded - first.spread),
    };
  };
  return Object.fromEntries(SCALES.map((name) => [name, fit(name)])) as unknown as Calibration;
}

/** Whether a library of so many measured passages has outgrown what was fitted to `fittedTo` of them (null: nothing yet). */
export function isOutgrown(passages: number, fittedTo: number | null): boolean {
  const least = 20;
  if (passages < least) return false;
  return fittedTo === null || passages >= 1.25 * fittedTo || passages <= 0.75 * fittedTo;
}

/** Of sorted values, between neighbours in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] ?? 0;
  const b = sorted[Math.min(sorted.length - 1, low + 1)] ?? a;
  return a + (b - a) * (at - low);
}
