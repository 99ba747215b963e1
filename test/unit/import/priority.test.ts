// What works beside the music steps back: processor, disk, and memory.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
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

test('it takes so much memory and no more', () => {
  // A heap without a limit of its own: what ends it is the kernel.
  const run = spawnSync(
    process.execPath,
    [
      ...['--max-old-space-size=4096', '--import', 'tsx', '--input-type=module', '--eval'],
      `import { readFileSync } from 'node:fs';
       import { stepBack } from './daemon/import/priority.ts';
       stepBack();
       const limit = () => /Max data size +(\\S+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1];
       while (limit() === 'unlimited') await new Promise((done) => setTimeout(done, 10));
       console.log(limit());
       const kept = [];
       for (let mib = 0; mib < 1000; mib += 10) {
         kept.push(Buffer.alloc(10 * 1024 ** 2, 1));
         console.log(mib);
       }`,
    ],
    { encoding: 'utf8' },
  );
  const [limit, ...mib] = run.stdout.trim().split('\n').map(Number);
  assert.equal(limit, 320 * 1024 ** 2);
  assert.notEqual(run.status, 0);
  assert.ok((mib.at(-1) ?? 0) > 50 && (mib.at(-1) ?? 0) < 320, run.stdout);
});
