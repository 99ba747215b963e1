// The program that sizes covers, as the daemon starts it: what it is bound by, what it makes of whole files and of files that
// lie, and how it ends. The pictures themselves are judged by test/native/cover_test.cc.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { CoverAnswer } from '../../daemon/adapters/derived/covers.ts';
import { coverSpawner } from '../../daemon/adapters/derived/spawn-cover.ts';
import { cover, deflatedZeros, jpegSides, pngChunk, pngOf } from '../support/png.ts';
import { scratchFolder } from '../support/scratch.ts';

const PROGRAM = 'build/native/segue-cover';
const folder = scratchFolder('cover-program');
const spawnCover = coverSpawner(PROGRAM);
let files = 0;

function size(bytes: Buffer, longerSide: number, keepBytes = 0): Promise<CoverAnswer | null> {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return spawnCover({ path, size: longerSide, keepBytes }).answer;
}
const sidesOf = (answer: CoverAnswer | null) => {
  assert.ok(answer !== null && typeof answer === 'object', `it is ${answer}`);
  return jpegSides(answer.jpeg);
};

test('a picture is sized, fits, or is refused', async () => {
  const picture = cover(200, 500);
  assert.deepEqual(sidesOf(await size(picture, 96)), [96, 96]);
  assert.deepEqual(sidesOf(await size(picture, 768)), [500, 500]);
  assert.equal(await size(picture, 768, picture.length), 'fits');
  assert.deepEqual(sidesOf(await size(picture, 768, picture.length - 1)), [500, 500]);
  assert.equal(await size(Buffer.from('no picture'), 96), 'refused');
  assert.equal(await size(Buffer.alloc(0), 96), 'refused');
  assert.equal(await spawnCover({ path: join(folder, 'none'), size: 96, keepBytes: 0 }).answer, null);
  const missing = coverSpawner('build/native/no-such-program');
  writeFileSync(join(folder, 'some'), picture);
  assert.equal(await missing({ path: join(folder, 'some'), size: 96, keepBytes: 0 }).answer, null);
});

test('it is bound before it reads, and ends when it is killed', async () => {
  const child = spawn(PROGRAM, ['96', '0'], { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
  const of = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
  // It waits for its input by now, or will soon.
  while (!/^Max open files +0 /m.test(of('limits'))) await new Promise((resolve) => setTimeout(resolve, 2));
  while (!/^Max address space +\d/m.test(of('limits')))
    await new Promise((resolve) => setTimeout(resolve, 2));
  const limits = of('limits');
  assert.match(limits, /^Max cpu time +30 +30 /m);
  assert.match(limits, /^Max core file size +0 +0 /m);
  const mapped = Number(/^VmSize:\s+(\d+) kB/m.exec(of('status'))?.[1]) * 1024;
  const most = Number(/^Max address space +(\d+)/m.exec(limits)?.[1]);
  assert.ok(most - mapped > 200 * 2 ** 20 && most - mapped <= 256 * 2 ** 20, `${most} of ${mapped}`);
  assert.equal(of('oom_score_adj').trim(), '1000');
  const nice = Number(of('stat').split(') ')[1]?.split(' ')[16]);
  assert.equal(nice, 19);
  const ended = new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)));
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL');
});

test('what is wrongly called says so by its code', () => {
  for (const words of [[], ['96'], ['0', '0'], ['-1', '0'], ['9000', '0'], ['x', '0'], ['96', '0', '0']])
    assert.equal(spawnSync(PROGRAM, words, { input: '' }).status, 2, words.join(' '));
});

test('files that lie about their size cost neither time nor memory', async () => {
  const startedMs = performance.now();
  const row = deflateSync(Buffer.alloc(100));
  for (const side of [60_000, 8193, 0xffff_ffff])
    for (const color of [0, 2, 6])
      assert.equal(
        await size(pngOf({ width: side, height: side, bits: 8, color, data: row }), 96),
        'refused',
      );
  // All of it is there, and above the bound of memory when it is decoded: 512 MB.
  const heavy = pngOf({ width: 8192, height: 8192, bits: 16, color: 6, data: deflatedZeros(2 ** 29) });
  assert.ok(heavy.length < 2e6);
  assert.equal(await size(heavy, 96), 'refused');
  // A small picture with half a gigabyte of text.
  const text = pngChunk(
    'zTXt',
    Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflatedZeros(2 ** 29)]),
  );
  const data = deflateSync(Buffer.alloc(8 * 25));
  const wordy = pngOf({ width: 8, height: 8, bits: 8, color: 2, data, more: [text] });
  const answer = await size(wordy, 96);
  assert.ok(answer === 'refused' || typeof answer === 'object', `it is ${answer}`);
  assert.ok(performance.now() - startedMs < 60_000);
});

test('the largest picture that is taken is sized, one column more is refused', async () => {
  const data = deflatedZeros(8192 * (8192 + 1));
  const black = pngOf({ width: 8192, height: 8192, bits: 8, color: 0, data });
  assert.deepEqual(sidesOf(await size(black, 384)), [384, 384]);
  const larger = { width: 8193, height: 8192, bits: 8, color: 0, data: deflatedZeros(8194 * 8192) };
  assert.equal(await size(pngOf(larger), 384), 'refused');
  const wide = pngOf({
    width: 10_000,
    height: 1,
    bits: 8,
    color: 0,
    data: deflateSync(Buffer.alloc(10_001)),
  });
  assert.deepEqual(sidesOf(await size(wide, 96)), [96, 1]);
});
