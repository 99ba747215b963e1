// What works beside the music steps back: processor, disk, and memory.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

test('a worker is nice, and the first to go when memory runs out', () => {
  const said = execFileSync(
    process.execPath,
    [
      ...['--import', 'tsx', '--input-type=module', '--eval'],
      `import { stepBack } from './daemon/import/priority.ts';
       import { readFileSync } from 'node:fs';
       import { getPriority } from 'node:os';
       stepBack();
       console.log(getPriority(), readFileSync('/proc/self/oom_score_adj', 'utf8').trim());`,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(said.trim(), '19 500');
});
