// Local flavor: what was measured of a file, as characteristics whose labels sum to 1. Pure.
import type { Flavor } from '../../sync/vocabulary/director.ts';
import type { LocalMeasures } from '../../sync/vocabulary/library.ts';

/** middle: value 0.5; spread: distance from it that means 0.73. */
export interface Scale {
  readonly middle: number;
  readonly spread: number;
}
export type ScaleName = Exclude<keyof LocalMeasures, 'isMajor'>;
export type Calibration = { readonly [K in ScaleName]: Scale };

/** For a library of which too little is known yet: middles are near the medians of 69 tagged game tracks (rock, orchestra,
 *  ambient) and the demo library, spreads near a third of what lies between their quiet and loud, dark and bright ends. */
export const FIRST_CALIBRATION: Calibration = {
  /** Orchestral pieces near -21 dB, dense masters near -10 dB. */
  levelDb: { middle: -17, spread: 2.5 },
  onsets: { middle: 5, spread: 1.5 },
  /** Dark pads at -2.5, distorted guitars at -0.4. */
  centroidOctaves: { middle: -1.2, spread: 0.5 },
  highDecades: { middle: -2.2, spread: 0.45 },
  /** 1.7 dB of range for a wall of sound, 10 dB in the middle, 27 dB for an orchestra. */
  dynamicsOctaves: { middle: 3.3, spread: 0.6 },
  rhythmClarity: { middle: 0.5, spread: 0.13 },
  tempoOctaves: { middle: 0, spread: 0.22 },
  tonality: { middle: 0.73, spread: 0.07 },
};
export const SCALES = Object.keys(FIRST_CALIBRATION) as readonly ScaleName[];

/** Of silence, say. */
export const NOTHING_MEASURED: LocalMeasures = {
  levelDb: null,
  onsets: null,
  centroidOctaves: null,
  highDecades: null,
  dynamicsOctaves: null,
  rhythmClarity: null,
  tempoOctaves: null,
  tonality: null,
  isMajor: false,
};

/** How far a mode decides, at most: it is a guess from the chroma. */
const MODE_WEIGHT = 0.3;

export function localFlavor(measures: LocalMeasures, calibration: Calibration): Flavor {
  const on = (name: ScaleName) => logistic(calibration[name], measures[name]);
  const energy = mean(on('levelDb'), on('onsets'));
  const brightness = mean(on('centroidOctaves'), on('highDecades'));
  const rhythm = on('rhythmClarity');
  const tempo = on('tempoOctaves');
  const tonality = on('tonality');
  const major = 0.5 + (measures.isMajor ? 1 : -1) * MODE_WEIGHT * (0.5 + tonality / 2);
  const drive = mean(energy, mean(rhythm, tempo));
  return {
    'local.brightness': pair('bright', 'dark', brightness),
    'local.dynamics': pair('wide', 'even', on('dynamicsOctaves')),
    'local.energy': pair('high', 'low', energy),
    'local.mode': pair('major', 'minor', major),
    'local.mood': sumToOne({
      driving: drive * (1 - major),
      joyful: drive * major,
      serene: (1 - drive) * major,
      wistful: (1 - drive) * (1 - major),
    }),
    'local.rhythm': pair('clear', 'free', rhythm),
    'local.tempo': pair('fast', 'slow', tempo),
    'local.tonality': pair('noisy', 'tonal', 1 - tonality),
  };
}

/** Keeps every value inside 0..1 and never throws away the order. */
function logistic({ middle, spread }: Scale, measured: number | null): number {
  return measured === null ? 0.5 : 1 / (1 + Math.exp(-(measured - middle) / spread));
}

function mean(a: number, b: number): number {
  return (a + b) / 2;
}

/** Six decimals: what is stored is what is compared. */
function pair(first: string, second: string, value: number): Record<string, number> {
  const rounded = Math.round(value * 1e6) / 1e6;
  return { [first]: rounded, [second]: Math.round((1 - rounded) * 1e6) / 1e6 };
}

/** Rounded so that the last label takes what rounding left. */
function sumToOne(values: Record<string, number>): Record<string, number> {
  const names = Object.keys(values);
  const last = names.pop() ?? '';
  const rounded: Record<string, number> = {};
  let left = 1e6;
  for (const name of names) {
    const parts = Math.round((values[name] ?? 0) * 1e6);
    rounded[name] = parts / 1e6;
    left -= parts;
  }
  rounded[last] = left / 1e6;
  return rounded;
}
