// WAV and AIFF in every sample format and with the oddities that recorders, editors and streams leave in them: lengths exact,
// every sample as it was.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ticksToFrames } from '../../audio/ticks.ts';
import { media, read, succeed } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { random } from '../support/signals.ts';

const folder = scratchFolder('pcm-set');
const RATE = 44_100;
const FRAMES = 10_007;

interface Format {
  readonly name: string;
  readonly bytes: number;
  readonly isFloat?: boolean;
  /** 8-bit WAV counts from 0, 8-bit AIFF is signed. */
  readonly isUnsigned?: boolean;
}

/** Stereo, on the grid of the format, full scale included. */
function samplesFor({ bytes, isFloat }: Format): Float64Array {
  const dice = random(bytes);
  const scale = isFloat ? 2 ** 23 : 2 ** (8 * bytes - 1);
  return Float64Array.from({ length: 2 * FRAMES }, (_, i) =>
    i === 0 ? -1 : Math.floor((dice() * 2 - 1) * scale) / scale,
  );
}

function encoded(format: Format, samples: Float64Array, isLittle: boolean): Buffer {
  const { bytes, isFloat, isUnsigned } = format;
  const data = Buffer.alloc(samples.length * bytes);
  samples.forEach((value, i) => {
    const at = i * bytes;
    if (isFloat && bytes === 4) data[isLittle ? 'writeFloatLE' : 'writeFloatBE'](value, at);
    else if (isFloat) data[isLittle ? 'writeDoubleLE' : 'writeDoubleBE'](value, at);
    else if (isUnsigned) data.writeUInt8(128 + value * 128, at);
    else data[isLittle ? 'writeIntLE' : 'writeIntBE'](value * 2 ** (8 * bytes - 1), at, bytes);
  });
  return data;
}

