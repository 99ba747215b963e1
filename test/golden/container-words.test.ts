// What containers say about where the music lies, as different encoders say it: iTunes' comment and edit lists in MP4, pre-skip
// and gain in Opus, LAME's tag and none in MP3, and tags before and after. Positions and lengths are exact in each.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { test } from 'node:test';
import { ticksToFrames } from '../../audio/ticks.ts';
import {
  lameGapless,
  opusPreSkip,
  renameBox,
  withItunSmpb,
  withLameGapless,
  withOpusHead,
  withoutLameTag,
} from '../support/containers.ts';
import {
  CODECS,
  type Codec,
  EXTENSIONS,
  LOSSLESS,
  media,
  read,
  succeed,
  write,
} from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music } from '../support/signals.ts';
import { writeFloatWav } from '../support/wav.ts';

const folder = scratchFolder('container-words');
const RATE = 48_000;
const FRAMES = 3 * RATE + 777;
const source = music(FRAMES, RATE, 4);
/** An MPEG audio layer III decoder is so late by itself. */
const MP3_DECODER_DELAY = 529;

function encoded(codec: Codec): { path: string; bytes: Buffer; samples: Float32Array } {
  const path = join(folder, `${codec}.${EXTENSIONS[codec]}`);
  succeed(media.encode({ path, codec, rateHz: RATE, samples: source, tags: { title: 'A title' } }));
  return { path, bytes: readFileSync(path), samples: read(path, RATE) };
}

let changes = 0;
function changed(path: string, bytes: Buffer): string {
  const other = join(folder, `changed-${changes++}${extname(path)}`);
  writeFileSync(other, bytes);
  return other;
}

const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');

test("AAC: iTunes' comment alone, the edit list alone, and both say the same", () => {
  const { path, bytes, samples } = encoded('aac');
  assert.equal(samples.length, 2 * FRAMES);
  const priming = 1024;
  const comment = ` 00000000 ${hex(priming, 8)} 00000240 ${hex(FRAMES, 16)} 00000000 00000000`;
  const both = changed(path, withItunSmpb(bytes, comment));
  const alone = changed(path, renameBox(withItunSmpb(bytes, comment), 'edts', 'free'));
  for (const other of [both, alone]) {
    assert.equal(ticksToFrames(succeed(media.probe(other)).durationTicks, RATE), FRAMES);
    assert.equal(maxDifference(read(other, RATE), samples), 0);
  }
  // The comment wins over the edit list: this one keeps 2112 frames of priming away, as Apple's encoder needs it.
  const apple = ` 00000000 ${hex(2112, 8)} 00000240 ${hex(FRAMES - 5000, 16)} 00000000`;
  const shorter = read(changed(path, withItunSmpb(bytes, apple)), RATE);
  assert.equal(shorter.length, 2 * (FRAMES - 5000));
  assert.equal(maxDifference(shorter, samples.subarray(2 * 1088, 2 * (1088 + FRAMES - 5000))), 0);
});

test('AAC without a word about priming: all of it is played', () => {
  const { path, bytes, samples } = encoded('aac');
  const bare = read(changed(path, renameBox(bytes, 'edts', 'free')), RATE);
  assert.ok(bare.length >= 2 * (FRAMES + 1024));
  assert.equal(maxDifference(bare.subarray(2 * 1024, 2 * (1024 + FRAMES)), samples), 0);
});

test('Opus: the gain of the header is applied, to the precision of a float', () => {
  const { path, bytes, samples } = encoded('opus');
  for (const gain of [6 * 256, -1000, 1]) {
    const louder = read(changed(path, withOpusHead(bytes, { gain })), RATE);
    const factor = 10 ** (gain / 256 / 20);
    assert.equal(louder.length, samples.length);
    assert.ok(
      maxDifference(
        louder,
        samples.map((value) => value * factor),
      ) < 2e-5,
      `gain ${gain}`,
    );
  }
});

test('Opus: the pre-skip says where the music begins', () => {
  const { path, bytes, samples } = encoded('opus');
  const more = 500;
  const later = read(changed(path, withOpusHead(bytes, { preSkip: opusPreSkip(bytes) + more })), RATE);
  assert.equal(later.length, samples.length - 2 * more);
  assert.ok(maxDifference(later, samples.subarray(2 * more)) < 1e-6);
});

test("MP3: LAME's delay and padding say where the music begins and ends", () => {
  const { path, bytes, samples } = encoded('mp3');
  const { delay, padding } = lameGapless(bytes);
  const narrower = { delay: delay + 300, padding: padding + 400 };
  const part = read(changed(path, withLameGapless(bytes, narrower)), RATE);
  assert.equal(maxDifference(part, samples.subarray(2 * 300, samples.length - 2 * 400)), 0);
});

test('MP3 without a tag: every frame is played, and a seek is exact', () => {
  const { path, bytes, samples } = encoded('mp3');
  const { delay } = lameGapless(bytes);
  const bare = changed(path, withoutLameTag(bytes));
  assert.equal(succeed(media.probe(bare)).exact, false);
  const whole = read(bare, RATE);
  assert.equal((whole.length / 2) % 1152, 0);
  const lead = delay + MP3_DECODER_DELAY;
  assert.equal(maxDifference(whole.subarray(2 * lead, 2 * lead + samples.length), samples), 0);
  for (const at of [0, 1, 1151, 50_000, 100_001])
    assert.equal(maxDifference(read(bare, RATE, at, 2000), whole.subarray(2 * at, 2 * (at + 2000))), 0);
});

