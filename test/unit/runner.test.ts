// The runner itself: that it fails where it must.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

function runner(...args: string[]) {
  return runnerWith({}, ...args);
}
function runnerWith(more: NodeJS.ProcessEnv, ...args: string[]) {
  // Without NODE_TEST_CONTEXT the inner node:test would believe itself a child of this one.
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  const env = { ...rest, ...more };
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
test('what fails while the host takes the processors away is run again, and only then; not for ever', () => {
  const folder = mkdtempSync(join(tmpdir(), 'segue-runner-'));
  try {
    const stat = join(folder, 'stat');
    const files = [canary('stolen'), canary('passing')];
    const run = (name: string, passesAt: number, stolen: number) => {
      writeFileSync(stat, 'cpu 100 0 0 0 0 0 0 0');
      const place = { SEGUE_STOLEN: JSON.stringify({ stat, stolen, passesAt, runs: join(folder, name) }) };
      return runnerWith(place, `--stat=${stat}`, ...files);
    };
    const mended = run('mended', 2, 50);
    assert.deepEqual([mended.code, mended.last], [0, '3 passed, 0 failed']);
    assert.match(mended.output, /The host took 50 % .*run again: test\/support\/canaries\/stolen.test.ts/);
    assert.deepEqual([run('third', 3, 50).code, run('fourth', 4, 50).code], [0, 1]);
    assert.deepEqual([run('quiet', 2, 5).code, run('quiet again', 2, 0).code], [1, 1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
