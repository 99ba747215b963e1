// Mutated files of every codec: each has an outcome, none crashes or hangs what reads it, nothing leaks, and what plays
// after it is as it is. SEGUE_MUTATIONS and SEGUE_SEED say how many and which (npm run proof:mutations: 10,000).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMutations } from '../support/mutation-run.ts';
import { writeSpecimens } from '../support/mutation-work.ts';
import { plant, plantingEnvironment, uproot } from '../support/plant.ts';
import { scratchFolder } from '../support/scratch.ts';

const COUNT = Number(process.env.SEGUE_MUTATIONS ?? 500);
const SEED = Number(process.env.SEGUE_SEED ?? 20_261_121);
/** Of the second half over the first: by then pools and heaps are as large as they get. */
const MOST_GROWTH_BYTES = 32 * 1024 * 1024;
const folder = scratchFolder('mutations');

test(`${COUNT} mutated files (seed ${SEED}): always an outcome, no crash, no hang, no leak`, {
  timeout: 120_000 + 200 * COUNT,
}, async () => {
  writeSpecimens(folder);
  const { read, outcomes, faults, sizes } = await runMutations({ folder, seed: SEED, count: COUNT });
  assert.deepEqual(faults, []);
  assert.equal(read, COUNT);
  // The damage is neither so small that nothing fails nor so large that nothing is read.
  const kinds = [...outcomes.keys()].join(' ');
  for (const kind of ['refused', 'decoded', 'concealed', 'failed', 'natural', 'early'])
    assert.ok(kinds.includes(kind), `no file was ${kind}: ${kinds}`);
  const early = sizes.filter(({ number }) => number < COUNT / 2);
  const late = sizes.filter(({ number }) => number >= COUNT / 2);
  const most = (list: typeof sizes, of: 'rssBytes' | 'handles') => Math.max(...list.map((size) => size[of]));
  assert.ok(most(late, 'handles') <= most(early, 'handles'), `open files: ${most(late, 'handles')}`);
  const growth = most(late, 'rssBytes') - most(early, 'rssBytes');
  assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${Math.round(growth / 1e6)} MB`);
});

test('a file that crashes or hangs its reader is named, and the others are read', async () => {
  const environment = plantingEnvironment(folder);
  writeSpecimens(folder);
  // Number 0 of any seed has the body of the first specimen.
  const first = `${folder}/mutated-flac.flac`;
  for (const [kind, words] of [
    ['crash', /^0 \(\w+ flac\.flac\): it ended the process, .*SIGSEGV$/],
    ['hang', /^0 \(\w+ flac\.flac\): it hung the process$/],
  ] as const) {
    plant(kind, first);
    const verdict = await runMutations({ folder, seed: 1, count: 3, environment, hangMs: 8000 });
    uproot(first);
    assert.equal(verdict.faults.length, 1);
    assert.match(verdict.faults[0] ?? '', words);
    assert.equal(verdict.read, 2);
  }
});
