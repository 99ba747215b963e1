import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cooldownFactor } from '../../../daemon/policy/cooldown.ts';

test('0 below the minimum, a ramp, then 1', () => {
  assert.equal(cooldownFactor(99, 100, 50), 0);
  assert.equal(cooldownFactor(100, 100, 50), 0);
  assert.equal(cooldownFactor(125, 100, 50), 0.5);
  assert.equal(cooldownFactor(150, 100, 50), 1);
  assert.equal(cooldownFactor(Number.POSITIVE_INFINITY, 100, 50), 1);
});

test('no ramp is a step; an age below 0 is 0', () => {
  assert.equal(cooldownFactor(99, 100, 0), 0);
  assert.equal(cooldownFactor(100, 100, 0), 1);
  assert.equal(cooldownFactor(-5, 1, 10), 0);
  assert.equal(cooldownFactor(-5, 0, 0), 1);
});
