// Sound cards without a sound server, on a kernel that has some: see cards/in-guest.ts for what is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInGuest } from './cards/guest.ts';

test('the core plays on the cards of a kernel with sound', async () => {
  assert.equal(await runInGuest('node --import tsx --test test/proof/cards/in-guest.ts'), 0);
});
