// The five curves at their exact points, and the gain of a voice frame by frame.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CURVES, decibelsToGain, FADE_CURVES, gainAt } from '../../../audio/fade-curves.ts';
import type { Curve } from '../../../sync/vocabulary/common.ts';

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('curves at a quarter, a half and the ends', () => {
  const expected: Record<Curve, [number, number]> = {
    linear: [0.25, 0.5],
    cosine: [0.5 - Math.SQRT1_2 / 2, 0.5],
    exponential: [0.0625, 0.25],
    logarithmic: [0.5, Math.SQRT1_2],
    'equal-power': [Math.sin(Math.PI / 8), Math.SQRT1_2],
  };
  assert.deepEqual([...CURVES].sort(), Object.keys(expected).sort());
  for (const curve of CURVES) {
    near(FADE_CURVES[curve](0), 0);
    near(FADE_CURVES[curve](0.25), expected[curve][0]);
    near(FADE_CURVES[curve](0.5), expected[curve][1]);
    near(FADE_CURVES[curve](1), 1);
  }
});

test('equal-power keeps the power of two voices constant; linear keeps their sum', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (t) => {
      near(FADE_CURVES['equal-power'](t) ** 2 + FADE_CURVES['equal-power'](1 - t) ** 2, 1);
      near(FADE_CURVES.linear(t) + FADE_CURVES.linear(1 - t), 1);
    }),
  );
});

test('a fade-in of N frames has f(n/N) on its n-th frame, a fade-out of M frames f(1 - m/M) on its m-th', () => {
  const voice = {
    startFrame: 100,
    endFrame: 120,
    fadeIn: { frames: 4, curve: 'linear' },
    fadeOut: { frames: 5, curve: 'exponential' },
    gain: 0.5,
  } as const;
  const gains = Array.from({ length: 22 }, (_, i) => gainAt(voice, 99 + i));
  const expected = [0, 0, 0.125, 0.25, 0.375, ...Array(11).fill(0.5), 0.5, 0.32, 0.18, 0.08, 0.02, 0];
  assert.equal(gains.length, expected.length);
  gains.forEach((gain, i) => {
    near(gain, expected[i]);
  });
});

test('both regions may overlap: their gains multiply', () => {
  const fade = { frames: 10, curve: 'linear' } as const;
  const voice = { startFrame: 0, endFrame: 10, fadeIn: fade, fadeOut: fade, gain: 1 };
  for (let n = 0; n < 10; n++) near(gainAt(voice, n), (n / 10) * (1 - n / 10));
});

test('decibels', () => {
  near(decibelsToGain(0), 1);
  near(decibelsToGain(-20), 0.1);
  near(decibelsToGain(6), 10 ** 0.3);
});
