// The sink for compatibility: a player process with naudiodon in it, fed from JavaScript, under the same demands as the
// others where they do not speak of time. What a person does through it is in device-acts.test.ts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { mediaTools } from '../../audio/addon.ts';
import type { EntryPlan } from '../../audio/engine.ts';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { judgeDryDevice, NAUDIODON_FRAMES } from '../support/dry-judge.ts';
import { expectedMix } from '../support/mix.ts';
import { writeMusic } from '../support/music.ts';
import { playThrough } from '../support/play-process.ts';
import { openVirtualDevice, type VirtualDevice } from '../support/pulse.ts';
import { noise } from '../support/tones.ts';

const RATE = 48_000;
const NAME = 'naudiodon: default';
const folder = temporaryFolder('naudiodon');
let device: VirtualDevice;
let daemon: Daemon | null = null;
const status = () => (daemon as Daemon).get<Status>('/status');

before(async () => {
  writeMusic(join(folder.path, 'music'), 2, 120);
  device = await openVirtualDevice(RATE);
});
afterEach(async () => {
  await daemon?.stop();
  daemon = null;
});
after(async () => {
  await device?.close();
  folder.remove();
});

async function start(name: string, environment: NodeJS.ProcessEnv = {}): Promise<Daemon> {
  const started = await startDaemon({
    state: join(folder.path, name),
    music: join(folder.path, 'music'),
    sink: 'auto',
    environment: { ...device.environment, ...environment },
  });
  daemon = started;
  await started.until('music', status, ({ current }) => (current?.positionMs ?? 0) > 0);
  return started;
}

async function choose(name: string | null, sink: string): Promise<Status> {
  const { status: code } = await (daemon as Daemon).send('PUT', '/settings', { output_device: name });
  assert.equal(code, 200);
  return (daemon as Daemon).until(sink, status, (now) => now.sink === sink);
}

/** The player process below the daemon. */
function playerOf({ pid }: Daemon): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const isChild =
          readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
        return isChild && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('naudiodon-player');
      } catch {
        return false;
      }
    });
  assert.equal(children.length, 1);
  return Number(children[0]);
}

test('every captured frame of a crossfade is the computed one, where the device does not run dry', async () => {
  const overlapFrames = Math.round(1.5 * RATE);
  const fade = (frames: number) => ({ frames, curve: 'equal-power' as const });
  const stems = [noise(4 * RATE, 1), noise(4 * RATE - 137, 2)];
  const plans = stems.map((samples, index): EntryPlan => {
    const path = join(folder.path, `${index}.wav`);
    const written = mediaTools().encode({ path, codec: 'wav32f', rateHz: RATE, samples, tags: {} });
    if ('error' in written) assert.fail(written.message);
    return {
      plan: index + 1,
      generation: 1,
      entry: index + 1,
      after: index === 0 ? null : index,
      path,
      startFrame: 0,
      endFrame: samples.length / 2,
      gain: 0.7,
      overlapFrames: index === 0 ? 0 : overlapFrames,
      fadeIn: fade(index === 0 ? 0 : overlapFrames),
      fadeOut: fade(0),
      previousFadeOut: index === 0 ? null : fade(overlapFrames),
    };
  });
  const recording = await device.record();
  const list = { rate: RATE, device: 'naudiodon', plans, block: null };
  const result = await playThrough(list, join(folder.path, 'list.json'), device.environment);
  const captured = await recording.stop();
  assert.equal(result.sink, NAME);
  assert.equal(result.underruns, 0);
  judgeDryDevice(captured, expectedMix(plans, stems).samples, { heldFrames: NAUDIODON_FRAMES });
});

test('chosen and left while it plays: the music goes on where it was', async () => {
  const { until, log } = await start('choose');
  const first = await status();
  assert.equal(first.sink, 'PulseAudio: default');
  const through = await choose('naudiodon: ALSA: default', 'naudiodon: ALSA: default');
  const later = await until(
    'music',
    status,
    ({ current }) => (current?.positionMs ?? 0) > (through.current?.positionMs ?? 0) + 1000,
  );
  const back = await choose(null, 'PulseAudio: default');
  await until('music', status, ({ current }) => (current?.positionMs ?? 0) > (back.current?.positionMs ?? 0));
  // As rendered: at a switch away from a sink that is ahead, what nobody has heard is taken back.
  const positions = [first, through, later, back].map(({ current }) => current?.positionMs ?? 0);
  for (const [i, positionMs] of positions.slice(1).entries())
    assert.ok(positionMs > (positions[i] ?? 0) - 500, `${positions}`);
  assert.equal(new Set([first, through, later, back].map(({ current }) => current?.entry)).size, 1);
  assert.doesNotMatch(log(), /Sound goes to null/);
});

test('its player dies: the null sink, with an event; and it comes back by itself', async () => {
  const running = await start('dies');
  await choose('naudiodon', NAME);
  process.kill(playerOf(running), 'SIGKILL');
  const lost = await running.until('null', status, ({ sink, playing }) => sink === 'null' && !playing);
  assert.match(running.log(), /Sound goes to null.*player of .*naudiodon: default.* has ended/);
  const back = await running.until('it', status, ({ sink, playing }) => sink === NAME && playing, 20_000);
  assert.equal(back.current?.entry, lost.current?.entry);
});

test('its device goes: the null sink', async () => {
  const running = await start('goes');
  await choose('naudiodon', NAME);
  await device.unplug();
  await running.until('null', status, ({ sink }) => sink === 'null', 20_000);
  await device.plugIn();
  await running.until('it', status, ({ sink, playing }) => sink === NAME && playing, 30_000);
});

test('no such device, or no naudiodon: what sounds goes on, and the log says what to do', async () => {
  const hook = join(folder.path, 'without.cjs');
  writeFileSync(
    hook,
    `const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name === 'naudiodon') throw new Error('Cannot find module');
  return resolve.call(this, name, ...rest);
};`,
  );
  for (const [environment, name, reason] of [
    [{ NODE_OPTIONS: `--require=${hook}` }, 'naudiodon', /naudiodon is not installed\. Run/],
    [{}, 'naudiodon: ALSA: nowhere', /there is no such device/],
  ] as const) {
    const { send, until, log, stop } = await start('missing', environment);
    await send('PUT', '/settings', { output_device: name });
    await until(
      'the reason',
      async () => log(),
      (text) => reason.test(text),
    );
    const before = await status();
    assert.equal(before.sink, 'PulseAudio: default');
    await until(
      'music',
      status,
      ({ current }) => (current?.positionMs ?? 0) > (before.current?.positionMs ?? 0),
    );
    await send('PUT', '/settings', { output_device: null });
    await stop();
  }
});
