// Analyses one file: decodes all of it once for its length, loudness, content points, and what its local flavor is made of; of
// what a CUE sheet divides, each part by itself, too. Worker process; blocks it.

import type { Measures, MediaTools } from '../../audio/media.ts';
import { TICKS_PER_SECOND } from '../../audio/ticks.ts';
import type { AnalysedFile, Analysis, ImportedFile } from '../../sync/vocabulary/library.ts';
import type { FoundFile } from '../concepts/import/worker-port.ts';
import { localMeasures, MEASURES_VERSION } from './local-measures.ts';
import { withoutPath } from './read-file.ts';

/** Rises with every change of how loudness and content points are found: what was found by an older one is found again. */
export const ANALYSIS_VERSION = 1;

export type AnalysisResult =
  | { readonly analysed: AnalysedFile }
  | { readonly error: string; readonly message: string };

export function analyse(
  media: MediaTools,
  file: FoundFile,
  path: string,
  parts: ImportedFile['parts'],
): AnalysisResult {
  const measures = media.measure(
    path,
    parts?.map(({ startTicks }) => startTicks),
  );
  if ('error' in measures) return { error: measures.error, message: withoutPath(measures.message, path) };
  const probe = media.probe(path);
  const statedTicks = 'error' in probe || !probe.exact ? measures.durationTicks : probe.durationTicks;
  const audioKey = media.audioKey(path);
  const isCutOff = statedTicks - measures.durationTicks > TICKS_PER_SECOND;
  return {
    analysed: {
      folder: file.folder,
      path: file.path,
      durationTicks: measures.durationTicks,
      peakDb: measures.peakDb,
      audioKey: 'key' in audioKey ? audioKey.key : null,
      ...analysisOf(measures, 0),
      parts:
        parts?.map(({ part, startTicks }, i) => ({
          part,
          ...analysisOf(measures.parts[i] as Measures, startTicks),
        })) ?? null,
      flavorVersion: MEASURES_VERSION,
      analysisVersion: ANALYSIS_VERSION,
      remark: isCutOff
        ? `The file is cut off: ${seconds(measures.durationTicks)} of ${seconds(statedTicks)} s are there. It plays to where it ends; copy it again.`
        : null,
    },
  };
}

function analysisOf(measures: Measures, fromTicks: number): Analysis {
  const { loudnessLufs, truePeakDb, content } = measures;
  return {
    loudnessLufs,
    truePeakDb,
    content: content && {
      startTicks: fromTicks + content.startTicks,
      leadInTicks: fromTicks + content.leadInTicks,
      leadOutTicks: fromTicks + content.leadOutTicks,
      endTicks: fromTicks + content.endTicks,
    },
    measures: localMeasures(measures),
  };
}

function seconds(ticks: number): string {
  return (ticks / TICKS_PER_SECOND).toFixed(0);
}
