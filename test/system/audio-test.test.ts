// The test tone as the sound device gets it, asked for as a person does: of the daemon, and of the command alone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AudioTestReport, Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { openVirtualDevice, type VirtualDevice } from '../support/pulse.ts';
import { testTone } from '../support/tones.ts';

// The core's own rate: nothing is resampled on the way.
const RATE = 44_100;
const TOLERANCE = 1e-6;
const folder = temporaryFolder('audio-test');
const state = join(folder.path, 'state');
let device: VirtualDevice;
let daemon: Daemon;

function segue(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['dist/daemon/cli/main.js', ...words], { env: device.environment });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
}

/** Where the tone begins to sound in a capture: the first stretch of 0.9 s with sound on the left alone. */
function findTone(captured: Float32Array): number {
  let silentSince = 0;
  for (let n = 0; 2 * n < captured.length; n++) {
    const isAlone = captured[2 * n + 1] === 0;
    if (!isAlone) silentSince = n + 1;
    else if (n - silentSince > 1.15 * RATE) {
      for (let at = silentSince; at < n; at++) if (captured[2 * at] !== 0) return at;
      silentSince = n;
    }
  }
  return -1;
}

function assertTone(captured: Float32Array): number {
  const answer = testTone(RATE);
  // Its first frame is 0: it sounds from the second on.
  const begin = findTone(captured) - Math.round(0.2 * RATE) - 1;
  assert.ok(begin > -0.2 * RATE, 'no tone was captured');
  let worst = 0;
  for (let n = Math.round(0.2 * RATE); n < answer.length / 2; n++)
    for (const channel of [0, 1])
      worst = Math.max(
        worst,
        Math.abs((captured[2 * (begin + n) + channel] ?? 0) - (answer[2 * n + channel] ?? 0)),
      );
  assert.ok(worst <= TOLERANCE, `the tone differs by ${worst}`);
  return begin;
}

before(async () => {
  writeMusic(join(folder.path, 'music'), 2, 120);
  device = await openVirtualDevice(RATE);
  daemon = await startDaemon({
    state,
    music: join(folder.path, 'music'),
    sink: 'auto',
    environment: device.environment,
  });
  await daemon.until(
    'music',
    () => daemon.get<Status>('/status'),
    ({ sink, current }) => sink !== 'null' && (current?.positionMs ?? 0) > 0,
  );
});
after(async () => {
  await daemon?.stop();
  await device?.close();
  folder.remove();
});

test('segue audio test: 440 Hz at -20 dBFS left, right, both, at any volume; the music goes on', async () => {
  await daemon.send('POST', '/volume', { volume: 0.3 });
  const recording = await device.record();
  const before = await daemon.get<Status>('/status');
  const { code, out } = await segue('audio', 'test', '--json', '--state', state);
  const after = await daemon.until(
    'the music',
    () => daemon.get<Status>('/status'),
    ({ current }) => (current?.positionMs ?? 0) > (before.current?.positionMs ?? 0),
  );
  // Rendered half a second before it is heard.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const captured = await recording.stop();
  assert.equal(code, 0);
  const report = JSON.parse(out) as AudioTestReport;
  assert.equal(report.output.sink, after.sink);
  assert.ok(report.callback.count > 0 && report.output.periodUs > 0);
  assert.equal(report.musicGoesOn, true);
  assert.equal(after.current?.entry, before.current?.entry);
  const begin = assertTone(captured);
  const end = begin + testTone(RATE).length / 2;
  const isHeard = (from: number, to: number) =>
    captured.subarray(2 * from, 2 * to).some((sample) => sample !== 0);
  assert.ok(isHeard(0, begin), 'music before it');
  assert.ok(isHeard(end, captured.length / 2), 'music after it');
});

test('one at a time, and it ends when whoever asked leaves', async () => {
  const leaving = new AbortController();
  const first = fetch(`${daemon.url}/api/v1/audio/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: leaving.signal,
  }).catch(() => null);
  const ask = () => daemon.send<{ error?: { code: string } }>('POST', '/audio/test');
  const second = await daemon.until('the other', ask, ({ status }) => status === 409);
  assert.equal(second.body.error?.code, 'ALREADY_RUNNING');
  leaving.abort();
  await first;
  const third = await daemon.until('the end', ask, ({ status }) => status === 200);
  assert.equal(third.status, 200);
});

test('without the daemon the command opens the device itself', async () => {
  await daemon.stop();
  const recording = await device.record();
  const { code, out, err } = await segue('audio', 'test', '--state', state);
  assertTone(await recording.stop());
  assert.equal(code, 0, err);
  assert.match(err, /does not run here/);
  assert.match(out, /through PulseAudio: default: 44100 Hz, period [\d.]+ ms/);
  const absent = await segue('audio', 'test', '--device', 'ALSA: there is no such', '--state', state);
  assert.equal(absent.code, 1);
  assert.match(absent.err, /there is no such/);
});
