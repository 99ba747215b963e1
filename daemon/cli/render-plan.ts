// The plan of `segue render`: its form, its defaults, and every fault in it at once. Pure.
import { CURVES } from '../../audio/fade-curves.ts';
import type { Curve } from '../../sync/vocabulary/common.ts';

export interface RenderPassage {
  readonly file: string;
  /** Seconds from the file's start; absent: the whole file, or resolved by the pair. */
  readonly startS?: number;
  readonly fadeInS?: number;
  readonly leadInS?: number;
  readonly leadOutS?: number;
  readonly fadeOutS?: number;
  readonly endS?: number;
  readonly fadeInCurve?: Curve;
  readonly fadeOutCurve?: Curve;
  /** Instead of what the loudness mode says. */
  readonly gainDb?: number;
}

export interface RenderPlan {
  readonly rate: number;
  readonly globalCrossfadeS: number;
  readonly defaultCurve: Curve;
  readonly loudness: 'off' | 'track' | 'album';
  readonly limiter: boolean;
  readonly volume: number;
  readonly passages: readonly RenderPassage[];
}

const DEFAULTS = {
  rate: 44_100,
  globalCrossfadeS: 5,
  defaultCurve: 'equal-power',
  loudness: 'off',
  limiter: true,
  volume: 1,
} as const;

/** Says what is wrong with a value, or nothing. */
type Check = (value: unknown) => string | null;

const number =
  (least: number, most: number, isWhole = false): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value))
      ? null
      : `must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value) ? null : `must be one of ${values.join(', ')}`;
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');

const LONGEST_FILE_S = 7 * 24 * 3600;
const seconds = number(0, LONGEST_FILE_S);

const PLAN_FIELDS: Readonly<Record<string, Check>> = {
  rate: number(8000, 192_000, true),
  globalCrossfadeS: number(0, 600),
  defaultCurve: oneOf(...CURVES),
  loudness: oneOf('off', 'track', 'album'),
  limiter: flag,
  volume: number(0, 1),
  passages: (value) =>
    Array.isArray(value) && value.length > 0 ? null : 'must be a list of at least one passage',
};

const PASSAGE_FIELDS: Readonly<Record<string, Check>> = {
  file: (value) => (typeof value === 'string' && value !== '' ? null : 'must be the path of an audio file'),
  startS: seconds,
  fadeInS: seconds,
  leadInS: seconds,
  leadOutS: seconds,
  fadeOutS: seconds,
  endS: seconds,
  fadeInCurve: oneOf(...CURVES),
  fadeOutCurve: oneOf(...CURVES),
  gainDb: number(-120, 60),
};

/** The plan with its defaults, or the full list of faults, each naming its place. */
export function parseRenderPlan(text: string): { plan: RenderPlan } | { faults: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { faults: [`The plan is not JSON: ${(error as Error).message}.`] };
  }
  if (!isObject(value)) return { faults: ['The plan must be an object.'] };
  const faults = checkFields('', value, PLAN_FIELDS, ['passages']);
  const passages = Array.isArray(value.passages) ? value.passages : [];
  passages.forEach((passage: unknown, i) => {
    const place = `passages[${i}]`;
    if (!isObject(passage)) faults.push(`${place}: must be an object.`);
    else
      faults.push(
        ...checkFields(`${place}.`, passage, PASSAGE_FIELDS, ['file']),
        ...chainFaults(place, passage),
      );
  });
  return faults.length > 0 ? { faults } : { plan: { ...DEFAULTS, ...value } as RenderPlan };
}

/** Faults that show only once the length of the file is known. Half a millisecond of rounding is forgiven. */
export function lengthFaults(place: string, passage: RenderPassage, fileSeconds: number): string[] {
  const faults: string[] = [];
  for (const [name, value] of Object.entries(passage)) {
    if (!name.endsWith('S') || typeof value !== 'number' || value <= fileSeconds + 0.0005) continue;
    faults.push(`${place}.${name}: ${value} s lies behind the end of the file (${fileSeconds} s).`);
  }
  if (passage.startS !== undefined && passage.endS === undefined && passage.startS >= fileSeconds)
    faults.push(`${place}.startS: nothing of the file is left after ${passage.startS} s.`);
  return faults;
}

function checkFields(
  prefix: string,
  object: Record<string, unknown>,
  fields: Readonly<Record<string, Check>>,
  required: readonly string[],
): string[] {
  const faults: string[] = [];
  for (const name of Object.keys(object)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const fault = check
      ? check(object[name])
      : `is not a field of a plan; known are ${Object.keys(fields).join(', ')}`;
    if (fault) faults.push(`${prefix}${name}: ${fault}.`);
  }
  for (const name of required) if (!(name in object)) faults.push(`${prefix}${name}: is missing.`);
  return faults;
}

/** Both chains must hold; a repair is for play time, a plan is refused. */
function chainFaults(place: string, passage: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const { startS, endS } = passage;
  if (typeof startS === 'number' && typeof endS === 'number' && startS >= endS)
    faults.push(`${place}: startS (${startS}) must lie before endS (${endS}).`);
  for (const chain of [
    ['startS', 'fadeInS', 'fadeOutS', 'endS'],
    ['startS', 'leadInS', 'leadOutS', 'endS'],
  ]) {
    const set = chain.filter((name) => typeof passage[name] === 'number');
    set.slice(1).forEach((name, i) => {
      const before = set[i] as string;
      const isEnds = before === 'startS' && name === 'endS';
      if (!isEnds && (passage[before] as number) > (passage[name] as number))
        faults.push(
          `${place}: ${before} (${passage[before]}) must not lie behind ${name} (${passage[name]}).`,
        );
    });
  }
  return [...new Set(faults)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
