// How one passage follows another: overlap, fades and null points, resolved to frames. Pure functions; no clock, no core.
// The pair is planned when it is known, and again if it changes before the transition starts.
import type { Curve, Playable, Points, Ticks } from '../sync/vocabulary/common.ts';
import type { Fade } from './engine.ts';
import { type PointRepair, repairPoints } from './point-repair.ts';
import { ticksToFrames } from './ticks.ts';

export { type PointRepair, repairPoints } from './point-repair.ts';

export interface CrossfadeSettings {
  /** Crossfade where lead points are not set. */
  readonly globalCrossfadeTicks: Ticks;
  /** Curve of a side that has none of its own. */
  readonly defaultCurve: Curve;
  /** Neighbours of one album play gapless. */
  readonly albumAware: boolean;
}

/** What goes before: the passage, and for how many frames it sounds together with its own predecessor. */
export interface Previous {
  readonly playable: Playable;
  readonly overlapFrames: number;
}

/** The part of an EntryPlan that a pair decides. Frames of the file at the working rate. */
export interface PairPlan {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly overlapFrames: number;
  readonly fadeIn: Fade;
  /** Without a successor: only a fade-out that is set sounds. */
  readonly fadeOut: Fade;
  /** Null when nothing goes before. */
  readonly previousFadeOut: Fade | null;
  /** Set when the previous passage plays on to the end of its file, or part of it (album neighbours), else null. */
  readonly previousEndFrame: number | null;
  /** What had to be repaired in the points of `next`. */
  readonly repairs: readonly PointRepair[];
}

/** True where `next` follows `previous` on one disc of one album. */
export function isAlbumNeighbour(previous: Playable, next: Playable): boolean {
  return (
    previous.album !== null &&
    previous.album === next.album &&
    previous.disc === next.disc &&
    previous.track !== null &&
    next.track === previous.track + 1
  );
}

export function planPair(
  previous: Previous | null,
  next: Playable,
  settings: CrossfadeSettings,
  rate: number,
): PairPlan {
  const repaired = repairPoints(next.points, next.fileTicks);
  const incoming = toFrames(repaired.points, rate);
  const fadeOut = fade(setFadeOut(incoming) ?? 0, next.fadeOutCurve, settings);
  if (!previous) {
    return {
      startFrame: incoming.start,
      endFrame: incoming.end,
      overlapFrames: 0,
      fadeIn: fade(setFadeIn(incoming) ?? 0, next.fadeInCurve, settings),
      fadeOut,
      previousFadeOut: null,
      previousEndFrame: null,
      repairs: repaired.repairs,
    };
  }
  const { playable } = previous;
  const outgoing = toFrames(repairPoints(playable.points, playable.fileTicks).points, rate);
  const isGapless = settings.albumAware && isAlbumNeighbour(playable, next);
  if (isGapless) {
    outgoing.end = ticksToFrames(playable.part?.endTicks ?? playable.fileTicks, rate);
    incoming.start = ticksToFrames(next.part?.startTicks ?? 0, rate);
  }
  const overlapFrames = isGapless ? 0 : overlapOf(outgoing, incoming, previous.overlapFrames, settings, rate);
  return {
    startFrame: incoming.start,
    endFrame: incoming.end,
    overlapFrames,
    fadeIn: fade(setFadeIn(incoming) ?? overlapFrames, next.fadeInCurve, settings),
    fadeOut,
    previousFadeOut: fade(setFadeOut(outgoing) ?? overlapFrames, playable.fadeOutCurve, settings),
    previousEndFrame: isGapless ? outgoing.end : null,
    repairs: repaired.repairs,
  };
}

interface FramePoints {
  start: number;
  end: number;
  readonly fadeIn: number | null;
  readonly leadIn: number | null;
  readonly leadOut: number | null;
  readonly fadeOut: number | null;
}

function toFrames(points: Points, rate: number): FramePoints {
  const frame = (ticks: Ticks | null): number | null => (ticks === null ? null : ticksToFrames(ticks, rate));
  return {
    start: ticksToFrames(points.startTicks, rate),
    end: ticksToFrames(points.endTicks, rate),
    fadeIn: frame(points.fadeInTicks),
    leadIn: frame(points.leadInTicks),
    leadOut: frame(points.leadOutTicks),
    fadeOut: frame(points.fadeOutTicks),
  };
}

/** Frames of the fades that are set; null where the pair decides. */
function setFadeIn(points: FramePoints): number | null {
  return points.fadeIn === null ? null : points.fadeIn - points.start;
}

function setFadeOut(points: FramePoints): number | null {
  return points.fadeOut === null ? null : points.end - points.fadeOut;
}

function fade(frames: number, own: Curve | null, settings: CrossfadeSettings): Fade {
  return { frames, curve: own ?? settings.defaultCurve };
}

function overlapOf(
  outgoing: FramePoints,
  incoming: FramePoints,
  heldByPredecessor: number,
  settings: CrossfadeSettings,
  rate: number,
): number {
  const outgoingLength = outgoing.end - outgoing.start;
  const incomingLength = incoming.end - incoming.start;
  // Points that are set are never clamped; only where one is missing do the lengths matter.
  const usual = Math.min(
    ticksToFrames(settings.globalCrossfadeTicks, rate),
    Math.floor(outgoingLength / 2),
    Math.floor(incomingLength / 2),
  );
  const allowedByOutgoing = outgoing.leadOut === null ? usual : outgoing.end - outgoing.leadOut;
  const allowedByIncoming = incoming.leadIn === null ? usual : incoming.leadIn - incoming.start;
  // At most two sound at once: not before the last but one has ended.
  const allowedByPredecessor = Math.max(0, outgoingLength - heldByPredecessor);
  return Math.min(allowedByOutgoing, allowedByIncoming, allowedByPredecessor);
}
