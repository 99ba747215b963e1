// The six points of a passage from what a person set and what the analysis found. Pure.
// A person's point is never moved. A found one holds where nobody set that point and it fits between those that are set.
import type { Points, Ticks } from '../../../sync/vocabulary/common.ts';

/** Null: not set. */
export type OwnPoints = { readonly [K in keyof Points]: Ticks | null };

/** Null: nothing found; the file's own start or end, or a lead that the pair decides. */
export type FoundPoints = Pick<OwnPoints, 'startTicks' | 'leadInTicks' | 'leadOutTicks' | 'endTicks'>;

export const NOTHING_FOUND: FoundPoints = {
  startTicks: null,
  leadInTicks: null,
  leadOutTicks: null,
  endTicks: null,
};

/** Where in its file a passage lies that is a part of it; null: the file's own start, or end. */
export interface PartOf {
  readonly startTicks: Ticks | null;
  readonly endTicks: Ticks | null;
}
export const WHOLE_FILE: PartOf = { startTicks: null, endTicks: null };

export function pointsOf(
  own: OwnPoints,
  found: FoundPoints,
  fileTicks: Ticks,
  part: PartOf = WHOLE_FILE,
): Points {
  const inner = [own.fadeInTicks, own.leadInTicks, own.leadOutTicks, own.fadeOutTicks];
  const set = inner.filter((ticks) => ticks !== null);
  const isFirst = found.startTicks !== null && found.startTicks <= Math.min(...set);
  const foundStart = isFirst && (own.endTicks === null || found.startTicks < own.endTicks);
  const startTicks = own.startTicks ?? (foundStart ? found.startTicks : (part.startTicks ?? 0));
  const isLast = found.endTicks !== null && found.endTicks >= Math.max(...set);
  const foundEnd = isLast && found.endTicks > startTicks;
  const endTicks = own.endTicks ?? (foundEnd ? found.endTicks : (part.endTicks ?? fileTicks));
  const leadInTicks = own.leadInTicks ?? between(found.leadInTicks, startTicks, own.leadOutTicks ?? endTicks);
  const leadOutTicks = own.leadOutTicks ?? between(found.leadOutTicks, leadInTicks ?? startTicks, endTicks);
  return {
    startTicks,
    fadeInTicks: own.fadeInTicks,
    leadInTicks,
    leadOutTicks,
    fadeOutTicks: own.fadeOutTicks,
    endTicks,
  };
}

function between(ticks: Ticks | null, from: Ticks, to: Ticks): Ticks | null {
  return ticks !== null && ticks >= from && ticks <= to ? ticks : null;
}
