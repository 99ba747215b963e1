// What goes wrong in a music folder: each fault is an event and a line in words, and the music goes on.
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Card, Health, Import, Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const folder = temporaryFolder('bad');
const music = join(folder.path, 'music');
let daemon: Daemon;

before(async () => {
  writeMusic(music, 6, 8);
  writeFileSync(join(music, 'text.mp3'), 'This is a letter, not a song.\n'.repeat(40));
  writeFileSync(join(music, 'empty.flac'), '');
  mkdirSync(join(music, 'folder.mp3'));
  symlinkSync('/nowhere/at/all.flac', join(music, 'dangling.flac'));
  symlinkSync('.', join(music, 'loop'));
  const whole = readFileSync(join(music, 'track-000.flac'));
  writeFileSync(join(music, 'cut.flac'), whole.subarray(0, 2000));
  writeFileSync(join(music, 'half.flac'), whole);
  truncateSync(join(music, 'half.flac'), Math.floor(whole.length * 0.7));
  writeMusic(join(music, 'locked'), 1, 8);
  chmodSync(join(music, 'locked'), 0o000);
  daemon = await startDaemon({ state: join(folder.path, 'state'), music, isBoundByModes: true });
  await daemon.until(
    'the import',
    () => daemon.get<Import>('/import'),
    (job) => job.status?.state === 'done',
    60_000,
  );
});
after(async () => {
  await daemon?.stop();
  chmodSync(join(music, 'locked'), 0o755);
  folder.remove();
});

const status = () => daemon.get<Status>('/status');
const isMoving = async () => {
  const from = (await daemon.until('playing', status, (now) => now.current !== null)).current;
  await daemon.until(
    'the music to go on',
    status,
    (now) =>
      now.current !== null && (now.current.entry !== from?.entry || now.current.positionMs > from.positionMs),
  );
};

test('each faulty file is named with a reason in words', async () => {
  const { failures } = await daemon.get<Import>('/import');
  const reasonOf = (name: string) => failures.find(({ path }) => path === name)?.reason ?? '';
  for (const name of ['text.mp3', 'empty.flac', 'dangling.flac']) {
    assert.match(reasonOf(name), /\w+ \w+ \w+/, `${name} has no reason: ${JSON.stringify(failures)}`);
  }
  assert.match(reasonOf('locked'), /permission|not allowed|read/i, JSON.stringify(failures));
  assert.ok(!failures.some(({ path }) => path.startsWith('loop/')), 'a loop of links was followed');
});

test('it plays on beside them', isMoving);

test('a truncated file is played as far as it goes or skipped, and the music goes on', async () => {
  const { passages: items } = await daemon.get<{ passages: Card[] }>('/library/search?q=track%200');
  for (const item of items.filter(({ title }) => title === 'Track 0')) {
    await daemon.send('POST', '/queue', { passage: item.passage, where: 'next' });
    await daemon.send('POST', '/skip');
    await new Promise((resolve) => setTimeout(resolve, 1200));
  }
  await isMoving();
});

test('a music folder that vanishes is said in words, does not stop the radio, and comes back', async () => {
  const away = join(folder.path, 'away');
  renameSync(music, away);
  const health = await daemon.until(
    'the folder to be missed',
    () => daemon.get<Health>('/health'),
    ({ checks }) => checks.some((check) => check.name === 'library' && !check.ok),
    45_000,
  );
  const library = health.checks.find(({ name }) => name === 'library');
  assert.match(library?.message ?? '', new RegExp(music));
  renameSync(away, music);
  await daemon.until(
    'the folder to be found again',
    () => daemon.get<Health>('/health'),
    ({ checks }) => checks.some((check) => check.name === 'library' && check.ok),
    45_000,
  );
  await isMoving();
});

test('nothing of this crashed it', () => {
  assert.equal(daemon.process.exitCode, null);
  rmSync(join(music, 'text.mp3'));
});
