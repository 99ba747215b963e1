// What happens to the music while the sound device is gone.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stubAppliance } from '../support/stub-appliance.ts';

async function lose(onDeviceLost: string, playing: boolean) {
  const stub = stubAppliance();
  stub.settings.on_device_lost = onDeviceLost;
  stub.engine.emit('Player', 'deviceLost', { message: 'It has gone.', playing });
  await stub.settle();
  return stub;
}

it('lets the music wait for the device, and puts down where', async () => {
  const stub = await lose('pause', true);
  assert.equal(stub.of('Player.pauseForDevice').length, 1);
  assert.deepEqual(stub.of('Player.savePosition'), [{}]);
});

it('lets it play on where that is set, and does not touch what was paused', async () => {
  assert.equal((await lose('play', true)).of('Player.pauseForDevice').length, 0);
  assert.equal((await lose('pause', false)).of('Player.pauseForDevice').length, 0);
});

it('plays again when the device is back', async () => {
  const stub = stubAppliance();
  stub.engine.emit('Player', 'deviceBack', { sink: 'ALSA: DAC' });
  await stub.settle();
  assert.equal(stub.of('Player.play').length, 1);
});
