// FLAC as it is allowed to be, not only as encoders usually write it: every depth, rate, number of channels and block size,
// headers that say too little or too much, and things before, between and after. Lengths exact, every sample as it was.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ticksToFrames } from '../../audio/ticks.ts';
import { type FlacOptions, flacBytes, type Prediction } from '../support/flac-writer.ts';
import { media, read, succeed } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { random } from '../support/signals.ts';

const folder = scratchFolder('flac-set');
const FRAMES = 20_011;
const HALF = Math.SQRT1_2;
/** What each channel gives to left and right, in FLAC's own order of channels (RFC 9639, 9.1.3; ITU-R BS.775). */
const LEFT: readonly (readonly number[])[] = [
  [1],
  [1, 0],
  [1, 0, HALF],
  [1, 0, HALF, 0],
  [1, 0, HALF, HALF, 0],
  [1, 0, HALF, 0, HALF, 0],
  [1, 0, HALF, 0, HALF, HALF, 0],
  [1, 0, HALF, 0, HALF, 0, HALF, 0],
];
const RIGHT: readonly (readonly number[])[] = [
  [1],
  [0, 1],
  [0, 1, HALF],
  [0, 1, 0, HALF],
  [0, 1, HALF, 0, HALF],
  [0, 1, HALF, 0, 0, HALF],
  [0, 1, HALF, 0, HALF, 0, HALF],
  [0, 1, HALF, 0, 0, HALF, 0, HALF],
];

function noise(bits: number, count: number, frames = FRAMES, step = 1): Int32Array[] {
  const dice = random(bits + 10 * count);
  const span = 2 ** bits / step;
  return Array.from({ length: count }, () =>
    Int32Array.from({ length: frames }, () => (Math.floor(dice() * span) - span / 2) * step),
  );
}

/** What must come out: for one and two channels to the bit. */
function mixed({ channels, bits }: FlacOptions, from = 0): Float32Array {
  const frames = (channels[0]?.length ?? 0) - from;
  const out = new Float32Array(2 * frames);
  const weights = [LEFT[channels.length - 1] ?? [], RIGHT[channels.length - 1] ?? []];
  for (let n = 0; n < frames; n++)
    for (const side of [0, 1]) {
      let sum = 0;
      channels.forEach((channel, c) => {
        sum += (weights[side]?.[c] ?? 0) * ((channel[from + n] ?? 0) / 2 ** (bits - 1));
      });
      out[2 * n + side] = sum;
    }
  return out;
}

function check(path: string, options: FlacOptions, expected = mixed(options)): void {
  const { samples, concealedPackets } = succeed(media.decode(path, options.rateHz));
  assert.equal(concealedPackets, 0);
  assert.equal(samples.length, expected.length);
  const tolerance = options.channels.length <= 2 ? 0 : 5e-7;
  const wrong = samples.findIndex((value, i) => !(Math.abs(value - (expected[i] ?? 9)) <= tolerance));
  assert.equal(wrong, -1, `sample ${wrong}: ${samples[wrong]}, not ${expected[wrong]}`);
  const dice = random(expected.length);
  for (let seek = 0; seek < 6; seek++) {
    const at = Math.floor((dice() * expected.length) / 2);
    const part = read(path, options.rateHz, at, 500);
    const off = part.findIndex((value, i) => !(Math.abs(value - (expected[2 * at + i] ?? 9)) <= tolerance));
    assert.equal(off, -1, `after a seek to ${at}, sample ${off}`);
  }
}

let written = 0;
function write(options: FlacOptions): string {
  const path = join(folder, `${written++}.flac`);
  writeFileSync(path, flacBytes(options));
  return path;
}

