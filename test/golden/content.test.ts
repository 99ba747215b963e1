// What the analysis finds in real files of several codecs and rates: silence at the ends, lead points, loudness, and the
// envelope. The expected numbers follow from how the signals were made.
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Envelope, Measures } from '../../audio/media.ts';
import { secondsToTicks, ticksToSeconds } from '../../audio/ticks.ts';
import { type Codec, media, succeed, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { stereo } from '../support/signals.ts';

const folder = scratchFolder('content');
let files = 0;

type Signal = (t: number) => number;
const db = (level: number) => 10 ** (level / 20);
const tone: Signal = (t) => Math.sin(2 * Math.PI * 1000 * t);
const within = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);

function made(codec: Codec, rate: number, seconds: number, left: Signal, right = left): string {
  return write(folder, `f${files++}`, codec, rate, stereo(Math.round(seconds * rate), rate, left, right));
}
const measured = (path: string): Measures => succeed(media.measure(path));

/** 1.5 s of nothing, a rise from -40 dB to 0.5 in 3 s, 5 s of that, a fall to -40 dB in 4 s, 2 s of nothing. */
const arc: Signal = (t) => {
  const level =
    t < 1.5 || t >= 13.5
      ? 0
      : t < 4.5
        ? db(-40 + ((t - 1.5) / 3) * 40)
        : t < 9.5
          ? 1
          : db(-40 * ((t - 9.5) / 4));
  return 0.5 * level * tone(t);
};
const ARC_SECONDS = 15.5;

for (const [codec, rate] of [
  ['flac', 44_100],
  ['mp3', 44_100],
  ['flac', 8000],
  ['flac24', 192_000],
  ['opus', 48_000],
  ['aac', 48_000],
] as const)
  test(`a rise and a fall in ${codec} at ${rate} Hz`, () => {
    const { content } = measured(made(codec, rate, ARC_SECONDS, arc));
    assert.ok(content);
    // Lossy codecs smear by a block of some tens of ms.
    const tolerance = codec.startsWith('flac') ? 0.011 : 0.06;
    within(ticksToSeconds(content.startTicks), 1.45, tolerance, 'start');
    within(ticksToSeconds(content.endTicks), 13.55, tolerance, 'end');
    // -12 dB is reached 28/40 of the way up, 12/40 of the way down: the window it falls into begins up to 0.1 s before.
    const risen = 1.5 + (28 / 40) * 3;
    const fallen = 9.5 + (12 / 40) * 4;
    within(ticksToSeconds(content.leadInTicks), risen - 0.05, 0.055 + tolerance, 'lead-in');
    within(ticksToSeconds(content.leadOutTicks), fallen + 0.05, 0.055 + tolerance, 'lead-out');
  });

test('mono is measured as it is played: on both sides', () => {
  const path = join(folder, 'mono.wav');
  const rate = 44_100;
  const frames = rate * 6;
  const data = Buffer.alloc(44 + frames * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + frames * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(frames * 2, 40);
  for (let n = 0; n < frames; n++) {
    const t = n / rate;
    data.writeInt16LE(Math.round(32767 * db(-23) * (t < 1 ? 0 : tone(t))), 44 + 2 * n);
  }
  writeFileSync(path, data);
  const m = measured(path);
  within(m.loudnessLufs ?? 0, -23, 0.15, 'loudness');
  within(m.truePeakDb, -23, 0.1, 'true peak');
  within(ticksToSeconds(m.content?.startTicks ?? 0), 0.95, 0.001, 'start');
});

test('loudness of a known tone, the same in every codec', () => {
  for (const codec of ['flac', 'mp3', 'vorbis', 'wav32f'] as const) {
    const m = measured(made(codec, 48_000, 10, (t) => db(-20) * tone(t)));
    // LAME writes a tone 0.25 dB softer than it was.
    within(m.loudnessLufs ?? 0, -20, 0.3, `${codec}: loudness`);
    // A lossy codec overshoots where the tone begins.
    within(m.truePeakDb, -20, codec === 'mp3' || codec === 'vorbis' ? 1 : 0.1, `${codec}: true peak`);
  }
});

test('what is silent or shorter than a window is answered sanely', () => {
  assert.equal(measured(made('flac', 44_100, 20, () => 0)).content, null);
  assert.equal(measured(made('mp3', 44_100, 20, () => 0)).content, null);
  const brief = measured(made('wav16', 44_100, 0.06, (t) => 0.5 * tone(t)));
  assert.deepEqual(brief.content, {
    startTicks: 0,
    leadInTicks: 0,
    leadOutTicks: secondsToTicks(0.06),
    endTicks: secondsToTicks(0.06),
  });
  assert.equal(brief.loudnessLufs, null);
});

test('samples that are no numbers spoil nothing', () => {
  const path = made('wav32f', 44_100, 5, (t) => (t > 1 && t < 1.001 ? Number.NaN : 0.5 * tone(t)));
  const m = measured(path);
  within(m.loudnessLufs ?? 0, -6.02, 0.2, 'loudness');
  assert.deepEqual([m.content?.startTicks, m.content?.endTicks], [0, secondsToTicks(5)]);
  for (const value of Object.values(m)) assert.ok(typeof value !== 'number' || Number.isFinite(value));
});

test('the envelope shows peak and RMS where they are', () => {
  for (const codec of ['flac', 'mp3'] as const) {
    const shape = (t: number) => (t < 5 ? 0.2 : t < 15 ? 0.8 : 0.05) * tone(t);
    const e: Envelope = succeed(media.envelope(made(codec, 44_100, 20, shape), 2000));
    assert.equal(e.durationTicks, secondsToTicks(20));
    assert.equal(e.spanTicks, secondsToTicks(0.01));
    assert.deepEqual([e.peaks.length, e.rms.length], [2000, 2000]);
    for (const [at, level] of [
      [250, 0.2],
      [1000, 0.8],
      [1800, 0.05],
    ] as const) {
      within(e.peaks[at] ?? 0, level, 0.05 * level, `${codec}: peak at ${at}`);
      within(e.rms[at] ?? 0, level * Math.SQRT1_2, 0.05 * level, `${codec}: RMS at ${at}`);
    }
  }
});

test('the envelope of a file that cannot be read says why', () => {
  assert.deepEqual(Object.keys(media.envelope(join(folder, 'none.flac'), 2000)), ['error', 'message']);
  const path = made('flac', 44_100, 10, tone);
  truncateSync(path, 100);
  assert.ok('error' in media.envelope(path, 2000));
});
