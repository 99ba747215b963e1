// Canaries of the judges: each kind of fault, planted into random plans or into what the core gave for them, is seen
// every time, by the judge that is there for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CURVES } from '../../audio/fade-curves.ts';
import { compareMix } from '../support/mix-answer.ts';
import {
  judgeConservation,
  judgeGain,
  judgeLimiter,
  judgeSteps,
  limited,
  THRESHOLD,
} from '../support/mix-judge.ts';
import { type Performance, perform } from '../support/random-play.ts';
import { type Limits, type Passage, type Script, scripts } from '../support/random-scripts.ts';
import { coded, constant, isCoded, music3, RATE, withoutFades } from '../support/random-sources.ts';

const seed = Number(process.env.SEGUE_PROPERTY_SEED ?? 2026);
const runs = Math.ceil(Number(process.env.SEGUE_PROPERTY_RUNS ?? 30) / 3);
const LEAST_FADE = 2000;

/** Two passages that crossfade, each loud enough for a gain that is 1e-5 off to be more than 1e-6. */
const LIMITS: Limits = {
  passages: { min: 2, max: 2 },
  lengthFrames: { min: 30_000, max: 40_000 },
  leastFade: LEAST_FADE,
  gain: { min: 0.6, max: 1 },
  sources: 3,
  mostActs: 0,
  acts: [],
  mayDelay: false,
};

interface Dice {
  /** From 0 to 1, another for each run. */
  readonly share: number;
}

/** A crossfade of at least 3,000 frames whose fades are no longer than that. */
function crossfading({ passages, acts }: Script, { share }: Dice): Script {
  const overlapFrames = 3000 + Math.floor(share * 10_000);
  const fitted = ({ curve }: { curve: Passage['fadeIn']['curve'] }) => ({ frames: overlapFrames, curve });
  return {
    acts,
    passages: passages.map((passage) => ({
      ...passage,
      overlapFrames,
      fadeIn: fitted(passage.fadeIn),
      fadeOut: fitted(passage.fadeOut),
      previousFadeOut: fitted(passage.previousFadeOut ?? passage.fadeOut),
    })),
  };
}

function canary(title: string, judge: (script: Script, dice: Dice) => Promise<void>): void {
  const dice = fc.record({ share: fc.integer({ min: 100, max: 900 }).map((n) => n / 1000) });
  test(title, () =>
    fc.assert(
      fc.asyncProperty(scripts(LIMITS), dice, (script, each) => judge(crossfading(script, each), each)),
      { seed, numRuns: runs, includeErrorInReport: true },
    ),
  );
}

const second = (script: Script, change: (passage: Passage) => Partial<Passage>): Script => ({
  ...script,
  passages: script.passages.map((passage, i) => (i === 1 ? { ...passage, ...change(passage) } : passage)),
});

/** The core is given a plan with a fault; the judge knows the plan as it should have been. */
function misplayed(title: string, fault: (passage: Passage, dice: Dice) => Partial<Passage>): void {
  canary(`${title}: another mix is heard`, async (script, dice) => {
    const stage = { rate: RATE, limiter: false, sources: music3() };
    const right = await perform(script, stage);
    assert.equal(compareMix(right.got, right.expected), null);
    const wrong = await perform(
      second(script, (passage) => fault(passage, dice)),
      stage,
    );
    assert.match(compareMix(wrong.got, right.expected) ?? '', /samples differ|frames instead of/);
  });
}

misplayed('a fade-out one frame late', ({ previousFadeOut }) => ({
  previousFadeOut: previousFadeOut && { ...previousFadeOut, frames: previousFadeOut.frames - 1 },
}));
misplayed('a fade-in one frame too long', ({ fadeIn }) => ({
  fadeIn: { ...fadeIn, frames: fadeIn.frames + 1 },
}));
misplayed('another curve', ({ fadeIn }) => ({
  fadeIn: { ...fadeIn, curve: CURVES[(CURVES.indexOf(fadeIn.curve) + 1) % CURVES.length] ?? 'linear' },
}));
misplayed('a gain 1e-5 off', ({ gain }) => ({ gain: gain * (1 + 1e-5) }));
misplayed('an overlap one frame longer', ({ overlapFrames }) => ({ overlapFrames: overlapFrames + 1 }));
misplayed('an overlap one frame shorter', ({ overlapFrames }) => ({ overlapFrames: overlapFrames - 1 }));
misplayed('a start one frame late in the file', ({ startFrame, lengthFrames }) => ({
  startFrame: startFrame + 1,
  lengthFrames: lengthFrames - 1,
}));

