import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Count, countStart, countStarts, whySafe } from '../../daemon/safe-mode.ts';
import { temporaryFolder } from '../support/daemon.ts';

const folder = temporaryFolder('safe-mode');
after(folder.remove);

test('three crashes within ten minutes, on one run of the machine', () => {
  const crashed = (...atS: number[]) =>
    atS.reduce<Count>((count, nowS) => countStart(count, 'm1', nowS), countStart(null, 'm1', 0));
  assert.equal(whySafe('auto', crashed()), null);
  assert.equal(whySafe('auto', crashed(10, 20)), null);
  assert.match(whySafe('auto', crashed(10, 20, 30)) ?? '', /^Segue crashed 3 times within ten minutes/);
  // The first of them is forgotten after ten minutes, and safe mode lasts as long as it crashes.
  assert.equal(whySafe('auto', crashed(10, 20, 610)), null);
  assert.notEqual(whySafe('auto', crashed(10, 20, 609)), null);
  assert.notEqual(whySafe('auto', crashed(10, 20, 30, 500, 600)), null);
  assert.equal(whySafe('auto', crashed(10, 20, 30, 700)), null);
  // The power went: nobody knows how often, and it is not ours.
  assert.deepEqual(countStart(crashed(10, 20, 30), 'm2', 5), { machine: 'm2', crashesAtS: [] });
});

test('a person may ask for it, and against it', () => {
  const calm = countStart(null, 'm1', 0);
  const often = { machine: 'm1', crashesAtS: [1, 2, 3] };
  assert.match(whySafe('on', calm) ?? '', /^Safe mode was asked for/);
  assert.equal(whySafe('off', often), null);
});

test('a start that was not ended is a crash; an orderly stop forgets them; one process is one start', () => {
  const file = join(folder.path, 'starts');
  let nowS = 1000;
  const start = () => {
    nowS += 5;
    return countStarts(file, 'm1', () => nowS);
  };
  for (let n = 0; n < 3; n++) assert.equal(start().begin('auto'), null);
  const safe = start();
  assert.notEqual(safe.begin('auto'), null);
  assert.notEqual(safe.begin('auto'), null, 'as after a restored database');
  safe.end();
  const next = start();
  assert.equal(next.begin('auto'), null);
  next.end();
  assert.equal(existsSync(file), false);
});

test('a count that cannot be read or kept is none', () => {
  const file = join(folder.path, 'torn');
  for (const text of ['', '{"machine":"m1","crash', '{"machine":"m1"}', 'null', '{"crashesAtS":5}']) {
    writeFileSync(file, text);
    assert.equal(countStarts(file, 'm1', () => 1).begin('auto'), null);
  }
  const nowhere = countStarts(join(folder.path, 'no', 'where'), 'm1', () => 1);
  assert.equal(nowhere.begin('auto'), null);
  nowhere.end();
});
