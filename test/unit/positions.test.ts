import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createPositions, readMirror } from '../../daemon/positions.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { openMemory } from '../support/database.ts';
import { handClock } from '../support/ports.ts';

const folder = temporaryFolder('positions');
after(folder.remove);

/** `mirror`: as the core does (native/addon/position_record.h; test/native/position-mirror.test.ts has it write, and this read). */
function fresh(name: string) {
  const db = openMemory();
  db.pragma('foreign_keys = OFF');
  const clock = handClock();
  const file = join(folder.path, name);
  const records = new Float64Array(16);
  let number = 0;
  const mirror = (entry: number, positionMs: number) => {
    number += 1;
    records.set([number, entry, positionMs, clock.nowMs(), number], 8 * (number % 2));
    writeFileSync(file, Buffer.from(records.buffer));
  };
  const create = () => createPositions(db, file, clock);
  return { file, clock, mirror, create };
}

test('the newest of mirror and database counts', () => {
  const { clock, mirror, create } = fresh('both');
  const positions = create();
  assert.equal(positions.last, null);
  positions.save(7, 1000.9);
  assert.equal(positions.last, null, 'it is of before this start');
  assert.deepEqual(create().last, { entry: 7, positionMs: 1000 });
  clock.pass(1000);
  mirror(123_456_789, 2_345);
  assert.deepEqual(create().last, { entry: 123_456_789, positionMs: 2345 });
  clock.pass(1000);
  mirror(8, 5);
  assert.equal(create().last?.entry, 8);
  clock.pass(1000);
  positions.save(9, 20);
  assert.deepEqual(create().last, { entry: 9, positionMs: 20 });
  // It stood still, and nothing sounds.
  positions.save(null, 0);
  assert.equal(create().last, null);
});

test('a mirror that is no position is passed over', () => {
  const { file, create } = fresh('broken');
  create().save(3, 40);
  for (const text of ['', 'short', '{"entry":'.repeat(30)]) {
    writeFileSync(file, text);
    assert.deepEqual(create().last, { entry: 3, positionMs: 40 });
  }
});

test('a kill between two stores costs the record that was being written, not the one before it', () => {
  const { file, clock, mirror } = fresh('torn');
  for (const positionMs of [1000, 2000, 3000]) {
    clock.pass(1000);
    mirror(4, positionMs);
  }
  const bytes = readFileSync(file);
  const records = new Float64Array(new Uint8Array(bytes).buffer);
  const newest = records.indexOf(3);
  assert.equal(records[newest + 2], 3000);
  // Its last store has not come.
  records[newest + 4] = 1;
  writeFileSync(file, Buffer.from(records.buffer));
  assert.equal(readMirror(file)?.positionMs, 2000);
});
