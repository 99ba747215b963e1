// Local flavor: what was measured of a file, as characteristics whose labels sum to 1. Pure.
// The calibration is fixed: the middle of each scale lies where typical recordings divide in halves, and one spread
// away from it the value is 0.73. The same measure always means the same flavor, so nothing shifts when music is added.
import type { Measures } from '../../audio/media.ts';
import type { Flavor } from '../../sync/vocabulary/director.ts';

/** Rises with every change of the method: what was measured by an older one is measured again. */
export const LOCAL_FLAVOR_VERSION = 1;

/** middle: value 0.5; spread: distance from it that means 0.73. Middles are near the medians of 69 tagged game tracks
 *  (rock, orchestra, ambient) and the demo library; spreads near a third of what lies between their quiet and loud, dark and bright ends. */
const CALIBRATION = {
  /** RMS level: orchestral pieces near -21 dB, dense masters near -10 dB. */
  levelDb: { middle: -17, spread: 2.5 },
  /** Onsets a second. */
  onsets: { middle: 5, spread: 1.5 },
  /** Octaves of the (energy weighted) spectral centroid above 1 kHz: dark pads at -2.5, distorted guitars at -0.4. */
  centroidOctaves: { middle: -1.2, spread: 0.5 },
  /** Share of energy above 4 kHz, in decades. */
  highDecades: { middle: -2.2, spread: 0.45 },
  /** Octaves of loud over quiet parts in dB: 1.7 dB for a wall of sound, 10 dB in the middle, 27 dB for an orchestra. */
  dynamicsOctaves: { middle: 3.3, spread: 0.6 },
  rhythmClarity: { middle: 0.5, spread: 0.13 },
  /** Octaves of the tempo above 110 beats a minute. */
  tempoOctaves: { middle: 0, spread: 0.22 },
  tonality: { middle: 0.73, spread: 0.07 },
} as const;

type Scale = { readonly middle: number; readonly spread: number };

/** How far a mode decides, at most: it is a guess from the chroma. */
const MODE_WEIGHT = 0.3;

export function localFlavor(measures: Measures): Flavor {
  const c = CALIBRATION;
  const energy = mean(on(c.levelDb, measures.rmsDb), on(c.onsets, measures.onsetRate));
  const brightness = mean(
    on(c.centroidOctaves, Math.log2(Math.max(measures.centroidHz, 20) / 1000)),
    on(c.highDecades, Math.log10(Math.max(measures.highShare, 1e-6))),
  );
  const rhythm = on(c.rhythmClarity, measures.rhythmClarity);
  const tempo = on(c.tempoOctaves, Math.log2(Math.max(measures.tempoBpm, 20) / 110));
  const tonality = on(c.tonality, measures.tonality);
  const major = 0.5 + (measures.isMajor ? 1 : -1) * MODE_WEIGHT * (0.5 + tonality / 2);
  const drive = mean(energy, mean(rhythm, tempo));
  return {
    'local.brightness': pair('bright', 'dark', brightness),
    'local.dynamics': pair(
      'wide',
      'even',
      on(c.dynamicsOctaves, Math.log2(Math.max(measures.dynamicRangeDb, 1))),
    ),
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

/** The logistic curve keeps every value inside 0..1 and never throws away the order. */
function on(scale: Scale, measured: number): number {
  if (Number.isNaN(measured)) return 0.5;
  return 1 / (1 + Math.exp(-(measured - scale.middle) / scale.spread));
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