const SETS: Readonly<Record<string, readonly FlacOptions[]>> = {
  'every bit depth, plain and with a side channel': [4, 8, 12, 16, 17, 20, 24].flatMap((bits) =>
    ([undefined, 'left-side', 'side-right', 'mid-side'] as const).map((stereo) => ({
      rateHz: 44_100,
      bits,
      channels: noise(bits, 2),
      isTerse: bits % 4 !== 0 || bits === 4,
      ...(stereo ? { stereo } : {}),
    })),
  ),
  'every rate': [8000, 11_025, 12_345, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000].map(
    (rateHz) => ({ rateHz, bits: 16, channels: noise(16, 2) }),
  ),
  'one to eight channels': [1, 2, 3, 4, 5, 6, 7, 8].map((count) => ({
    rateHz: 48_000,
    bits: 16,
    channels: noise(16, count),
  })),
  'every block size': [16, 17, 192, 576, 1152, 2304, 4608, 16_384, 65_535].map((block) => ({
    rateHz: 48_000,
    bits: 16,
    channels: noise(16, 1),
    blocks: [block],
  })),
  'blocks that vary': [
    [4096, 16, 1000, 65_000],
    [100, 5000, 17],
  ].map((blocks) => ({ rateHz: 48_000, bits: 16, channels: noise(16, 2), blocks })),
  'wasted bits and constant blocks': [
    { rateHz: 48_000, bits: 24, channels: noise(24, 2, FRAMES, 256), wastedBits: 8 },
    { rateHz: 48_000, bits: 16, channels: [new Int32Array(FRAMES), new Int32Array(FRAMES).fill(-7)] },
  ],
  'things before, between and after': [
    { before: id3(3000) },
    { before: id3(1_500_000) },
    { after: Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]) },
    { metadata: [{ type: 6, content: picture(9_000_000) }] },
    { metadata: [{ type: 1, content: Buffer.alloc(2_000_000) }] },
    { metadata: [{ type: 3, content: Buffer.alloc(18 * 40, 0xff) }] },
    { metadata: [{ type: 100, content: Buffer.from('nobody knows this block') }] },
  ].map((more) => ({ rateHz: 44_100, bits: 16, channels: noise(16, 2), ...more })),
};

for (const [name, set] of Object.entries(SETS))
  test(`${name}: ${set.length} files, each to the sample, and after seeks`, () => {
    for (const options of set) {
      const path = write(options);
      const probe = succeed(media.probe(path));
      assert.equal(probe.exact, true);
      assert.equal(probe.rateHz, options.rateHz);
      assert.equal(probe.channels, options.channels.length);
      assert.equal(probe.bitsPerSample, options.bits);
      assert.equal(ticksToFrames(probe.durationTicks, options.rateHz), FRAMES);
      check(path, options);
    }
  });

test('a header without a length: it is known when it is decoded, and all of it comes', () => {
  const options = { rateHz: 44_100, bits: 16, channels: noise(16, 2), statedFrames: 0 };
  const path = write(options);
  assert.equal(succeed(media.probe(path)).exact, false);
  check(path, options);
});

test('a header that says more than there is: what there is comes, and ends without an error', () => {
  const options = { rateHz: 44_100, bits: 16, channels: noise(16, 2), statedFrames: 5 * FRAMES };
  check(write(options), options);
});

test('a header that says less than there is: it is believed', () => {
  const options = { rateHz: 44_100, bits: 16, channels: noise(16, 2), statedFrames: 12_345 };
  const { samples } = succeed(media.decode(write(options), 44_100));
  assert.deepEqual(samples, mixed(options).subarray(0, 2 * 12_345));
});

/** Smooth, with a little noise: what predictors are for. */
function tones(bits: number, count: number): Int32Array[] {
  const dice = random(bits);
  return Array.from({ length: count }, (_, c) =>
    Int32Array.from({ length: FRAMES }, (_, n) =>
      Math.round(
        2 ** (bits - 1) *
          (0.8 * Math.sin((n * (c + 2)) / 90) + 0.1 * Math.sin(n / 7) + 1e-4 * (dice() - 0.5)),
      ),
    ),
  );
}

const PREDICTIONS: readonly Prediction[] = [
  ...[0, 1, 2, 3, 4].map((fixed) => ({ fixed })),
  { fixed: 2, partitionOrder: 5 },
  { fixed: 3, isEscaped: true },
  { weights: [2047, -1024], precision: 12, shift: 10 },
  { weights: [1900, -700, -300, 90, 30, -20, 10, 5], precision: 12, shift: 10, partitionOrder: 3 },
  { weights: Array.from({ length: 32 }, (_, k) => (k === 0 ? 8000 : (k % 5) - 2)), precision: 15, shift: 13 },
];