/** The frame at which something is done to the output: while both sound, or while one does. */
function frameOf({ heard }: Performance, { share }: Dice, where: 'both' | 'one'): number {
  const [first, last] = heard as readonly [Performance['heard'][number], Performance['heard'][number]];
  const from = where === 'both' ? last.startedAtFrame : 0;
  const to = where === 'both' ? first.endedAtFrame : last.startedAtFrame;
  return from + Math.floor(share * (to - from));
}

function lost(samples: Float32Array, frame: number): Float32Array {
  const wrong = samples.slice();
  wrong.copyWithin(2 * frame, 2 * frame + 2);
  return wrong;
}
function repeated(samples: Float32Array, frame: number): Float32Array {
  const wrong = samples.slice();
  wrong.copyWithin(2 * frame + 2, 2 * frame);
  return wrong;
}

for (const where of ['both', 'one'] as const) {
  canary(
    `a frame lost, a frame repeated while ${where} sound: not conserved, and another mix`,
    async (script, dice) => {
      const bare = await perform(withoutFades(script), { rate: RATE, limiter: false, sources: coded() });
      const voices = bare.plans.map(isCoded);
      assert.equal(judgeConservation(bare.got, voices), null);
      const played = await perform(script, { rate: RATE, limiter: false, sources: music3() });
      for (const fault of [lost, repeated]) {
        assert.notEqual(judgeConservation(fault(bare.got, frameOf(bare, dice, where)), voices), null);
        const wrong = fault(played.got, frameOf(played, dice, where));
        assert.match(compareMix(wrong, played.expected) ?? '', /samples differ/);
      }
    },
  );
}

canary('a voice that is cut short, one that goes on for a frame: not conserved', async (script) => {
  const { got, plans } = await perform(withoutFades(script), {
    rate: RATE,
    limiter: false,
    sources: coded(),
  });
  const voices = plans.map(isCoded);
  for (const by of [-1, 1]) {
    const other = voices.map((voice, i) =>
      i === 1 ? { ...voice, lengthFrames: voice.lengthFrames + by } : voice,
    );
    assert.match(judgeConservation(got, other) ?? '', /longer than it is|had \d+ frames of/);
  }
});

canary('a gain out of bounds, a click: each is seen', async (script, dice) => {
  const played = await perform(script, { rate: RATE, limiter: false, sources: constant() });
  assert.equal(judgeGain(played), null);
  assert.equal(judgeSteps(played, LEAST_FADE), null);
  const at = 2 * frameOf(played, dice, 'one');
  const bound = played.plans[0]?.gain ?? 0;
  for (const value of [bound + 1e-5, -1e-5]) {
    const got = played.got.slice();
    got[at] = value;
    assert.match(judgeGain({ ...played, got }) ?? '', /outside of/);
  }
  const got = played.got.slice();
  got.fill(0, at, at + 20);
  // Where it is faint already nothing clicks.
  if ((played.got[at] ?? 0) > 0.1)
    assert.match(judgeSteps({ ...played, got }, LEAST_FADE) ?? '', /A step of/);
});

canary(
  'the limiter below its threshold, above it not at all, of one voice alone: each is seen',
  async (script) => {
    const stage = { rate: RATE, sources: constant() };
    const plain = await perform(script, { ...stage, limiter: false });
    const bent = await perform(script, { ...stage, limiter: true });
    assert.equal(judgeLimiter(plain.got, bent), null);
    const peak = plain.got.reduce((most, x) => Math.max(most, x), 0);
    assert.ok(peak > 0.6);
    const low = plain.got.map((x) => limited(x, Math.min(0.9 * THRESHOLD, 0.9 * peak)));
    assert.match(judgeLimiter(plain.got, { ...bent, got: low }) ?? '', /touched|not limited/);
    const slightly = bent.got.map((x) => (x < THRESHOLD ? x * (1 - 1e-7) : x));
    assert.match(judgeLimiter(plain.got, { ...bent, got: slightly }) ?? '', /touched/);
    const alone = plain.got.map((_, i) => (i === 4000 ? 0.95 : 0));
    const one = { ...bent, heard: bent.heard.slice(0, 1), got: alone.map((x) => limited(x)) };
    assert.match(judgeLimiter(alone, one) ?? '', /touched/);
    const loud = plain.got.map((x) => (x > THRESHOLD ? x + 0.2 : x));
    if (peak > THRESHOLD)
      assert.match(judgeLimiter(loud, { ...bent, got: loud }) ?? '', /not limited|full scale/);
  },
);
