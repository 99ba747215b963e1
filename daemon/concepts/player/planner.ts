// From a pair of playables to the plan the core is given. Pure but for the numbers it counts.
import { type CrossfadeSettings, type PairPlan, planPair } from '../../../audio/crossfade-plan.ts';
import type { EntryPlan } from '../../../audio/engine.ts';
import { msToTicks, ticksToFrames } from '../../../audio/ticks.ts';
import type { EntryId, PassageId, Playable } from '../../../sync/vocabulary/common.ts';
import type { Voice } from './voices.ts';

/** 10^(60/20): nothing sensible is louder. Keeps a broken tag from being a bang. */
const MAX_GAIN_DB = 60;

export interface Planned {
  readonly plan: EntryPlan;
  /** What had to be repaired in the points, or null. */
  readonly repaired: { readonly passage: PassageId; readonly before: object; readonly after: object } | null;
}

export interface Planner {
  /** `previous`: what sounds, or nothing. `resumeMs`: where in the passage it goes on. */
  plan(entry: EntryId, playable: Playable, previous: Voice | undefined, resumeMs: number): Planned;
}

export function createPlanner(rate: number, settings: () => CrossfadeSettings): Planner {
  let plans = 0;
  return {
    plan(entry, playable, previous, resumeMs) {
      const before = previous && { playable: previous.playable, overlapFrames: previous.plan.overlapFrames };
      const pair = planPair(before ?? null, playable, settings(), rate);
      const resumeAtFrame = pair.startFrame + ticksToFrames(msToTicks(resumeMs), rate);
      const plan: EntryPlan = {
        plan: ++plans,
        generation: plans,
        entry,
        after: previous?.entry ?? null,
        path: playable.path,
        startFrame: pair.startFrame,
        endFrame: pair.endFrame,
        gain: 10 ** (Math.min(playable.gainDb, MAX_GAIN_DB) / 20),
        overlapFrames: pair.overlapFrames,
        fadeIn: pair.fadeIn,
        fadeOut: pair.fadeOut,
        previousFadeOut: pair.previousFadeOut,
        ...(pair.previousEndFrame === null ? {} : { previousEndFrame: pair.previousEndFrame }),
        ...(resumeMs > 0 && resumeAtFrame < pair.endFrame ? { resumeAtFrame } : {}),
      };
      return { plan, repaired: repairOf(playable, pair) };
    },
  };
}

function repairOf(playable: Playable, pair: PairPlan): Planned['repaired'] {
  if (pair.repairs.length === 0) return null;
  return { passage: playable.passage, before: playable.points, after: { repairs: pair.repairs } };
}

/** Whether two plans of one entry ask the core for the same. */
export function isSamePlan(a: EntryPlan, b: EntryPlan): boolean {
  const asked = ({ plan: _, generation: __, ...rest }: EntryPlan) => JSON.stringify(rest);
  return asked(a) === asked(b);
}
