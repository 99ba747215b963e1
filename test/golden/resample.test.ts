// Resampling: exact length, no delay, noise far below the signal, for every common pair of rates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { fitSine, stereo } from '../support/signals.ts';

const folder = scratchFolder('resample');
const PAIRS = [
  [44_100, 48_000],
  [48_000, 44_100],
  [96_000, 44_100],
  [192_000, 48_000],
  [88_200, 48_000],
  [8_000, 48_000],
  [11_025, 44_100],
  [22_050, 48_000],
  [32_000, 44_100],
] as const;

for (const [from, to] of PAIRS) {
  test(`${from} to ${to}: length exact, delay below 0.1 frame, noise 100 dB below a sine`, () => {
    const frames = 2 * from + 77;
    const narrower = Math.min(from, to);
    const hz = [narrower * 0.021, narrower * 0.4] as const;
    const tone = (f: number) => (t: number) => 0.5 * Math.sin(2 * Math.PI * f * t);
    const decoded = read(
      write(folder, `${from}-${to}`, 'wav32f', from, stereo(frames, from, tone(hz[0]), tone(hz[1]))),
      to,
    );
    assert.equal(decoded.length / 2, Math.floor((frames * to) / from + 0.5));
    for (const side of [0, 1] as const) {
      const margin = Math.ceil(to / 20);
      const fit = fitSine(decoded, to, hz[side], side, margin, decoded.length / 2 - margin);
      assert.ok(fit.snrDb > 100, `signal to noise ${fit.snrDb.toFixed(1)} dB at ${hz[side]} Hz`);
      assert.ok(Math.abs(fit.delayFrames) < 0.1, `delay ${fit.delayFrames} frames at ${hz[side]} Hz`);
      assert.ok(
        Math.abs(20 * Math.log10(fit.amplitude / 0.5)) < 0.1,
        `level ${fit.amplitude} at ${hz[side]} Hz`,
      );
    }
  });
}

test('canary: a shift of one frame and noise at -90 dB are both seen by the same yardstick', () => {
  const rate = 48_000;
  const hz = 1000;
  const late = stereo(
    rate,
    rate,
    (t) => Math.sin(2 * Math.PI * hz * (t - 1 / rate)),
    () => 0,
  );
  assert.ok(Math.abs(fitSine(late, rate, hz, 0, 0, rate).delayFrames - 1) < 1e-3);
  let sign = 1;
  const noisy = stereo(
    rate,
    rate,
    (t) => {
      sign = -sign;
      return Math.sin(2 * Math.PI * hz * t) + sign * 10 ** (-90 / 20) * Math.SQRT1_2;
    },
    () => 0,
  );
  assert.ok(fitSine(noisy, rate, hz, 0, 0, rate).snrDb < 91);
});
