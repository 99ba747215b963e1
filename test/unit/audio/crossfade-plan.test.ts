// Pairs resolved to frames: overlap, null points, albums, three in a row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CrossfadeSettings, isAlbumNeighbour, planPair } from '../../../audio/crossfade-plan.ts';
import { planSequence } from '../../../audio/sequence-plan.ts';
import { secondsToTicks } from '../../../audio/ticks.ts';
import { type PointSeconds, playable } from '../../support/playables.ts';

const RATE = 48_000;
const settings: CrossfadeSettings = {
  globalCrossfadeTicks: secondsToTicks(3),
  defaultCurve: 'equal-power',
  albumAware: true,
};
const pair = (a: PointSeconds, b: PointSeconds, previousOverlap = 0) =>
  planPair(
    { playable: playable({ points: a }), overlapFrames: previousOverlap },
    playable({ passage: 2, points: b }),
    settings,
    RATE,
  );

test('null points: the global crossfade, and both fades as long as the overlap', () => {
  const plan = pair({}, {});
  assert.equal(plan.overlapFrames, 3 * RATE);
  assert.deepEqual(plan.fadeIn, { frames: 3 * RATE, curve: 'equal-power' });
  assert.deepEqual(plan.previousFadeOut, { frames: 3 * RATE, curve: 'equal-power' });
  assert.deepEqual(plan.fadeOut, { frames: 0, curve: 'equal-power' });
  assert.deepEqual([plan.startFrame, plan.endFrame], [0, 10 * RATE]);
});

test('null lead points are at most half of either passage', () => {
  assert.equal(pair({ end: 4 }, {}).overlapFrames, 2 * RATE);
  assert.equal(pair({}, { start: 9 }).overlapFrames, 0.5 * RATE);
});

test('set lead points decide by the shorter side, and are never clamped by length or setting', () => {
  assert.equal(pair({ leadOut: 2 }, { leadIn: 7 }).overlapFrames, 7 * RATE);
  assert.equal(pair({ leadOut: 9 }, { leadIn: 7 }).overlapFrames, RATE);
  assert.equal(pair({ leadOut: 2 }, {}).overlapFrames, 3 * RATE);
});

test('no overlap: no gap, no fade where none is set, the set one where it is', () => {
  const plan = pair({ leadOut: 10 }, { fadeIn: 1.5, leadIn: 4 });
  assert.equal(plan.overlapFrames, 0);
  assert.equal(plan.previousFadeOut?.frames, 0);
  assert.equal(plan.fadeIn.frames, 1.5 * RATE);
});

test('a side with no neighbour has neither, unless it is set', () => {
  const first = planPair(null, playable({ points: { fadeOut: 8 } }), settings, RATE);
  assert.deepEqual([first.overlapFrames, first.fadeIn.frames, first.fadeOut.frames], [0, 0, 2 * RATE]);
  assert.equal(first.previousFadeOut, null);
  assert.equal(planPair(null, playable({ points: { fadeIn: 1 } }), settings, RATE).fadeIn.frames, RATE);
});

test('curves: the passage and side first, then the setting', () => {
  const plan = planPair(
    { playable: playable({ fadeOutCurve: 'linear' }), overlapFrames: 0 },
    playable({ fadeOutCurve: 'cosine' }),
    settings,
    RATE,
  );
  assert.equal(plan.previousFadeOut?.curve, 'linear');
  assert.equal(plan.fadeIn.curve, 'equal-power');
  assert.equal(plan.fadeOut.curve, 'cosine');
});

test('at most two at once: a start before the last but one has ended is moved to that end', () => {
  const moved = pair({ leadOut: 1 }, { leadIn: 9 }, 4 * RATE);
  assert.equal(moved.overlapFrames, 6 * RATE);
  assert.equal(moved.fadeIn.frames, 6 * RATE);
});

