// The float WAV: what a reader finds, and RF64 above 4 GiB.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createWavWriter, header } from '../../../audio/wav-writer.ts';
import { scratchFolder } from '../../support/scratch.ts';

const folder = scratchFolder('wav');

test('pieces are written one after the other under one header', () => {
  const path = join(folder, 'a.wav');
  const writer = createWavWriter(path, 48_000);
  writer.write(Float32Array.of(0.1, -0.1, 0.2, -0.2));
  writer.write(Float32Array.of(0.3, -0.3));
  writer.close();
  assert.equal(writer.frames, 3);
  const bytes = readFileSync(path);
  assert.equal(bytes.toString('latin1', 0, 4), 'RIFF');
  assert.equal(bytes.readUInt32LE(4), bytes.length - 8);
  assert.equal(bytes.toString('latin1', 8, 16), 'WAVEJUNK');
  assert.equal(bytes.readUInt16LE(56), 3);
  assert.equal(bytes.readUInt32LE(60), 48_000);
  assert.equal(bytes.readUInt32LE(76), 24);
  assert.equal(bytes.readFloatLE(80 + 16), Math.fround(0.3));
});

test('above 4 GiB it is RF64, with the sizes in 64 bits', () => {
  const dataBytes = 5 * 2 ** 30;
  const head = header(44_100, 2, dataBytes);
  assert.equal(head.toString('latin1', 0, 4), 'RF64');
  assert.equal(head.toString('latin1', 12, 16), 'ds64');
  assert.equal(head.readUInt32LE(4), 0xffff_ffff);
  assert.equal(head.readBigUInt64LE(20), BigInt(dataBytes + 72));
  assert.equal(head.readBigUInt64LE(28), BigInt(dataBytes));
  assert.equal(head.readBigUInt64LE(36), BigInt(dataBytes / 8));
  assert.equal(head.readUInt32LE(76), 0xffff_ffff);
});
