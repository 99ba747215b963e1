// A library of a hundred files that mean harm, or came to it: the import ends, what cannot be played is named with its
// reason, what can be played comes in, and what its tags say is fit to be shown.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sfc32 } from '../../daemon/concepts/director/draw.ts';
import { importRig, temporaryFolder, writeTone } from '../support/import-rig.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const music = join(folder.path, 'music');
const at = (name: string) => join(music, name);
const FILES = 100;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const TITLE_CHARACTERS = 64_000;
const ART_BYTES = 10 * 1024 * 1024;

/** Names of what has to come in, of what has to be named with a reason, and of what has to be either. */
const good: string[] = [];
const bad: string[] = [];
const either: string[] = [];
let tones = 0;
/** A second of a tone of its own. */
function tone(
  name: string,
  tags: Record<string, string> = {},
  codec: 'flac' | 'mp3' = 'flac',
  cover?: Buffer,
): void {
  writeTone(at(name), { codec, seconds: 1, hz: 200 + 10 * tones++, tags, ...(cover && { cover }) });
}
function playable(name: string, tags?: Record<string, string>, codec?: 'flac' | 'mp3', cover?: Buffer): void {
  tone(name, tags, codec, cover);
  good.push(name);
}
function broken(name: string, bytes: Uint8Array | string): void {
  writeFileSync(at(name), bytes);
  bad.push(name);
}
/** A file that was good, with some of its bytes changed. */
function spoilt(name: string, change: (bytes: Buffer) => Uint8Array, codec: 'flac' | 'mp3' = 'flac'): void {
  tone(name, { title: name }, codec);
  writeFileSync(at(name), change(readFileSync(at(name))));
}

function writeLibrary(): void {
  mkdirSync(music, { recursive: true });
  // What people write into tags.
  playable('long title.flac', { title: 'x'.repeat(TITLE_CHARACTERS), artist: 'y'.repeat(TITLE_CHARACTERS) });
  playable('long title.mp3', { title: 'z'.repeat(TITLE_CHARACTERS), artist: 'A' }, 'mp3');
  playable('control.flac', { title: 'bell\u0007 escape\u001b[2J null and\nline', artist: 'tab\there' });
  playable('right to left.flac', { title: '\u202eevil\u202c שלום عليكم', artist: 'فيروز' });
  playable('markup.flac', { title: '<img src=x onerror=alert(1)>', artist: '"; DROP TABLE songs; --' });
  playable('zero width.flac', { title: '\u200b\u200d\ufeff', artist: '\u0301\u0301\u0301' });
  playable('zalgo.flac', { title: `z${'\u0336\u0353'.repeat(500)}`, artist: 'Z' });
  playable('emoji.flac', { title: '👨‍👩‍👧‍👦🏳️‍🌈', artist: '🎵' });
  playable('numbers.flac', { title: 'N', track: '99999999999999999999/0', disc: '-1', date: 'yesterday' });
  playable('blank.flac', { title: '   ', artist: ' ', album: '' });
  for (const [n, key] of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].entries())
    playable(`${key}.flac`, { title: key, artist: key, album: key, genre: key, track: String(n) });
  playable(
    'large art.flac',
    { title: 'Large', album: 'Art' },
    'flac',
    Buffer.concat([PNG, Buffer.alloc(ART_BYTES)]),
  );
  playable('large art.mp3', { title: 'Large' }, 'mp3', Buffer.concat([PNG, Buffer.alloc(ART_BYTES)]));
  playable(
    'no picture.flac',
    { title: 'No picture' },
    'flac',
    Buffer.concat([PNG.subarray(0, 8), Buffer.from('and then no picture')]),
  );
  // What file systems allow for a name.
  for (const name of [
    '-rf.flac',
    "it's.flac",
    '"quoted".flac',
    'new\nline.flac',
    ' space .flac',
    'ünïcödé.flac',
    '%2e%2e.flac',
  ])
    playable(name, { title: 'Named' });
  playable('🎷.flac');
  playable('e\u0301.flac');
  playable('\u00e9.flac');
  playable(`${'n'.repeat(250)}.flac`);
  playable(`${Array.from({ length: 30 }, () => 'deep').join('/')}/down.flac`);
  playable('folder.flac/inside.flac');
  // What is no music.
  broken('empty.flac', '');
  broken('empty.mp3', '');
  broken('text.mp3', 'This calls itself music.\n'.repeat(100));
  broken('page.flac', '<!doctype html><title>404</title>');
  broken('picture.ogg', PNG);
  broken('one byte.wav', 'R');
  broken('magic.flac', 'fLaC');
  broken('magic.ogg', 'OggS');
  broken('magic.wav', 'RIFF\xff\xff\xff\xffWAVEfmt ');
  broken('magic.m4a', Buffer.from('00000018667479704d344120', 'hex'));
  broken('zeros.mp3', Buffer.alloc(100_000));
  broken('ones.flac', Buffer.alloc(100_000, 0xff));
  broken(
    'boxes.m4a',
    Buffer.concat(Array.from({ length: 2000 }, () => Buffer.from('ffffffff6d6f6f76', 'hex'))),
  );
  broken(
    'nested.m4a',
    Buffer.concat(Array.from({ length: 5000 }, () => Buffer.from('0000ffff6d6f6f76', 'hex'))),
  );
  broken(
    'id3 without end.mp3',
    Buffer.concat([Buffer.from('4944330400007f7f7f7f', 'hex'), Buffer.alloc(5000)]),
  );
  // Seeded, so that a failure comes back.
  const dice = sfc32(1);
  const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, () => Math.floor(256 * dice())));
  for (const extension of ['flac', 'mp3', 'ogg', 'opus', 'm4a', 'wav', 'aiff', 'wv', 'ape', 'mka', 'wma'])
    broken(`noise.${extension}`, noise(20_000));
  // Bytes changed anywhere, as a disk or a download changes them.
  for (let n = 0; n < 30; n++) {
    const name = `changed ${n}.${n % 2 === 0 ? 'flac' : 'mp3'}`;
    const change = (bytes: Buffer) => {
      for (let times = 0; times < 40; times++)
        bytes[Math.floor(dice() ** 2 * bytes.length)] = Math.floor(256 * dice());
      return bytes;
    };
    spoilt(name, change, n % 2 === 0 ? 'flac' : 'mp3');
    either.push(name);
  }
  // What was music once. Some of it plays as far as it goes: it is named all the same, or it comes in.
  for (const share of [0.1, 0.3, 0.5]) {
    spoilt(`cut ${share}.flac`, (bytes) => bytes.subarray(0, share * bytes.length));
    bad.push(`cut ${share}.flac`);
  }
  spoilt('length lies.flac', (bytes) => {
    bytes.writeUIntBE(0xffffff, 5, 3);
    return bytes;
  });
  bad.push('length lies.flac');
  spoilt('no rate.flac', (bytes) => {
    bytes.fill(0, 18, 21);
    return bytes;
  });
  bad.push('no rate.flac');
  // Places that are none.
  symlinkSync('round.flac', at('round.flac'));
  symlinkSync('ring b.flac', at('ring a.flac'));
  symlinkSync('ring a.flac', at('ring b.flac'));
  symlinkSync('nowhere.flac', at('dangling.flac'));
  bad.push('round.flac', 'ring a.flac', 'ring b.flac', 'dangling.flac');
  symlinkSync('.', at('again'));
  symlinkSync('..', at('above'));
  symlinkSync('/proc/self/mem', at('memory.flac'));
  bad.push('memory.flac');
  execFileSync('mkfifo', [at('pipe.flac')]);
  mkdirSync(at('album.mp3'));
  // A name that is no text. It is shown with what cannot be read replaced.
  tone('name.flac');
  renameSync(
    at('name.flac'),
    Buffer.concat([Buffer.from(`${music}/name `), Buffer.from([0xff, 0xfe]), Buffer.from('.flac')]),
  );
  bad.push('name \ufffd\ufffd.flac');
  tone('forbidden.flac');
  chmodSync(at('forbidden.flac'), 0);
  (process.getuid?.() === 0 ? good : bad).push('forbidden.flac');
  for (const name of VANISHING) tone(name);
  bad.push(...VANISHING);
}
/** Last in the folder, so that there is time to take them away between the scan and the reading. */
const VANISHING = ['zz 1.flac', 'zz 2.flac', 'zz 3.flac'];

