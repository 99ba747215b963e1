// Playables for tests of plans and engines: ten seconds, no points set, no album, unless said otherwise.
import { secondsToTicks } from '../../audio/ticks.ts';
import type { Playable, Points } from '../../sync/vocabulary/common.ts';

/** The six points in seconds; null: resolved by the pair. Start and end default to the whole file. */
export interface PointSeconds {
  start?: number;
  fadeIn?: number;
  leadIn?: number;
  leadOut?: number;
  fadeOut?: number;
  end?: number;
}

export function pointsOf(seconds: PointSeconds, fileSeconds: number): Points {
  const ticks = (value: number | undefined) => (value === undefined ? null : secondsToTicks(value));
  return {
    startTicks: secondsToTicks(seconds.start ?? 0),
    fadeInTicks: ticks(seconds.fadeIn),
    leadInTicks: ticks(seconds.leadIn),
    leadOutTicks: ticks(seconds.leadOut),
    fadeOutTicks: ticks(seconds.fadeOut),
    endTicks: secondsToTicks(seconds.end ?? fileSeconds),
  };
}

export function playable(
  over: Partial<Omit<Playable, 'points'>> & { points?: PointSeconds; fileSeconds?: number } = {},
): Playable {
  const { points, fileSeconds = 10, ...rest } = over;
  return {
    passage: 1,
    path: '/music/a.flac',
    fileTicks: secondsToTicks(fileSeconds),
    part: null,
    fadeInCurve: null,
    fadeOutCurve: null,
    gainDb: 0,
    album: null,
    disc: null,
    track: null,
    ...rest,
    points: pointsOf(points ?? {}, fileSeconds),
  };
}
