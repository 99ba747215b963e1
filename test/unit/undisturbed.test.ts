// Plays are repeated where the virtual device faltered, and no more often than that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_PLAYS, undisturbed } from '../support/undisturbed.ts';

async function playing(...disturbances: readonly [number, number, boolean?][]): Promise<number> {
  let plays = 0;
  const played = await undisturbed(async () => {
    const [xruns, overruns, isLate = false] = disturbances[plays] ?? [0, 0];
    plays += 1;
    return { xruns, overruns, isLate, n: plays };
  });
  assert.equal(played.n, plays, 'the last one counts');
  return plays;
}

test('once where nothing faltered; again where it did; not for ever', async () => {
  assert.equal(await playing([0, 0]), 1);
  assert.equal(await playing([2, 0], [0, 0]), 2);
  assert.equal(await playing([0, 1], [3, 0], [0, 0]), 3);
  assert.equal(await playing([0, 0, true], [0, 0]), 2);
  const always = Array.from({ length: MOST_PLAYS + 1 }, (): [number, number] => [1, 0]);
  assert.equal(await playing(...always), MOST_PLAYS);
});
