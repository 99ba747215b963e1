// segue simulate, on a state directory without a daemon.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openStore } from '../../../daemon/adapters/store/open.ts';
import { segue } from '../../support/fake-daemon.ts';
import { addPassage } from '../../support/library.ts';
import { scratchFolder } from '../../support/scratch.ts';

const scratch = scratchFolder('cli-simulate');
const state = join(scratch, 'state');

before(() => {
  mkdirSync(state);
  const opened = openStore({ stateDir: state, nowMs: 1 });
  if ('error' in opened) return assert.fail(opened.message);
  const flavor = (high: number) => ({ 'local.energy': { high, low: 1 - high } });
  for (let n = 0; n < 30; n++) addPassage(opened.db, { seconds: 900, flavor: flavor(n / 30) });
  opened.db.close();
});

test('what played is told in words, and as it is', async () => {
  const { code, out, err } = await segue(state, 'simulate', '--days', '2', '--from', '2026-03-28');
  assert.equal(code, 0, err);
  assert.match(
    out,
    /^2 days, 19\d plays\.\nNever silent when music was to play\.\nNo cooldown was broken\.\nCooldowns were shortened for \d+ choices/,
  );
  assert.match(out, /30 of 30 passages played: at least \d+ times each/);
  assert.match(out, /Distance to the mood of the time[\s\S]*\n {2}night +\d+ plays +0\.\d+ +0\.\d+ +× \d/);
  const again = ['simulate', '--days', '1', '--seed', '7', '--from', '2026-03-28', '--skips', '10', '--json'];
  const [first, second] = [await segue(state, ...again), await segue(state, ...again)];
  assert.deepEqual(JSON.parse(first.out), JSON.parse(second.out));
  assert.ok(JSON.parse(first.out).skipped > 0);
});

test('what is not understood, and what is not there, is said', async () => {
  for (const words of [
    ['--days', '0'],
    ['--days', 'x'],
    ['--seed', '-1'],
    ['--skips', '101'],
    ['--from', 'soon'],
  ])
    assert.equal((await segue(state, 'simulate', ...words)).code, 2, words.join(' '));
  const none = await segue(join(scratch, 'nothing'), 'simulate');
  assert.equal(none.code, 1);
  assert.match(none.err, /start Segue once, or name its state directory with --state/);
});
