// What is kept of selections: the last 20,000, those that still wait, and the targets that any of them names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirectorStore } from '../../../daemon/concepts/director/store.ts';
import { openMemory } from '../../support/database.ts';
import { addSyntheticLibrary } from '../../support/synthetic.ts';

const KEPT = 20_000;
/** How far the store may be behind: selections, and targets that none of them names. */
const LAG = 256;
const TARGET_LAG = 4096;

test('selections are kept for some weeks, and as long as they wait; targets as long as one is named', () => {
  const db = openMemory();
  const { save, find } = createDirectorStore(db);
  const chosen = (flavor: string) => save({ passage: 1, chosenAtMs: 1, seed: 1, flavor, facts: '{}' });
  addSyntheticLibrary(db, 1, 1);
  const waits = chosen('waits');
  db.prepare(
    "INSERT INTO queue (passage, place, source, selection, added_at_ms) VALUES (1, 1, 'auto', ?, 1)",
  ).run(waits);
  const old = chosen('old');
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  for (let i = 0; i < KEPT + TARGET_LAG; i++) chosen(`target ${i % 3}`);
  assert.ok(count('selections') <= KEPT + LAG + 1, `${count('selections')} selections`);
  assert.ok(count('selections') > KEPT);
  assert.equal(find(waits)?.flavor, 'waits', 'what waits keeps its reasons');
  assert.equal(find(old), undefined);
  const targets = db.prepare('SELECT flavor FROM selection_targets ORDER BY flavor').pluck().all();
  assert.deepEqual(targets, ['target 0', 'target 1', 'target 2', 'waits']);
  db.close();
});