test('album neighbours: gapless, and the silence trimmed where they join comes back', () => {
  const a = playable({ album: 7, disc: 1, track: 3, points: { start: 1, leadOut: 5, end: 9.5 } });
  const b = playable({ album: 7, disc: 1, track: 4, points: { start: 0.5, leadIn: 4 } });
  const plan = planPair({ playable: a, overlapFrames: 0 }, b, settings, RATE);
  assert.equal(plan.overlapFrames, 0);
  assert.deepEqual([plan.startFrame, plan.previousEndFrame], [0, 10 * RATE]);
  assert.deepEqual([plan.fadeIn.frames, plan.previousFadeOut?.frames], [0, 0]);
  const off = planPair({ playable: a, overlapFrames: 0 }, b, { ...settings, albumAware: false }, RATE);
  assert.equal(off.overlapFrames, 3.5 * RATE);
  assert.equal(off.previousEndFrame, null);
});

test('album neighbours that are parts of one file: each plays to where the next begins, not to the end of the file', () => {
  const part = (startS: number, endS: number) => ({
    startTicks: secondsToTicks(startS),
    endTicks: secondsToTicks(endS),
  });
  const a = playable({ album: 7, track: 1, part: part(2, 5), points: { start: 2.5, end: 4.5 } });
  const b = playable({ album: 7, track: 2, part: part(5, 10), points: { start: 5.25, end: 9 } });
  const plan = planPair({ playable: a, overlapFrames: 0 }, b, settings, RATE);
  assert.equal(plan.overlapFrames, 0);
  assert.deepEqual([plan.previousEndFrame, plan.startFrame, plan.endFrame], [5 * RATE, 5 * RATE, 9 * RATE]);
});

test('who is an album neighbour', () => {
  const a = playable({ album: 7, disc: 1, track: 3 });
  const follows = (over: object) => isAlbumNeighbour(a, playable({ album: 7, disc: 1, track: 4, ...over }));
  assert.ok(follows({}));
  for (const not of [{ track: 5 }, { track: 3 }, { track: null }, { disc: 2 }, { album: 8 }, { album: null }])
    assert.ok(!follows(not), JSON.stringify(not));
  assert.ok(!isAlbumNeighbour(playable({ track: null, album: 7 }), playable({ track: 1, album: 7 })));
  assert.ok(!isAlbumNeighbour(playable({ track: 1 }), playable({ track: 2 })));
});

test('points are rounded to frames first, and the overlap is taken from those', () => {
  // 5.00001 s and 10.00001 s lie 0.48 of a frame after a frame; 10.00002 s lies 0.96 after one.
  const plan = planPair(
    {
      playable: playable({ fileSeconds: 20, points: { leadOut: 5.00001, end: 10.00002 } }),
      overlapFrames: 0,
    },
    playable({ points: { leadIn: 9 } }),
    settings,
    RATE,
  );
  assert.equal(plan.overlapFrames, 5 * RATE + 1);
});

const seconds = fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1000);
const pointSeconds = fc.record(
  { start: seconds, fadeIn: seconds, leadIn: seconds, leadOut: seconds, fadeOut: seconds, end: seconds },
  { requiredKeys: [] },
);

test('any sequence: at most two at once, whole voices, fades inside, nothing starts before what it follows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ points: pointSeconds, track: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.constantFrom(44_100, 48_000),
      fc.boolean(),
      (passages, rate, albumAware) => {
        const playables = passages.map(({ points, track }) =>
          playable({ fileSeconds: 12.3456, points, album: 1, disc: 1, track }),
        );
        const { voices, totalFrames } = planSequence(playables, { ...settings, albumAware }, rate);
        voices.forEach((voice, i) => {
          const end = voice.streamFrame + voice.endFrame - voice.startFrame;
          assert.ok(Number.isInteger(voice.streamFrame) && voice.startFrame < voice.endFrame);
          assert.ok(voice.fadeIn.frames >= 0 && voice.fadeIn.frames <= voice.endFrame - voice.startFrame);
          assert.ok(voice.fadeOut.frames >= 0 && voice.fadeOut.frames <= voice.endFrame - voice.startFrame);
          const next = voices[i + 1];
          if (next) assert.equal(end - next.streamFrame, next.overlapFrames);
          if (next) assert.ok(next.overlapFrames >= 0 && next.streamFrame >= voice.streamFrame);
          const afterNext = voices[i + 2];
          if (afterNext) assert.ok(afterNext.streamFrame >= end, 'three sound at once');
          if (!next) assert.equal(totalFrames, end);
        });
      },
    ),
  );
});
