// What health hears of: a device that goes and comes, and choices that fail and work again.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stubAppliance } from '../support/stub-appliance.ts';

const noted = (stub: ReturnType<typeof stubAppliance>) =>
  stub
    .of('Health.note')
    .map(({ name, ok, message }) => ({ name, ok, isSentence: /\.$/.test(String(message)) }));

it('notes a device that is gone, the null sink after it not being its return, and the next one that plays', async () => {
  const stub = stubAppliance();
  for (const [sink, reason] of [
    ['null', 'the device was unplugged.'],
    ['null', 'opened'],
    ['ALSA: DAC', 'opened'],
  ] as const) {
    stub.engine.emit('Player', 'sinkChanged', { sink, reason });
    await stub.settle();
  }
  assert.deepEqual(noted(stub), [
    { name: 'device', ok: false, isSentence: true },
    { name: 'device', ok: true, isSentence: true },
  ]);
});

it('notes why nothing can be chosen, in words', async () => {
  const stub = stubAppliance();
  stub.engine.emit('Director', 'nothingLeft', { reason: 'ALL_IN_COOLDOWN', freeAtMs: null });
  await stub.settle();
  assert.deepEqual(noted(stub), [{ name: 'selection', ok: false, isSentence: true }]);
});