test('tags before and after the music are not music', () => {
  const id3v2 = (bytes: number) => {
    const tag = Buffer.alloc(10 + bytes);
    tag.write('ID3\x04\x00\x00', 'latin1');
    for (let i = 0; i < 4; i++) tag[6 + i] = (bytes >> (7 * (3 - i))) & 0x7f;
    return tag;
  };
  const id3v1 = Buffer.alloc(128, 0x20);
  id3v1.write('TAG');
  const ape = Buffer.alloc(64);
  ape.write('APETAGEX\xd0\x07\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80', 'latin1');
  ape.copy(ape, 32, 0, 32);
  const { path, bytes, samples } = encoded('mp3');
  const decorated: readonly Buffer[][] = [
    [id3v2(200_000), bytes],
    [id3v2(100), id3v2(3000), bytes],
    [bytes, id3v1],
    [bytes, ape, id3v1],
    [id3v2(5000), bytes, ape],
  ];
  for (const [i, parts] of decorated.entries()) {
    const other = read(changed(path, Buffer.concat(parts)), RATE);
    assert.equal(maxDifference(other, samples), 0, `decoration ${i}`);
  }
});

test('every rate that a codec has: exact length, every frame at its place', () => {
  const rates: Readonly<Partial<Record<Codec, readonly number[]>>> = {
    mp3: [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000],
    aac: [8000, 16_000, 22_050, 32_000, 88_200, 96_000],
    vorbis: [8000, 22_050, 32_000],
    wavpack: [8000, 96_000, 192_000],
    alac: [8000, 96_000, 192_000],
    flac24: [96_000, 192_000],
    aiff: [8000, 96_000],
    wav24: [8000, 192_000, 384_000],
  };
  for (const codec of CODECS)
    for (const rate of rates[codec] ?? []) {
      const frames = 2 * rate + 321;
      const samples = music(frames, rate, 6);
      // What the encoder takes at every rate.
      const bitRateBps = codec === 'vorbis' ? 2 * rate : undefined;
      const path = write(folder, `${codec}-${rate}`, codec, rate, samples, bitRateBps);
      const decoded = read(path, rate);
      assert.equal(decoded.length, 2 * frames, `${codec} at ${rate}`);
      if (LOSSLESS.includes(codec)) assert.equal(maxDifference(decoded, samples), 0, `${codec} at ${rate}`);
      else assert.equal(bestShift(samples, decoded), 0, `${codec} at ${rate}`);
    }
});

test('all usual layouts are mixed down by the standard coefficients', () => {
  const half = Math.SQRT1_2;
  const [L, R, C, none, toLeft, toRight] = [
    [1, 0],
    [0, 1],
    [half, half],
    [0, 0],
    [half, 0],
    [0, half],
  ] as const;
  // In the order of the mask's bits: FL FR FC LFE BL BR FLC FRC BC SL SR.
  const layouts: Readonly<Record<string, [number, readonly (readonly [number, number])[]]>> = {
    '2.1': [0x00b, [L, R, none]],
    '3.0': [0x007, [L, R, C]],
    '3.1': [0x00f, [L, R, C, none]],
    '4.0': [0x107, [L, R, C, C]],
    quad: [0x033, [L, R, toLeft, toRight]],
    'quad (side)': [0x603, [L, R, toLeft, toRight]],
    '5.0': [0x037, [L, R, C, toLeft, toRight]],
    '5.1': [0x03f, [L, R, C, none, toLeft, toRight]],
    '5.1 (side)': [0x60f, [L, R, C, none, toLeft, toRight]],
    '6.1': [0x70f, [L, R, C, none, C, toLeft, toRight]],
    '7.0': [0x637, [L, R, C, toLeft, toRight, toLeft, toRight]],
    '7.1': [0x63f, [L, R, C, none, toLeft, toRight, toLeft, toRight]],
  };
  for (const [name, [mask, weights]] of Object.entries(layouts)) {
    const path = join(folder, 'layout.wav');
    const count = weights.length;
    // One channel after the other speaks, for a hundred frames.
    const samples = new Float32Array(count * 100 * count);
    for (let n = 0; n < 100 * count; n++) samples[n * count + Math.floor(n / 100)] = 0.5;
    writeFloatWav(path, RATE, count, mask, samples);
    const mixed = read(path, RATE);
    weights.forEach(([left, right], channel) => {
      const at = 2 * (100 * channel + 50);
      assert.ok(Math.abs((mixed[at] ?? 9) - 0.5 * left) < 1e-7, `${name}: left of channel ${channel}`);
      assert.ok(Math.abs((mixed[at + 1] ?? 9) - 0.5 * right) < 1e-7, `${name}: right of channel ${channel}`);
    });
  }
});

/** The shift in frames (-3 to 3) at which the left sides agree best. */
function bestShift(expected: Float32Array, actual: Float32Array): number {
  const frames = expected.length / 2;
  let best = { shift: Number.NaN, error: Number.POSITIVE_INFINITY };
  for (let shift = -3; shift <= 3; shift++) {
    let error = 0;
    for (let n = 10; n < frames - 10; n++)
      error += ((expected[2 * n] ?? 0) - (actual[2 * (n + shift)] ?? 0)) ** 2;
    if (error < best.error) best = { shift, error };
  }
  return best.shift;
}
