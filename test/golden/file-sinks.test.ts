// The file sinks: RF64 as ffmpeg's own library and its ffprobe read it, forced by a low threshold, and the hash of a mix,
// which is that of the file's frames.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { createWavWriter } from '../../audio/wav-writer.ts';
import { runRender } from '../../daemon/cli/render.ts';
import { media, read, succeed, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music } from '../support/signals.ts';

const folder = scratchFolder('file-sinks');
const RATE = 44_100;

function written(name: string, samples: Float32Array, largestRiffBytes?: number): string {
  const path = join(folder, name);
  const writer = createWavWriter(path, RATE, 2, largestRiffBytes);
  for (let at = 0; at < samples.length; at += 20_000) writer.write(samples.subarray(at, at + 20_000));
  writer.close();
  return path;
}

test('an RF64 file holds what was written: frames, length, every sample', () => {
  const samples = music(3 * RATE + 17, RATE);
  const path = written('large.wav', samples, 100_000);
  const head = readFileSync(path).subarray(0, 80);
  assert.equal(head.toString('latin1', 0, 4), 'RF64');
  assert.equal(head.readUInt32LE(4), 0xffff_ffff);
  assert.equal(head.readBigUInt64LE(28), BigInt(samples.byteLength));
  const probe = succeed(media.probe(path));
  assert.equal(probe.durationTicks, (samples.length / 2) * (28_224_000 / RATE));
  assert.equal(maxDifference(read(path, RATE), samples), 0);
});

test('canary: the threshold is what decides, and a wrong size in ds64 is seen', () => {
  const samples = music(RATE, RATE);
  const small = written('small.wav', samples, samples.byteLength + 72);
  assert.equal(readFileSync(small).toString('latin1', 0, 4), 'RIFF');
  const bytes = readFileSync(written('wrong.wav', samples, 1000));
  bytes.writeBigUInt64LE(BigInt(samples.byteLength / 2), 28);
  const path = join(folder, 'wrong.wav');
  writeFileSync(path, bytes);
  assert.notEqual(succeed(media.probe(path)).durationTicks, (samples.length / 2) * (28_224_000 / RATE));
});

test("ffprobe reads an RF64 file's duration", (t) => {
  const path = written('probed.wav', music(2 * RATE, RATE), 1000);
  const args = ['-v', 'error', '-show_entries', 'stream=duration_ts:format=format_name', '-of', 'json', path];
  const { stdout, error } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  // The library it is made of has read the same above.
  if (error) return t.diagnostic('ffprobe is not installed.');
  const told = JSON.parse(stdout) as {
    streams: { duration_ts: number }[];
    format: { format_name: string };
  };
  assert.equal(told.streams[0]?.duration_ts, 2 * RATE);
  assert.equal(told.format.format_name, 'wav');
});

test('render --hash: no file, and the hash of what the file would hold', async () => {
  const passages = [1, 2].map((seed) => ({
    file: basename(write(folder, `piece-${seed}`, 'flac', RATE, music(2 * RATE, RATE, seed))),
  }));
  const plan = join(folder, 'plan.json');
  writeFileSync(plan, JSON.stringify({ globalCrossfadeS: 0.5, passages }));
  const render = async (...words: string[]) => {
    const lines: string[] = [];
    const io = {
      isJson: true,
      out: (line: string) => lines.push(line),
      err: (line: string) => lines.push(line),
    };
    return { code: await runRender([plan, ...words], io), told: JSON.parse(lines[0] ?? '') };
  };
  const out = join(folder, 'mix.wav');
  const file = await render('--out', out);
  const hash = await render('--hash');
  assert.equal(file.code + hash.code, 0);
  const frames = readFileSync(out).subarray(80);
  assert.equal(hash.told.sha256, createHash('sha256').update(frames).digest('hex'));
  assert.equal(hash.told.frames, file.told.frames);
  assert.equal(hash.told.frames, 2 * 2 * RATE - RATE / 2);
  assert.equal((await render('--hash', '--out', out)).told.error.code, 'USAGE');
});
