// Listing devices in a process of its own, which may hang: a person is told that, and not that there are none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listDevices } from '../../audio/devices.ts';

test('a lister that takes too long is ended, and said so', async () => {
  const { devices, note } = await listDevices(1);
  assert.deepEqual(devices, []);
  assert.match(note ?? '', /took longer than 0\.001 s/);
});
