// Properties of the mix over random plans and random acts, through the real core: every frame of every voice is heard
// once, gains stay within their bounds, nothing jumps, the limiter touches only what it must, and all of it is what the
// model computes. SEGUE_PROPERTY_RUNS asks for more runs, SEGUE_PROPERTY_SEED for others; a failure prints both and the
// shrunk script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareMix } from '../support/mix-answer.ts';
import { judgeConservation, judgeGain, judgeLimiter, judgeSteps } from '../support/mix-judge.ts';
import { type Performance, perform } from '../support/random-play.ts';
import { type Limits, type Script, scripts } from '../support/random-scripts.ts';
import { coded, constant, isCoded, music3, RATE, withoutFades } from '../support/random-sources.ts';

const seed = Number(process.env.SEGUE_PROPERTY_SEED ?? 2026);
const runs = Number(process.env.SEGUE_PROPERTY_RUNS ?? 30);
console.log(`properties: seed ${seed}, ${runs} runs each`);

const LIMITS: Limits = {
  passages: { min: 1, max: 5 },
  lengthFrames: { min: 6000, max: 60_000 },
  leastFade: 0,
  gain: { min: 0, max: 1 },
  sources: 3,
  mostActs: 12,
  acts: ['pause', 'resume', 'skip', 'seek', 'volume', 'withdraw', 'replan'],
  mayDelay: true,
};

function property(title: string, limits: Partial<Limits>, judge: (script: Script) => Promise<void>): void {
  test(`${title}`, () =>
    fc.assert(fc.asyncProperty(scripts({ ...LIMITS, ...limits }), judge), {
      seed,
      numRuns: runs,
      includeErrorInReport: true,
      // A failure is shrunk no longer than this.
      interruptAfterTimeLimit: 60_000 + 2000 * runs,
      markInterruptAsFailure: true,
    }));
}

const inOrder = (list: Performance['heard']) => [...list].sort((a, b) => a.entry - b.entry);

property(
  'the mix and the account of its voices are the computed ones, whatever a person does',
  {},
  async (script) => {
    const played = await perform(script, { rate: RATE, limiter: false, sources: music3() });
    assert.equal(played.underruns, 0);
    assert.equal(compareMix(played.got, played.expected), null);
    assert.deepEqual(inOrder(played.heard), inOrder(played.expectedHeard));
  },
);

property(
  'frames are conserved: each of each voice once, in order, and silence',
  { acts: ['withdraw', 'replan'] },
  async (script) => {
    const { got, plans } = await perform(withoutFades(script), {
      rate: RATE,
      limiter: false,
      sources: coded(),
    });
    assert.equal(judgeConservation(got, plans.map(isCoded)), null);
  },
);

property(
  'gains stay between 0 and those of the passages that sound',
  { gain: { min: 0, max: 3 } },
  async (script) => {
    const stage = { rate: RATE, limiter: false, sources: constant() };
    assert.equal(judgeGain(await perform(script, stage)), null);
  },
);

const LEAST_FADE = 2000;
property('nothing jumps where the sources do not', { leastFade: LEAST_FADE }, async (script) => {
  const played = await perform(script, { rate: RATE, limiter: false, sources: constant() });
  assert.equal(judgeSteps(played, LEAST_FADE), null);
});

property(
  'the limiter: nothing below -1 dBFS, nothing above full scale, nothing of one voice at a gain of 1',
  { gain: { min: 0.5, max: 2 } },
  async (script) => {
    for (const sources of [constant(), music3()]) {
      const plain = await perform(script, { rate: RATE, limiter: false, sources });
      const bent = await perform(script, { rate: RATE, limiter: true, sources });
      assert.equal(judgeLimiter(plain.got, bent), null);
    }
  },
);
