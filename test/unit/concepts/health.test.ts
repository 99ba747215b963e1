import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeSystem } from '../../../daemon/adapters/files/system-probe.ts';
import { createHealth } from '../../../daemon/concepts/health/health.ts';
import type { SystemState } from '../../../daemon/concepts/health/judge.ts';
import type { Check, HealthVocabulary } from '../../../sync/vocabulary/health.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { recorder } from '../../support/ports.ts';

function fresh(state: Partial<SystemState> = {}) {
  const db = openMemory();
  const { emit, emitted } = recorder<HealthVocabulary>();
  const health = createHealth({
    db,
    emit,
    system: () => ({ diskFreeBytes: 1e9, memoryAvailableBytes: 1e8, written: null, ...state }),
  });
  const check = (name: Check['name']) => health.queries.checks({}).find((row) => row.name === name);
  return { db, health, emitted, check };
}

test('all is well on a machine with room and a library', () => {
  const { db, health } = fresh();
  addPassage(db);
  const rows = health.queries.checks({});
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['database', 'disk', 'memory', 'library'],
  );
  assert.ok(rows.every(({ ok, message }) => ok && message.length > 5));
});

test('a full disk and little memory say what to do; what cannot be asked is left out', () => {
  const { check } = fresh({ diskFreeBytes: 12e6, memoryAvailableBytes: 5e6 });
  assert.deepEqual([check('disk')?.ok, check('memory')?.ok], [false, false]);
  assert.match(check('disk')?.message ?? '', /Only 12 MB .* remove files/);
  const blind = fresh({ diskFreeBytes: null, memoryAvailableBytes: null });
  assert.equal(blind.check('disk'), undefined);
});

test('what is written to the card is told as so much a day, once that says something', () => {
  const message = (bytes: number, forS: number) => fresh({ written: { bytes, forS } }).check('disk')?.message;
  assert.equal(message(50e6, 600), '1000 MB are free.');
  assert.equal(
    message(12.2e6, 5.2 * 3600),
    '1000 MB are free. In 5.2 h since the system started 12 MB were written there: 56 MB a day.',
  );
});

test('the library: empty, a folder gone, all broken, or well with a few faults', () => {
  const { db, check } = fresh();
  assert.match(check('library')?.message ?? '', /no music yet/);
  addPassage(db, { state: 'broken' });
  assert.equal(check('library')?.ok, false);
  addPassage(db);
  assert.deepEqual(
    [check('library')?.ok, check('library')?.message],
    [true, '2 passages; 1 file cannot be played (see import failures).'],
  );
  db.exec('UPDATE music_folders SET available = 0');
  assert.match(check('library')?.message ?? '', /music folder \/music is not there/);
});

test('a note stands until the next one, a fault wins, and a turn is told once', () => {
  const { db, health, emitted, check } = fresh();
  addPassage(db);
  const note = (name: Check['name'], ok: boolean) =>
    health.actions.note({ name, ok, message: `${name} says ${ok}` });
  note('audio', true);
  note('device', false);
  note('device', false);
  assert.equal(check('device')?.message, 'device says false');
  note('device', true);
  note('database', false);
  assert.equal(check('database')?.ok, false);
  note('database', true);
  note('library', true);
  db.exec('UPDATE music_folders SET available = 0');
  assert.equal(check('library')?.ok, false, 'its own eyes win over a good word');
  assert.deepEqual(
    emitted.map(({ payload }) => payload),
    [{ ok: false }, { ok: true }, { ok: false }, { ok: true }],
  );
});

test('a closed database is a finding, not a crash', () => {
  const { db, check } = fresh();
  db.close();
  assert.equal(check('database')?.ok, false);
});

test('this machine answers', () => {
  const state = probeSystem('.');
  assert.ok((state.diskFreeBytes ?? 0) > 0 && (state.memoryAvailableBytes ?? 0) > 0);
  const { diskFreeBytes, written } = probeSystem('/nowhere/at/all');
  assert.deepEqual([diskFreeBytes, written], [null, null]);
});
