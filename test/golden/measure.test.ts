// The measures of known signals: level, brightness, tempo, key; and that they are the same each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileMeasures } from '../../audio/media.ts';
import { framesToTicks, secondsToTicks } from '../../audio/ticks.ts';
import { media, succeed, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { random, stereo } from '../support/signals.ts';

const folder = scratchFolder('measure');
const SECONDS = 20;
let files = 0;

function measured(rate: number, left: (t: number) => number, right = left): FileMeasures {
  const samples = stereo(SECONDS * rate, rate, left, right);
  return succeed(media.measure(write(folder, `m${files++}`, 'wav32f', rate, samples)));
}
const sine = (hz: number, level: number) => (t: number) => level * Math.sin(2 * Math.PI * hz * t);
const within = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);

test('a sine: exact length, level, peak, centroid, crossings; no rhythm', () => {
  for (const rate of [22_050, 44_100, 96_000]) {
    const m = measured(rate, sine(1000, 0.5));
    assert.equal(m.durationTicks, secondsToTicks(SECONDS));
    within(m.rmsDb, -9.03, 0.01, 'rms');
    within(m.peakDb, -6.02, 0.01, 'peak');
    within(m.centroidHz, 1000, 1, 'centroid');
    within(m.zeroCrossingKhz, 2, 0.01, 'zero crossings');
    within(m.dynamicRangeDb, 0, 0.1, 'dynamic range');
    assert.ok(m.lowShare < 1e-3 && m.highShare < 1e-3);
    assert.equal(m.onsetRate, 0);
  }
});

test('low and high tones share the energy as they were mixed', () => {
  const m = measured(48_000, sine(100, 0.4), sine(100, 0.4));
  within(m.lowShare, 1, 1e-3, 'low share');
  within(measured(48_000, (t) => sine(100, 0.3)(t) + sine(8000, 0.3)(t)).highShare, 0.5, 0.01, 'high share');
});

test('clicks at a tempo are heard as that tempo', () => {
  for (const bpm of [72, 96, 128, 174]) {
    const click = (t: number) => {
      const phase = ((t * bpm) / 60) % 1;
      return 0.5 * Math.exp(-phase * 40) * Math.sin(2 * Math.PI * 900 * t);
    };
    const m = measured(44_100, click);
    within(m.tempoBpm, bpm, bpm * 0.015, 'tempo');
    within(m.onsetRate, bpm / 60, 0.1, 'onsets');
    assert.ok(m.rhythmClarity > 0.5, `clarity ${m.rhythmClarity}`);
  }
});

test('chords tell major from minor, and noise has less tonality than either', () => {
  const chord = (semitones: number[]) => (t: number) =>
    semitones.reduce((sum, s) => sum + sine(261.6256 * 2 ** (s / 12), 0.15)(t), 0);
  const major = measured(44_100, chord([0, 4, 7, 12]));
  const minor = measured(44_100, chord([0, 3, 7, 12]));
  assert.deepEqual([major.isMajor, minor.isMajor], [true, false]);
  const dice = random(9);
  const noise = measured(44_100, () => 0.3 * (dice() - 0.5));
  assert.ok(major.tonality > noise.tonality + 0.2 && minor.tonality > noise.tonality + 0.2);
  assert.ok(noise.centroidHz > 5000);
});

test('loud and quiet passages make a dynamic range', () => {
  const m = measured(44_100, (t) => sine(500, t % 4 < 2 ? 0.5 : 0.05)(t));
  within(m.dynamicRangeDb, 20, 0.5, 'dynamic range');
});

test('parts are measured each by itself, to the last digit as if they were files', () => {
  const rate = 44_100;
  // Cut between samples of no block: loud and high, silent, quiet and low; what goes before the first part is in none.
  const cuts = [0.5, 6.01, 11.2, 17].map((seconds) => Math.round(seconds * rate));
  const [before = 0, first = 0, second = 0, end = 0] = cuts;
  const channel = (t: number) => {
    const frame = Math.round(t * rate);
    return frame < first ? sine(2000, 0.5)(t) : frame < second ? 0 : sine(150, 0.05)(t);
  };
  const whole = stereo(end, rate, channel, channel);
  const path = write(folder, 'parts', 'wav32f', rate, whole);
  const starts = [before, first, second, end + rate].map((frame) => framesToTicks(frame, rate));
  const { parts, ...all } = succeed(media.measure(path, starts));
  const { parts: none, ...alone } = succeed(media.measure(path));
  assert.deepEqual([all, none], [alone, []]);
  for (const [i, to] of [first, second, end].entries()) {
    const own = write(folder, `part-${i}`, 'wav32f', rate, whole.slice(2 * (cuts[i] ?? 0), 2 * to));
    const { parts: _, ...expected } = succeed(media.measure(own));
    assert.deepEqual(parts[i], expected, `part ${i + 1}`);
  }
  assert.ok((parts[0]?.loudnessLufs ?? 0) > (parts[2]?.loudnessLufs ?? 0) + 10);
  assert.equal(parts[1]?.content, null);
  assert.deepEqual([parts[3]?.durationTicks, parts[3]?.loudnessLufs, parts[3]?.content], [0, null, null]);
});

test('silence is measured without nonsense, and twice the same file gives twice the same numbers', () => {
  const silent = measured(44_100, () => 0);
  const { content, loudnessLufs, parts: _, ...numbers } = silent;
  assert.deepEqual([content, loudnessLufs, silent.truePeakDb], [null, null, -120]);
  for (const value of Object.values(numbers)) assert.ok(typeof value === 'boolean' || Number.isFinite(value));
  assert.equal(silent.tempoBpm, 0);
  const path = write(
    folder,
    'twice',
    'flac',
    44_100,
    stereo(200_000, 44_100, sine(300, 0.2), sine(400, 0.2)),
  );
  assert.deepEqual(media.measure(path), media.measure(path));
});
