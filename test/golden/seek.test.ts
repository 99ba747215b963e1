// A seek gives what a decode from the start gives: in every codec at the places where blocks, packets and pages meet, at the
// very beginning and end, through the core while it plays, and in files of three hours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { longFlacSample, writeLongFlac, writeLongMp3 } from '../support/long-file.ts';
import { CODECS, type Codec, media, read, succeed, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music, random } from '../support/signals.ts';

const folder = scratchFolder('seek');
const LONG_SECONDS = 3 * 3600;
/** Frames of one block, packet or page of each codec; a seek beside them meets all that is special about it. */
const BLOCKS: Readonly<Record<Codec, number>> = {
  flac: 4608,
  flac24: 4608,
  mp3: 1152,
  opus: 960,
  vorbis: 1024,
  aac: 1024,
  alac: 4096,
  alac24: 4096,
  wavpack: 24_000,
  wavpack24: 24_000,
  wavpack32f: 24_000,
  aiff: 4096,
  wav16: 4096,
  wav24: 4096,
  wav32f: 4096,
};

for (const codec of CODECS) {
  const rate = 48_000;
  const frames = 12 * rate + 4321;
  const path = write(folder, codec, codec, rate, music(frames, rate, 8));
  const whole = read(path, rate);

  test(`${codec}: beside every border, at the ends, and anywhere`, () => {
    const dice = random(frames);
    const block = BLOCKS[codec];
    const places = [0, 1, 2, frames - 1, frames - 2, frames - block];
    for (let n = 0; n < 12; n++) {
      const border = block * Math.floor((dice() * frames) / block);
      places.push(Math.max(0, border - 1), border, Math.min(frames - 1, border + 1));
    }
    for (let n = 0; n < 24; n++) places.push(Math.floor(dice() * frames));
    for (const at of places) {
      const expected = whole.subarray(2 * at, 2 * Math.min(frames, at + 1500));
      assert.ok(maxDifference(read(path, rate, at, 1500), expected) < 1e-6, `at ${at}`);
    }
  });

  test(`${codec}: through the core, one seek after the other while it plays`, async () => {
    const sink = { kind: 'manual' } as const;
    const engine = openNativeEngine({ rate, sink, playing: true, volume: 1, limiter: false });
    const none = { frames: 0, curve: 'linear' } as const;
    await engine.offer({
      ...{ plan: 1, generation: 0, entry: 1, after: null, path, startFrame: 0, endFrame: frames, gain: 1 },
      ...{ overlapFrames: 0, fadeIn: none, fadeOut: none, previousFadeOut: null },
    });
    engine.pull(1000);
    const dice = random(frames + 1);
    for (let n = 0; n < 8; n++) {
      const at = Math.floor(dice() * (frames - 4000));
      assert.equal((await engine.seek(1, at)).outcome, 'accepted');
      const heard = engine.pull(3000);
      // Both voices sound in the 10 ms in which they change places.
      const [voice] = engine.snapshot().sounding;
      assert.equal(voice?.atFrame, at + 3000);
      const settled = heard.subarray(2 * 1000);
      assert.ok(maxDifference(settled, whole.subarray(2 * (at + 1000), 2 * (at + 3000))) < 1e-6, `at ${at}`);
    }
    await engine.close(0);
  });
}

test('three hours of MP3 without a tag: anywhere, as a decode from the start', () => {
  const { path, rate, frames, periodFrames } = writeLongMp3(folder, LONG_SECONDS);
  // The second repetition is in the middle of the stream, as all that follow are.
  const period = read(path, rate, periodFrames, periodFrames + 2000);
  const dice = random(17);
  for (let n = 0; n < 12; n++) {
    const at = periodFrames + Math.floor(dice() * (frames - 2 * periodFrames));
    const expected = period.subarray(2 * (at % periodFrames), 2 * ((at % periodFrames) + 1500));
    assert.ok(maxDifference(read(path, rate, at, 1500), expected) < 1e-6, `at ${at}`);
  }
  assert.equal(read(path, rate, frames - 700, 2000).length / 2, 700);
});

test('three hours of FLAC without seek points: anywhere, to the sample', () => {
  const { path, rate, frames } = writeLongFlac(folder, LONG_SECONDS);
  const { durationTicks } = succeed(media.probe(path));
  assert.equal(Math.round((durationTicks * rate) / 28_224_000), frames);
  const dice = random(18);
  for (let n = 0; n < 25; n++) {
    const at = Math.floor(dice() * frames);
    const part = read(path, rate, at, 5000);
    assert.equal(part.length / 2, Math.min(5000, frames - at));
    for (let i = 0; i < part.length / 2; i++)
      if (part[2 * i] !== longFlacSample(at + i)) assert.fail(`frame ${at + i} after a seek to ${at}`);
  }
});
