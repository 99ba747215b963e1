// Random plans and what a person does to them, for fast-check: arbitrary scripts within limits. Pure.
import fc from 'fast-check';
import type { Fade } from '../../audio/engine.ts';
import { CURVES } from '../../audio/fade-curves.ts';

export interface Passage {
  readonly source: number;
  readonly startFrame: number;
  readonly lengthFrames: number;
  readonly gain: number;
  readonly overlapFrames: number;
  readonly fadeIn: Fade;
  readonly fadeOut: Fade;
  readonly previousFadeOut: Fade | null;
  /** Acts that pass before it is offered, once it could be. */
  readonly delayActs: number;
}

export type Act =
  | { readonly act: 'pull'; readonly frames: number }
  | { readonly act: 'pause' }
  | { readonly act: 'resume'; readonly frames: number }
  | { readonly act: 'skip'; readonly reason: 'skipped' | 'removed'; readonly frames: number }
  | { readonly act: 'seek'; readonly share: number }
  | { readonly act: 'volume'; readonly volume: number }
  | { readonly act: 'withdraw' }
  | { readonly act: 'replan'; readonly overlapFrames: number; readonly previousFadeOut: Fade };

export interface Script {
  readonly passages: readonly Passage[];
  readonly acts: readonly Act[];
}

export interface Limits {
  readonly passages: { readonly min: number; readonly max: number };
  readonly lengthFrames: { readonly min: number; readonly max: number };
  /** Fades have at least so many frames; 0 also allows none. */
  readonly leastFade: number;
  readonly gain: { readonly min: number; readonly max: number };
  readonly sources: number;
  readonly mostActs: number;
  readonly acts: readonly Act['act'][];
  readonly mayDelay: boolean;
}

const START_FRAMES = 3000;

/** Thousandths: a float of fast-check is as likely 1e-200 as not, which nobody hears. */
function shareOf(least: number, most: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1000 * least, max: 1000 * most }).map((thousandths) => thousandths / 1000);
}

function fadeOf(least: number, most: number): fc.Arbitrary<Fade> {
  return fc.record({ frames: fc.integer({ min: least, max: most }), curve: fc.constantFrom(...CURVES) });
}

function passageOf(limits: Limits): fc.Arbitrary<Passage> {
  const { lengthFrames, leastFade } = limits;
  return fc.integer(lengthFrames).chain((length) =>
    fc.record({
      source: fc.integer({ min: 0, max: limits.sources - 1 }),
      startFrame: fc.integer({ min: 0, max: START_FRAMES }),
      lengthFrames: fc.constant(length),
      gain: shareOf(limits.gain.min, limits.gain.max),
      overlapFrames: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: length })),
      fadeIn: fadeOf(leastFade, length),
      fadeOut: fadeOf(leastFade, length),
      previousFadeOut: fc.option(fadeOf(leastFade, 2 * length)),
      delayActs: limits.mayDelay ? fc.integer({ min: 0, max: 3 }) : fc.constant(0),
    }),
  );
}

function actOf({ acts, leastFade, lengthFrames }: Limits): fc.Arbitrary<Act> {
  const most = lengthFrames.max;
  const known: { [A in Act['act']]: fc.Arbitrary<Act> } = {
    pull: fc.record({ act: fc.constant('pull'), frames: fc.integer({ min: 1, max: most }) }),
    pause: fc.record({ act: fc.constant('pause') }),
    resume: fc.record({ act: fc.constant('resume'), frames: fc.integer({ min: 11_025, max: 44_100 }) }),
    skip: fc.record({
      act: fc.constant('skip'),
      reason: fc.constantFrom('skipped', 'removed'),
      frames: fc.constantFrom(4410, 22_050),
    }),
    seek: fc.record({ act: fc.constant('seek'), share: shareOf(0, 0.999) }),
    volume: fc.record({ act: fc.constant('volume'), volume: shareOf(0, 1) }),
    withdraw: fc.record({ act: fc.constant('withdraw') }),
    replan: fc.record({
      act: fc.constant('replan'),
      overlapFrames: fc.integer({ min: 0, max: most }),
      previousFadeOut: fadeOf(leastFade, most),
    }),
  };
  // Time passes between most of them.
  return fc.oneof({ arbitrary: known.pull, weight: acts.length + 1 }, ...acts.map((name) => known[name]));
}

export function scripts(limits: Limits): fc.Arbitrary<Script> {
  return fc.record({
    passages: fc.array(passageOf(limits), {
      minLength: limits.passages.min,
      maxLength: limits.passages.max,
    }),
    acts: fc.array(actOf(limits), { maxLength: limits.mostActs }),
  });
}
