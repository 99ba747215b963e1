// At which rate the sound server's devices run, asked as the daemon does at its start.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { openVirtualDevice } from '../support/pulse.ts';

const PROGRAM = `const { deviceRates } = await import('./audio/native-engine.ts');
console.log(JSON.stringify([null, 'PulseAudio: default', 'PulseAudio: segue', 'PulseAudio: nobody'].map(deviceRates)));`;

function ask(environment: NodeJS.ProcessEnv): unknown {
  const words = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM];
  const { stdout, stderr } = spawnSync(process.execPath, words, { env: environment, encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

test("a sound server tells its devices' rates, whether by default or by name; what is not there has none", async () => {
  for (const rate of [44_100, 48_000]) {
    const virtual = await openVirtualDevice(rate);
    try {
      assert.deepEqual(ask(virtual.environment), [[rate], [rate], [rate], []]);
      await virtual.unplug();
      assert.deepEqual(ask(virtual.environment), [[], [], [], []]);
    } finally {
      await virtual.close();
    }
  }
});
