// The runner itself: that it fails where it must.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

function runner(...args: string[]) {
  // Without NODE_TEST_CONTEXT the inner node:test would believe itself a child of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const ran = spawnSync(process.execPath, ['test/run.mjs', ...args], { encoding: 'utf8', env });
  return { code: ran.status, last: ran.stdout.trim().split('\n').at(-1) };
}
const canary = (name: string) => `test/support/canaries/${name}.test.ts`;

test('a passing file passes', () =>
  assert.deepEqual(runner(canary('passing')), { code: 0, last: '1 passed, 0 failed' }));
test('a failing test fails the run', () =>
  assert.deepEqual(runner(canary('failing')), { code: 1, last: '0 passed, 1 failed' }));
test('a file without a test fails the run', () =>
  assert.deepEqual(runner(canary('empty'), canary('passing')), { code: 1, last: '1 passed, 1 failed' }));
test('a stage that does not exist runs nothing and fails', () =>
  assert.equal(runner('no-such-stage').code, 1));
