// Gain of a passage from tags and measured peak.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gainDb } from '../../../daemon/concepts/library/loudness.ts';

const known = { trackDb: -8, albumDb: -6, peakDb: null };

test('the gain aims at -16 LUFS from tags that aim at -18', () => {
  assert.equal(gainDb('track', known), -6);
  assert.equal(gainDb('album', known), -4);
  assert.equal(gainDb('off', known), 0);
});

test('the other tag serves where one is absent, and nothing known means no change', () => {
  assert.equal(gainDb('album', { ...known, albumDb: null }), -6);
  assert.equal(gainDb('track', { ...known, trackDb: null }), -4);
  assert.equal(gainDb('track', { trackDb: null, albumDb: null, peakDb: -3 }), 0);
});

test('never more than +6 dB, and never above -1 dB at the highest sample by turning up', () => {
  assert.equal(gainDb('track', { trackDb: 12, albumDb: null, peakDb: null }), 6);
  assert.equal(gainDb('track', { trackDb: 12, albumDb: null, peakDb: -4 }), 3);
  assert.equal(gainDb('track', { trackDb: 2, albumDb: null, peakDb: 0 }), 0);
  assert.equal(gainDb('track', { trackDb: -4, albumDb: null, peakDb: 0 }), -2);
});
