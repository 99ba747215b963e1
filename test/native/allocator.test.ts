// What the addon gives back of the process's memory: pages of Node's own code. Everything runs on after it.
import assert from 'node:assert/strict';
import { readFileSync, realpathSync } from 'node:fs';
import { test } from 'node:test';
import { releaseCode } from '../../audio/addon.ts';

/** Of the mappings of Node's program that are code, KiB. */
function codeKib(): number {
  const program = realpathSync(process.execPath);
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings
    .filter((mapping) => new RegExp(`^\\S+ r-xp .* ${program}$`, 'm').test(mapping))
    .reduce((sum, mapping) => sum + Number(/^Rss:\s+(\d+)/m.exec(mapping)?.[1] ?? 0), 0);
}

test('pages of code that nothing runs are let go of; what runs comes back', () => {
  const before = codeKib();
  assert.ok(before > 10_000, `${before} KiB of code`);
  releaseCode();
  const after = codeKib();
  assert.ok(after < 0.7 * before, `${after} of ${before} KiB`);
  assert.deepEqual(JSON.parse(JSON.stringify({ works: [1, 2].map((n) => n * 2) })), { works: [2, 4] });
});