test('every kind of prediction, at 24 and 32 bits, with every kind of stereo', () => {
  for (const prediction of PREDICTIONS)
    for (const bits of [24, 32])
      for (const stereo of [undefined, 'left-side', 'side-right', 'mid-side'] as const) {
        const options = {
          rateHz: 96_000,
          bits,
          channels: tones(bits, 2),
          prediction,
          ...(stereo ? { stereo } : {}),
        };
        check(write(options), options);
      }
});

const DEEP: Readonly<Record<string, readonly FlacOptions[]>> = {
  'plain and with a side channel': ([undefined, 'left-side', 'side-right', 'mid-side'] as const).map(
    (stereo) => ({
      rateHz: 192_000,
      bits: 32,
      channels: noise(32, 2),
      ...(stereo ? { stereo } : {}),
    }),
  ),
  'of 25 to 31': [25, 28, 31].map((bits) => ({
    rateHz: 48_000,
    bits,
    channels: noise(bits, 2),
    isTerse: true,
  })),
  'one to eight channels': [1, 3, 4, 5, 6, 7, 8].map((count) => ({
    rateHz: 48_000,
    bits: 32,
    channels: noise(32, count),
  })),
  'blocks of any size, and tags': [
    { blocks: [16] },
    { blocks: [65_535] },
    { blocks: [4096, 100, 3000, 17] },
    { before: id3(5000), after: Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]) },
    { metadata: [{ type: 6, content: picture(300_000) }] },
  ].map((more) => ({ rateHz: 44_100, bits: 32, channels: noise(32, 2), ...more })),
  'wasted bits': [{ rateHz: 48_000, bits: 32, channels: noise(32, 2, FRAMES, 256), wastedBits: 8 }],
};

for (const [name, set] of Object.entries(DEEP))
  test(`more than 24 bits, ${name}: to the precision of a float`, () => {
    for (const options of set) {
      const path = write(options);
      const probe = succeed(media.probe(path));
      assert.equal(ticksToFrames(probe.durationTicks, options.rateHz), FRAMES);
      check(path, options);
    }
  });

test('32 bits, without a length and damaged: what is lost is silence of its own length', () => {
  const options = { rateHz: 48_000, bits: 32, channels: noise(32, 2), statedFrames: 0 };
  check(write(options), options);
  const bytes = flacBytes({ ...options, statedFrames: FRAMES });
  bytes.fill(0x55, 100_000, 100_040);
  const path = join(folder, 'damaged.flac');
  writeFileSync(path, bytes);
  const { samples, concealedPackets } = succeed(media.decode(path, 48_000));
  assert.equal(concealedPackets, 1);
  const expected = mixed(options);
  assert.equal(samples.length, expected.length);
  const wrong = samples.reduce((count, value, i) => count + (value === expected[i] ? 0 : 1), 0);
  assert.ok(wrong > 0 && wrong <= 2 * 4096, `${wrong} samples differ`);
  assert.ok(samples.every((value, i) => value === expected[i] || value === 0));
});

/** An ID3v2 tag of a size, as some taggers put before FLAC against the standard. */
function id3(bytes: number): Buffer {
  const tag = Buffer.alloc(10 + bytes);
  tag.write('ID3\x03\x00\x00', 'latin1');
  for (let i = 0; i < 4; i++) tag[6 + i] = (bytes >> (7 * (3 - i))) & 0x7f;
  return tag;
}

/** A picture block whose content no decoder of pictures would take. */
function picture(bytes: number): Buffer {
  const mime = Buffer.from('image/jpeg');
  const head = Buffer.alloc(32 + mime.length);
  head.writeUInt32BE(3, 0);
  head.writeUInt32BE(mime.length, 4);
  mime.copy(head, 8);
  head.writeUInt32BE(bytes, 28 + mime.length);
  return Buffer.concat([head, Buffer.alloc(bytes, 0x55)]);
}