test('a hundred files that mean harm: the import ends, each failure is named, nothing else is harmed', {
  timeout: 120_000,
}, async () => {
  writeLibrary();
  const count = good.length + bad.length + either.length;
  assert.ok(count >= FILES, `${count} files`);
  const rig = importRig({ artDir: join(folder.path, 'art') });
  const running = rig.run(music);
  while (rig.status()?.state === 'scanning') await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(rig.status()?.state, 'reading', 'there was time to take files away');
  for (const name of VANISHING) rmSync(at(name));
  await running;
  assert.equal(rig.status()?.state, 'done', JSON.stringify([rig.status(), rig.events.slice(-5)]));
  assert.equal(rig.workers.length, 1, 'no file killed the worker');

  const failures = rig.failures();
  const named = new Set(Object.keys(failures));
  assert.deepEqual([...named].filter((name) => !either.includes(name)).sort(), bad.toSorted());
  for (const [name, reason] of Object.entries(failures)) {
    assert.match(reason, /^\p{Lu}[^\p{Cc}]{8,250}\.$/u, `${name}: ${reason}`);
    assert.ok(!reason.includes(folder.path), `${name}: ${reason}`);
  }
  assert.match(failures['name \ufffd\ufffd.flac'] ?? '', /not UTF-8/);
  assert.match(failures['zz 1.flac'] ?? '', /is not there/);
  const playing = rig.cards().filter(({ state }) => state === 'ok');
  const paths = new Set(playing.map(({ path }) => path));
  assert.deepEqual(
    good.filter((name) => !paths.has(name)),
    [],
  );
  assert.deepEqual(
    either.filter((name) => !paths.has(name) && !named.has(name)),
    [],
  );
  for (const { title, artist, path } of playing)
    for (const text of [title, artist]) {
      assert.doesNotMatch(text, /\p{Cc}/u, path);
      assert.ok(text.length <= 1000, path);
    }
  const before = rig.events.length;
  await rig.run();
  const again = rig.events
    .slice(before)
    .filter(({ event }) => event === 'fileFailed')
    .map(({ payload }) => (payload as { path: string }).path);
  // The kernel changes the time of that one each time.
  assert.deepEqual(
    again.filter((name) => name !== 'memory.flac'),
    [],
  );
});
