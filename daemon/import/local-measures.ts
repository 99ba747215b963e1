// Local measures: what the core measured of a file, on scales on which music spreads evenly. Pure.
import type { Measures } from '../../audio/media.ts';
import type { LocalMeasures } from '../../sync/vocabulary/library.ts';

/** Rises with every change of the method: what was measured by an older one is measured again. */
export const MEASURES_VERSION = 2;

export function localMeasures(measures: Measures): LocalMeasures {
  const { rmsDb, onsetRate, centroidHz, highShare, dynamicRangeDb, rhythmClarity, tempoBpm, tonality } =
    measures;
  return {
    levelDb: known(rmsDb),
    onsets: known(onsetRate),
    centroidOctaves: known(Math.log2(Math.max(centroidHz, 20) / 1000)),
    highDecades: known(Math.log10(Math.max(highShare, 1e-6))),
    dynamicsOctaves: known(Math.log2(Math.max(dynamicRangeDb, 1))),
    rhythmClarity: known(rhythmClarity),
    tempoOctaves: known(Math.log2(Math.max(tempoBpm, 20) / 110)),
    tonality: known(tonality),
    isMajor: measures.isMajor,
  };
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
