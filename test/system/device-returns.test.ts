// A sound device that goes while the music plays: the music waits where it was, and goes on when the device is back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Health, Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { openVirtualDevice, type VirtualDevice } from '../support/pulse.ts';

const folder = temporaryFolder('device-returns');
let device: VirtualDevice;
let daemon: Daemon;
const status = () => daemon.get<Status>('/status');
const deviceFault = async () =>
  (await daemon.get<Health>('/health')).checks.find(({ name, ok }) => name === 'device' && !ok)?.message ??
  null;

before(async () => {
  writeMusic(join(folder.path, 'music'), 3, 60);
  device = await openVirtualDevice();
  daemon = await startDaemon({
    state: join(folder.path, 'state'),
    music: join(folder.path, 'music'),
    sink: 'auto',
    environment: device.environment,
  });
  await daemon.until(
    'music',
    status,
    ({ sink, current }) => sink !== 'null' && (current?.positionMs ?? 0) > 0,
  );
});
after(async () => {
  await daemon?.stop();
  await device?.close();
  folder.remove();
});

test('the device goes: the music waits, and both page and log say what to do', async () => {
  const before = (await status()).current;
  await device.unplug();
  const lost = await daemon.until(
    'the null sink',
    status,
    ({ sink, playing }) => sink === 'null' && !playing,
    20_000,
  );
  assert.equal(lost.current?.entry, before?.entry);
  assert.match((await deviceFault()) ?? '', /plug it in again/i);
  assert.match(daemon.log(), /Sound goes to null/);
});

test('the device is back: the same passage goes on by itself where it was', async () => {
  const waiting = (await status()).current;
  await device.plugIn();
  const back = await daemon.until(
    'the device',
    status,
    ({ sink, playing }) => sink !== 'null' && playing,
    30_000,
  );
  assert.equal(back.current?.entry, waiting?.entry);
  assert.ok((back.current?.positionMs ?? 0) >= (waiting?.positionMs ?? 0));
  await daemon.until('the fault to be over', deviceFault, (message) => message === null);
});

test('a pause by a person is not ended by the device', async () => {
  await daemon.send('POST', '/pause');
  await device.unplug();
  await daemon.until('the null sink', status, ({ sink }) => sink === 'null', 20_000);
  await device.plugIn();
  const back = await daemon.until('the device', status, ({ sink }) => sink !== 'null', 30_000);
  assert.equal(back.playing, false);
  await daemon.send('POST', '/play');
  await daemon.until('music', status, ({ playing }) => playing);
});

test('with on_device_lost = play the music goes on unheard', async () => {
  await daemon.send('PUT', '/settings', { on_device_lost: 'play' });
  await device.unplug();
  const lost = await daemon.until('the null sink', status, ({ sink }) => sink === 'null', 20_000);
  await daemon.until(
    'the music to go on',
    status,
    ({ playing, current }) => playing && (current?.positionMs ?? 0) > (lost.current?.positionMs ?? 0),
  );
});
