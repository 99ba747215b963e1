// Reads a flavor from a JSON document: AcousticBrainz high-level (highlevel.<model>.all.<label>), or plain
// {characteristic: {label: value}}. Pure. Sums that are not 1 are told, not mended.
import type { Failure } from '../../sync/vocabulary/common.ts';
import type { Flavor } from '../../sync/vocabulary/director.ts';

export type FlavorFile =
  | { readonly flavor: Flavor; readonly warnings: readonly string[] }
  | Failure<'NOT_JSON' | 'NOT_A_FLAVOR'>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `name` is for messages. */
export function readFlavor(text: string, name: string): FlavorFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { error: 'NOT_JSON', message: `${name} is not JSON: ${(error as Error).message}.` };
  }
  const notOne = (why: string) =>
    ({ error: 'NOT_A_FLAVOR', message: `${name} is no flavor: ${why}.` }) as const;
  if (!isObject(document)) return notOne('it is not an object');

  const models = isObject(document.highlevel) ? document.highlevel : null;
  const flavor: Record<string, Record<string, number>> = {};
  const warnings: string[] = [];
  for (const [model, value] of Object.entries(models ?? document)) {
    const labels = models === null ? value : isObject(value) ? value.all : undefined;
    if (!isObject(labels)) return notOne(`"${model}" has no ${models === null ? 'labels' : '"all"'}`);
    const values: Record<string, number> = {};
    for (const [label, share] of Object.entries(labels)) {
      if (typeof share !== 'number' || !(share >= 0 && share <= 1.0001))
        return notOne(`${model}.${label} is not a number from 0 to 1`);
      values[label] = share;
    }
    const sum = Object.values(values).reduce((total, share) => total + share, 0);
    if (!(sum >= 0.9999 && sum <= 1.0001))
      warnings.push(`${name}: the values of ${model} sum to ${sum}, not 1.`);
    flavor[model] = values;
  }
  if (Object.keys(flavor).length === 0) return notOne('there is nothing in it');
  return { flavor, warnings };
}
