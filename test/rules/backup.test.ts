// Backups come by themselves, one at a time, and what goes wrong with them is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stubAppliance } from '../support/stub-appliance.ts';

const halfMinute = { nowMs: 0 };

test('BackUpWhenDue writes what is due, and nothing else', async () => {
  const stub = stubAppliance();
  stub.settings.autoplay = false;
  let due: string[] = [];
  stub.queries['Backup.due'] = () => due.map((kind) => ({ kind }));
  stub.engine.emit('Appliance', 'halfMinute', halfMinute);
  await stub.settle();
  assert.deepEqual(stub.of('Backup.run'), []);
  due = ['database'];
  let finish: (answer: object) => void = () => {};
  stub.actions['Backup.run'] = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  stub.engine.emit('Appliance', 'halfMinute', halfMinute);
  due = [];
  stub.engine.emit('Appliance', 'halfMinute', halfMinute);
  finish({ kind: 'database', name: 'a.db', bytes: 1, written: true });
  await stub.settle();
  assert.deepEqual(stub.of('Backup.run'), [{ kind: 'database', why: 'due' }]);
  const [flow] = stub.engine.trace.findFlowsOf((record) => record.name === 'Backup.run');
  const run = flow?.records.find(({ name }) => name === 'Backup.run');
  assert.equal(run?.rule, 'BackUpWhenDue');
  assert.deepEqual(run?.output, { kind: 'database', name: 'a.db', bytes: 1, written: true });
});

test('one that fails is told to everybody connected', async () => {
  const stub = stubAppliance();
  const message = 'The backup of the database could not be written: the disk is full.';
  stub.engine.emit('Backup', 'failed', { kind: 'database', message });
  await stub.settle();
  assert.deepEqual(stub.of('Panel.broadcast'), [{ topic: 'notice', data: { level: 'warning', message } }]);
});