function little(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

function big(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

const padded = (body: Buffer) => (body.length % 2 ? Buffer.concat([body, Buffer.alloc(1)]) : body);
const riff = (id: string, body: Buffer) =>
  Buffer.concat([Buffer.from(id), little(body.length, 4), padded(body)]);
const iff = (id: string, body: Buffer) => Buffer.concat([Buffer.from(id), big(body.length, 4), padded(body)]);

function wavFormat({ bytes, isFloat }: Format): Buffer {
  return Buffer.concat([
    little(isFloat ? 3 : 1, 2),
    little(2, 2),
    little(RATE, 4),
    little(2 * bytes * RATE, 4),
    little(2 * bytes, 2),
    little(8 * bytes, 2),
  ]);
}

function wav(format: Format, data: Buffer, before: Buffer[] = [], after: Buffer[] = []): Buffer {
  const body = [
    Buffer.from('WAVE'),
    ...before,
    riff('fmt ', wavFormat(format)),
    riff('data', data),
    ...after,
  ];
  return riff('RIFF', Buffer.concat(body));
}

/** 80 bits: exponent and mantissa of a whole number. */
function extended(value: number): Buffer {
  const exponent = Math.floor(Math.log2(value));
  return Buffer.concat([big(16_383 + exponent, 2), big(value * 2 ** (31 - exponent), 4), Buffer.alloc(4)]);
}

function aiff({ bytes }: Format, data: Buffer, compression: string | null): Buffer {
  const common = [big(2, 2), big(FRAMES, 4), big(8 * bytes, 2), extended(RATE)];
  const kind = compression === null ? [] : [Buffer.from(compression), Buffer.from('\x01 ')];
  const chunks = [
    Buffer.from(compression === null ? 'AIFF' : 'AIFC'),
    ...(compression === null ? [] : [iff('FVER', big(0xa2805140, 4))]),
    iff('COMM', Buffer.concat([...common, ...kind])),
    iff('NAME', Buffer.from('odd')),
    iff('SSND', Buffer.concat([Buffer.alloc(8), data])),
  ];
  return iff('FORM', Buffer.concat(chunks));
}

let written = 0;
function check(name: string, extension: string, bytes: Buffer, samples: Float64Array): void {
  const path = join(folder, `${written++}.${extension}`);
  writeFileSync(path, bytes);
  const probe = succeed(media.probe(path));
  assert.equal(ticksToFrames(probe.durationTicks, RATE), samples.length / 2, `${name}: length`);
  const { samples: decoded, concealedPackets } = succeed(media.decode(path, RATE));
  assert.equal(concealedPackets, 0, name);
  assert.equal(decoded.length, samples.length, name);
  const wrong = decoded.findIndex((value, i) => value !== Math.fround(samples[i] ?? 9));
  assert.equal(wrong, -1, `${name}: sample ${wrong} is ${decoded[wrong]}, not ${samples[wrong]}`);
  const at = 4321;
  const part = read(path, RATE, at, 100);
  assert.ok(
    part.every((value, i) => value === Math.fround(samples[2 * at + i] ?? 9)),
    `${name}: after a seek`,
  );
}

test('WAV: 8, 16, 24, 32 bits, and floats of 32 and 64', () => {
  const formats: readonly Format[] = [
    { name: 'u8', bytes: 1, isUnsigned: true },
    { name: 's16', bytes: 2 },
    { name: 's24', bytes: 3 },
    { name: 's32', bytes: 4 },
    { name: 'f32', bytes: 4, isFloat: true },
    { name: 'f64', bytes: 8, isFloat: true },
  ];
  for (const format of formats) {
    const samples = samplesFor(format);
    check(format.name, 'wav', wav(format, encoded(format, samples, true)), samples);
  }
});

test('AIFF and AIFF-C: 8, 16, 24, 32 bits, either byte order, and floats', () => {
  const formats: readonly (Format & { compression: string | null; isLittle?: boolean })[] = [
    { name: 's8', bytes: 1, compression: null },
    { name: 's16', bytes: 2, compression: null },
    { name: 's24', bytes: 3, compression: null },
    { name: 's32', bytes: 4, compression: null },
    { name: 'NONE', bytes: 2, compression: 'NONE' },
    { name: 'sowt', bytes: 2, compression: 'sowt', isLittle: true },
    { name: 'fl32', bytes: 4, isFloat: true, compression: 'fl32' },
    { name: 'fl64', bytes: 8, isFloat: true, compression: 'fl64' },
  ];
  for (const format of formats) {
    const samples = samplesFor(format);
    const data = encoded(format, samples, format.isLittle ?? false);
    check(format.name, 'aiff', aiff(format, data, format.compression), samples);
  }
});

test('WAV with chunks before and after, an odd length, and headers that never learnt their lengths', () => {
  const format: Format = { name: 's16', bytes: 2 };
  const samples = samplesFor(format);
  const data = encoded(format, samples, true);
  const list = riff('LIST', Buffer.from('INFOINAM\x05\x00\x00\x00Name\x00\x00', 'latin1'));
  check('chunks before', 'wav', wav(format, data, [riff('bext', Buffer.alloc(602)), list]), samples);
  check('chunks after', 'wav', wav(format, data, [], [list, riff('id3 ', Buffer.alloc(333))]), samples);
  const eight: Format = { name: 'u8', bytes: 1, isUnsigned: true };
  const some = samplesFor(eight);
  check(
    'broadcast wave',
    'wav',
    wav(eight, encoded(eight, some, true), [riff('JUNK', Buffer.alloc(27))]),
    some,
  );
  // A recorder that lost its power, and a program that wrote into a pipe.
  for (const stated of [0, 0xffffffff]) {
    const streamed = wav(format, data);
    streamed.writeUInt32LE(stated, 4);
    streamed.writeUInt32LE(stated, streamed.indexOf('data') + 4);
    check(`a data chunk of ${stated}`, 'wav', streamed, samples);
  }
});

test('RF64: lengths of 64 bits', () => {
  const format: Format = { name: 's24', bytes: 3 };
  const samples = samplesFor(format);
  const data = encoded(format, samples, true);
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(BigInt(data.length + 100), 0);
  sizes.writeBigUInt64LE(BigInt(data.length), 8);
  sizes.writeBigUInt64LE(BigInt(FRAMES), 16);
  const bytes = wav(format, data, [riff('ds64', sizes)]);
  bytes.write('RF64', 0);
  bytes.writeUInt32LE(0xffffffff, 4);
  bytes.writeUInt32LE(0xffffffff, bytes.lastIndexOf('data') + 4);
  check('RF64', 'wav', bytes, samples);
});
