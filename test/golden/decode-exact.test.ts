// Decoding to the exact frame: lengths, bits, alignment, gapless joins and seeks, for every codec at both common rates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticksToFrames } from '../../audio/ticks.ts';
import { CODECS, LOSSLESS, media, read, succeed, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music, random } from '../support/signals.ts';
import { writeFloatWav } from '../support/wav.ts';

const folder = scratchFolder('decode');
const RATES = [44_100, 48_000] as const;
const codecsAt = (rate: number) => CODECS.filter((codec) => codec !== 'opus' || rate === 48_000);
/** Not a whole number of anybody's packets. */
const framesAt = (rate: number) => 9 * rate + 1234;

for (const rate of RATES) {
  const frames = framesAt(rate);
  const source = music(frames, rate);
  for (const codec of codecsAt(rate)) {
    const path = write(folder, `${codec}-${rate}`, codec, rate, source);
    const whole = read(path, rate);

    test(`${codec} at ${rate}: probe and decode agree on the exact length`, () => {
      const probe = succeed(media.probe(path));
      assert.equal(probe.exact, true);
      assert.equal(probe.rateHz, rate);
      assert.equal(probe.channels, 2);
      assert.equal(ticksToFrames(probe.durationTicks, rate), frames);
      assert.equal(whole.length, 2 * frames);
    });

    test(`${codec} at ${rate}: every frame is at its place`, () => {
      if (LOSSLESS.includes(codec)) assert.equal(maxDifference(whole, source), 0);
      // Of a lossy codec: no shift fits better than none. (Opus and AAC reshape the noise, the sweep tells the place.)
      else assert.equal(bestShift(source, whole), 0);
    });

    test(`${codec} at ${rate}: a seek gives what a decode from the start gives`, () => {
      const dice = random(frames);
      for (let i = 0; i < 25; i++) {
        const at = Math.floor(dice() * frames);
        const part = read(path, rate, at, 3000);
        const expected = whole.subarray(2 * at, 2 * Math.min(frames, at + 3000));
        assert.equal(part.length, expected.length, `length at ${at}`);
        // AAC fills noise bands from a random state that a seek cannot know: its place is compared, not its samples.
        if (codec === 'aac') {
          if (part.length > 2000) assert.equal(bestShift(expected, part), 0, `at ${at}`);
        } else assert.ok(maxDifference(part, expected) < 1e-6, `at ${at}`);
      }
    });

    test(`${codec} at ${rate}: the other rate has the exact length, and seeks are exact there too`, () => {
      const other = rate === 44_100 ? 48_000 : 44_100;
      const resampled = read(path, other);
      assert.equal(resampled.length / 2, Math.floor((frames * other) / rate + 0.5));
      if (codec === 'aac') return;
      const dice = random(frames + 1);
      for (let i = 0; i < 10; i++) {
        const at = Math.floor(dice() * (resampled.length / 2));
        const expected = resampled.subarray(2 * at, 2 * at + 4000);
        assert.ok(maxDifference(read(path, other, at, 2000), expected) < 2e-6, `at ${at}`);
      }
    });
  }
}

for (const codec of ['flac', 'wav16', 'alac', 'wavpack'] as const) {
  test(`an album cut anywhere joins without a frame more or less (${codec})`, () => {
    const rate = 44_100;
    const album = music(6 * rate, rate, 3);
    for (const cut of [1, 588 * 150, 4096 * 20, 123_457]) {
      const first = read(write(folder, 'cut-1', codec, rate, album.subarray(0, 2 * cut)), rate);
      const second = read(write(folder, 'cut-2', codec, rate, album.subarray(2 * cut)), rate);
      const joined = new Float32Array(first.length + second.length);
      joined.set(first);
      joined.set(second, first.length);
      assert.equal(maxDifference(joined, album), 0, `cut at ${cut}`);
    }
  });
}

test('reading past the end and seeking to it give nothing, not an error', () => {
  const path = write(folder, 'short', 'flac', 48_000, music(1000, 48_000));
  assert.equal(read(path, 48_000, 1000).length, 0);
  assert.equal(read(path, 48_000, 5000).length, 0);
  assert.equal(read(path, 44_100, 5000).length, 0);
  assert.equal(read(path, 48_000, 999).length, 2);
});

test('the smallest files: one frame (lossless), and little more than a packet', () => {
  for (const codec of codecsAt(48_000)) {
    for (const frames of LOSSLESS.includes(codec) ? [1, 100] : [1500]) {
      const samples = music(frames, 48_000);
      assert.equal(
        read(write(folder, `tiny-${codec}`, codec, 48_000, samples), 48_000).length,
        2 * frames,
        codec,
      );
    }
  }
});

test('mono goes to both sides, bit for bit', () => {
  const path = `${folder}/mono.wav`;
  const samples = music(2000, 48_000).filter((_, i) => i % 2 === 0);
  writeFloatWav(path, 48_000, 1, 0x4, samples);
  const decoded = read(path, 48_000);
  assert.equal(
    maxDifference(
      decoded.filter((_, i) => i % 2 === 0),
      samples,
    ),
    0,
  );
  assert.equal(
    maxDifference(
      decoded.filter((_, i) => i % 2 === 1),
      samples,
    ),
    0,
  );
});

/** The shift in frames (-3 to 3) at which the left sides agree best. */
function bestShift(expected: Float32Array, actual: Float32Array): number {
  const frames = Math.min(expected.length, actual.length) / 2;
  let best = { shift: Number.NaN, error: Number.POSITIVE_INFINITY };
  for (let shift = -3; shift <= 3; shift++) {
    let error = 0;
    for (let n = 10; n < frames - 10; n++)
      error += ((expected[2 * n] ?? 0) - (actual[2 * (n + shift)] ?? 0)) ** 2;
    if (error < best.error) best = { shift, error };
  }
  return best.shift;
}
