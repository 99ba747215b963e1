// The runner itself: that it fails where it must.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

function runner(...args: string[]) {
  // Without NODE_TEST_CONTEXT the inner node:test would believe itself a child of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const ran = spawnSync(process.execPath, ['test/run.mjs', ...args], { encoding: 'utf8', env });
  return { code: ran.status, output: ran.stdout, last: ran.stdout.trim().split('\n').at(-1) };
}
const canary = (name: string) => `test/support/canaries/${name}.test.ts`;

function ends(code: number, last: string, ...files: string[]) {
  const ran = runner(...files);
  assert.deepEqual([ran.code, ran.last], [code, last]);
}

test('a passing file passes', () => ends(0, '1 passed, 0 failed', canary('passing')));
test('a failing test fails the run', () => ends(1, '0 passed, 1 failed', canary('failing')));
test('a file without a test fails the run', () =>
  ends(1, '1 passed, 1 failed', canary('empty'), canary('passing')));
test('a stage that does not exist runs nothing and fails', () =>
  assert.equal(runner('no-such-stage').code, 1));
test('a test that hangs is ended, named, and fails the run', () => {
  const ran = runner('--limit-s=3', canary('hanging'), canary('passing'));
  assert.deepEqual([ran.code, ran.last], [1, '1 passed, 1 failed']);
  assert.match(ran.output, /✗ test\/support\/canaries\/hanging.test.ts/);
});
