// The routes of the backups and segue db backup, over the fake radio.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '../../support/fake-daemon.ts';

let daemon: FakeDaemon;
before(async () => {
  daemon = await startFakeDaemon();
});
after(() => daemon.close());
afterEach(() => {
  daemon.radio.backups = [];
  daemon.radio.answers.clear();
});

async function call(method: string): Promise<{ status: number; json: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${daemon.url}/api/v1/backups`, { method, headers });
  return { status: response.status, json: await response.json() };
}

test('both kinds are written and listed', async () => {
  assert.deepEqual((await call('GET')).json, { backups: [] });
  const { status, json } = await call('POST');
  assert.equal(status, 201);
  const [database, exported] = ['segue-000000000000001.db', 'export-000000000000001.jsonl'];
  assert.deepEqual(json, {
    backups: [
      { kind: 'database', name: database, bytes: 2048, written: true },
      { kind: 'export', name: exported, bytes: 2048, written: true },
    ],
  });
  const listed = (await call('GET')).json as { backups: { name: string }[] };
  assert.deepEqual(
    listed.backups.map(({ name }) => name),
    [exported, database],
  );
});

test('a failure has its status, and ends it', async () => {
  const fail = (error: string) => daemon.radio.answer('Backup.run', () => ({ error, message: 'No room.' }));
  fail('ALREADY_RUNNING');
  assert.equal((await call('POST')).status, 409);
  fail('BACKUP_FAILED');
  assert.equal((await call('POST')).status, 500);
  assert.equal((await daemon.run('db', 'backup')).code, 1);
});

test('segue db backup', async () => {
  assert.equal((await daemon.run('db', 'backup', '--list')).out, 'There is no backup yet.\n');
  const first = await daemon.run('db', 'backup');
  assert.match(first.out, /^Written: segue-\d+\.db, 2\.0 KiB\.\nWritten: export-\d+\.jsonl, 2\.0 KiB\.\n$/);
  const again = await daemon.run('db', 'backup');
  assert.match(again.out, /export-\d+\.jsonl is up to date/);
  assert.match((await daemon.run('db', 'backup', '--list')).out, /export +2\.0 KiB +export-\d+\.jsonl/);
});
