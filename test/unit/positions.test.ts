import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createPositions } from '../../daemon/positions.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { openMemory } from '../support/database.ts';
import { handClock } from '../support/ports.ts';

const folder = temporaryFolder('positions');
after(folder.remove);

function fresh(name: string) {
  const db = openMemory();
  db.pragma('foreign_keys = OFF');
  const clock = handClock();
  const warnings: string[] = [];
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, error: quiet, warn: (text: string) => void warnings.push(text) };
  const file = join(folder.path, name, 'position');
  const create = () => createPositions(db, file, clock, log);
  return { file, clock, warnings, create };
}
test('the mirrored position outlives the process, the newest of mirror and database counts', () => {
  const { clock, create } = fresh('both');
  const positions = create();
  assert.equal(positions.load(), null);
  positions.save(7, 1000.9);
  assert.deepEqual(create().load(), { entry: 7, positionMs: 1000 });
  clock.pass(1000);
  positions.mirror(123_456_789, 2_345.67);
  const found = create().load();
  assert.deepEqual([found?.entry, found?.positionMs], [123_456_789, 2345]);
  // Shorter than what stood there: nothing of the longer one is left.
  clock.pass(1000);
  positions.mirror(8, 5);
  assert.equal(create().load()?.entry, 8);
  clock.pass(1000);
  positions.save(9, 20);
  assert.deepEqual(create().load(), { entry: 9, positionMs: 20 });
});

test('a mirror that is no position is passed over', () => {
  const { file, create } = fresh('broken');
  create().save(3, 40);
  writeFileSync(file, '{"entry":'.repeat(30));
  assert.deepEqual(create().load(), { entry: 3, positionMs: 40 });
});

test('a kill between two stores costs the record that was being written, not the one before it', () => {
  const { file, clock, create } = fresh('torn');
  const positions = create();
  for (const positionMs of [1000, 2000, 3000]) {
    clock.pass(1000);
    positions.mirror(4, positionMs);
  }
  const bytes = readFileSync(file);
  const records = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const newest = records.indexOf(3);
  assert.equal(records[newest + 2], 3000);
  // Its last store has not come.
  records[newest + 4] = 1;
  writeFileSync(file, bytes);
  assert.deepEqual(create().load()?.positionMs, 2000);
});

test('a place that cannot be written is said once and costs only the mirror', () => {
  const { warnings, create } = fresh('refused-file/deep');
  writeFileSync(join(folder.path, 'refused-file'), '');
  const positions = create();
  positions.mirror(5, 100);
  positions.mirror(5, 200);
  assert.equal(warnings.length, 1);
  positions.save(5, 300);
  assert.deepEqual(positions.load(), { entry: 5, positionMs: 300 });
});
