// Files that are not what they say: each a code and one plain sentence, or the music that is there; never a crash.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Codec, EXTENSIONS, media, read, succeed, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { music, random } from '../support/signals.ts';

const folder = scratchFolder('bad-input');
const RATE = 48_000;
const SECONDS = 4;
const good = music(SECONDS * RATE, RATE);
const inside = (name: string) => join(folder, name);
const made = new Map<Codec, string>();

const TABLE: readonly [string, string, (path: string) => void][] = [
  ['missing.flac', 'NOT_FOUND', () => {}],
  ['empty.mp3', 'NOT_AUDIO', (path) => writeFileSync(path, '')],
  ['text.mp3', 'NOT_AUDIO', (path) => writeFileSync(path, 'not music at all, only words\n'.repeat(5000))],
  ['text.flac', 'NOT_AUDIO', (path) => writeFileSync(path, `fLaC${'words '.repeat(5000)}`)],
  ['one-byte.wav', 'NOT_AUDIO', (path) => writeFileSync(path, 'R')],
  [
    'head-only.wav',
    'NOT_AUDIO',
    (path) => writeFileSync(path, readFileSync(goodFile('wav16')).subarray(0, 44)),
  ],
  ['folder.mp3', 'NOT_AUDIO', (path) => mkdirSync(path)],
  [
    'playlist.mp3',
    'NOT_AUDIO',
    (path) => writeFileSync(path, '#EXTM3U\n#EXTINF:1,x\nhttp://127.0.0.1/x.mp3\n'),
  ],
  ['noise.ogg', 'NOT_AUDIO', (path) => writeFileSync(path, bytes(200_000, 5))],
];

for (const [name, code, make] of TABLE) {
  test(`${name}: ${code}, in one sentence that names the file`, () => {
    const path = inside(name);
    make(path);
    for (const result of [media.probe(path), media.measure(path), media.decode(path, RATE)]) {
      assert.ok('error' in result, 'it was taken for music');
      assert.equal(result.error, code);
      assert.ok(result.message.includes(path), result.message);
      assert.match(result.message, /^[A-Z].*\.$/);
    }
  });
}

test('a truncated file plays to where it ends; measured, less than half is refused', () => {
  for (const codec of ['flac', 'mp3', 'opus', 'vorbis', 'wav16', 'wavpack'] as const) {
    const whole = readFileSync(goodFile(codec));
    const cut = inside(`cut.${EXTENSIONS[codec]}`);
    writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * 0.7)));
    const seconds = read(cut, RATE).length / 2 / RATE;
    assert.ok(seconds > 1.5 && seconds < 0.9 * SECONDS, `${codec}: ${seconds} s`);
    succeed(media.measure(cut));
  }
  const short = inside('short.flac');
  writeFileSync(short, readFileSync(goodFile('flac')).subarray(0, 60_000));
  const measured = media.measure(short);
  assert.ok('error' in measured && measured.error === 'TRUNCATED');
});

test('a broken FLAC frame is silence of its own length: what follows stays at its place, bit for bit', () => {
  const whole = readFileSync(goodFile('flac'));
  const before = read(goodFile('flac'), RATE);
  const broken = inside('flipped.flac');
  const at = Math.floor(whole.length / 2);
  whole.fill(0x55, at, at + 40);
  writeFileSync(broken, whole);
  const result = succeed(media.decode(broken, RATE));
  assert.ok(result.concealedPackets >= 1);
  assert.equal(result.samples.length, before.length);
  let different = 0;
  for (let i = 0; i < before.length; i++) {
    if (result.samples[i] === before[i]) continue;
    different++;
    assert.equal(result.samples[i], 0, `sample ${i} is neither the music nor silence`);
  }
  assert.ok(different > 0 && different <= 2 * 3 * 4608, `${different} samples concealed`);
});

test('flipped bits and holes anywhere, in every format: an answer, of a bounded length, with finite samples', () => {
  const dice = random(42);
  for (const codec of Object.keys(EXTENSIONS) as Codec[]) {
    const whole = readFileSync(goodFile(codec));
    for (let round = 0; round < 12; round++) {
      const damaged = Buffer.from(whole);
      for (let i = 0; i < 1 + round * 3; i++) {
        const at = Math.floor(dice() * damaged.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(dice() * 8));
      }
      if (round % 4 === 3)
        damaged.fill(0, Math.floor(damaged.length * 0.4), Math.floor(damaged.length * 0.45));
      const path = inside(`damaged.${EXTENSIONS[codec]}`);
      writeFileSync(path, damaged);
      for (const rate of [RATE, 44_100]) {
        const result = media.decode(path, rate, round % 2 ? rate : 0, 20 * rate);
        if ('error' in result) assert.match(result.message, /^[A-Z].*\.$/);
        else assert.ok(result.samples.every(Number.isFinite), `${codec}, round ${round}`);
      }
    }
  }
});

test('wrong arguments are a TypeError, wrong options a failure', () => {
  assert.throws(() => media.probe(5 as unknown as string), TypeError);
  assert.throws(() => media.encode({} as never), TypeError);
  const refused = media.encode({
    path: inside('x.opus'),
    codec: 'opus',
    rateHz: 44_100,
    samples: good,
    tags: {},
  });
  assert.ok('error' in refused && refused.error === 'UNSUPPORTED');
  const nowhere = media.encode({
    path: inside('no/such/folder.flac'),
    codec: 'flac',
    rateHz: RATE,
    samples: good,
    tags: {},
  });
  assert.ok('error' in nowhere && nowhere.error === 'UNREADABLE');
});

function goodFile(codec: Codec): string {
  return made.get(codec) ?? remember(codec, write(folder, `good-${codec}`, codec, RATE, good));
}

function remember(codec: Codec, path: string): string {
  made.set(codec, path);
  return path;
}

function bytes(count: number, seed: number): Buffer {
  const dice = random(seed);
  return Buffer.from(Array.from({ length: count }, () => Math.floor(dice() * 256)));
}
