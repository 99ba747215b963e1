// Gain of a passage from tags, from measured loudness, and from the true peak.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { albumLoudness, gainDb, type Loudness } from '../../../daemon/concepts/library/loudness.ts';

const none: Loudness = { taggedDb: null, lufs: null, truePeakDb: null };
const tagged = (taggedDb: number, truePeakDb: number | null = null): Loudness => ({
  ...none,
  taggedDb,
  truePeakDb,
});
const measured = (lufs: number, truePeakDb: number): Loudness => ({ ...none, lufs, truePeakDb });

test('the gain aims at -16 LUFS: from tags that aim at -18, else from what was measured', () => {
  assert.equal(gainDb('track', tagged(-8), tagged(-6)), -6);
  assert.equal(gainDb('album', tagged(-8), tagged(-6)), -4);
  assert.equal(gainDb('track', measured(-9, -0.5), none), -7);
  assert.equal(gainDb('track', measured(-20, -12), none), 4);
  assert.equal(gainDb('album', measured(-20, -12), measured(-14, -3)), -2);
});

test('tags count before what was measured', () => {
  assert.equal(gainDb('track', { taggedDb: -8, lufs: -30, truePeakDb: -20 }, none), -6);
  assert.equal(gainDb('album', measured(-20, -12), { taggedDb: -3, lufs: -30, truePeakDb: -20 }), -1);
});

test('off is off', () => {
  assert.equal(gainDb('off', { taggedDb: -8, lufs: -9, truePeakDb: 2 }, measured(-9, 2)), 0);
});

test('the other one serves where one is not known, and nothing known means no change', () => {
  assert.equal(gainDb('album', tagged(-8), none), -6);
  assert.equal(gainDb('track', none, tagged(-6)), -4);
  assert.equal(gainDb('track', none, none), 0);
  assert.equal(gainDb('album', { ...none, truePeakDb: -3 }, none), 0);
});

test('never more than +6 dB', () => {
  assert.equal(gainDb('track', tagged(12), none), 6);
  assert.equal(gainDb('track', measured(-50, -30), none), 6);
});

test('the true peak ends at -1 dBTP or below, whichever way it got there', () => {
  assert.equal(gainDb('track', tagged(12, -4), none), 3);
  assert.equal(gainDb('track', measured(-20, -2), none), 1);
  // Turned neither up nor down by its loudness, but it reaches beyond -1 dBTP by itself.
  assert.equal(gainDb('track', measured(-16, 0.5), none), -1.5);
  assert.equal(gainDb('track', tagged(-2.25, 0.5), none), -1.5);
  // Turned down far enough already.
  assert.equal(gainDb('track', measured(-8, 1), none), -8);
});

test('in album mode the highest peak of the album decides: all of it has one gain', () => {
  const album = measured(-20, -3);
  for (const peak of [-20, -10, -3]) assert.equal(gainDb('album', measured(-22, peak), album), 2);
});

test('the loudness of an album is its mean power over time, without what is far below it', () => {
  const file = (lufs: number, minutes: number, truePeakDb = -2) => ({
    lufs,
    truePeakDb,
    durationTicks: minutes * 60 * 28_224_000,
  });
  assert.equal(albumLoudness([]), null);
  assert.equal(albumLoudness([file(-12.5, 3)])?.lufs.toFixed(6), '-12.500000');
  // One minute of power 0.1, three of 0.01: (0.1 + 0.03) / 4.
  const mixed = albumLoudness([file(-10, 1, -6), file(-20, 3, -0.5)]);
  assert.equal(mixed?.lufs.toFixed(6), (10 * Math.log10(0.13 / 4)).toFixed(6));
  assert.equal(mixed?.truePeakDb, -0.5);
  // A spoken minute at -40 between music at -12 is left out by the gate.
  assert.equal(albumLoudness([file(-12, 4), file(-40, 1), file(-12, 5)])?.lufs.toFixed(6), '-12.000000');
});
