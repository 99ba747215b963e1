// When what was committed is brought onto the disk: before an answer, and some seconds after what nobody waits for.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import { createDurable, type Disk, type Durable, SOON_MS } from '../../../daemon/adapters/store/durable.ts';

let folder: string;
let db: Database.Database;
let durable: Durable;
let said: string[];
let timers: { ms: number; run: () => void }[];
let pending: ((error: Error | null) => void)[];
let fault: Error | null;
const errors: Error[] = [];

const disk: Disk = {
  open: (path) => {
    said.push(`open ${path.split('/').at(-1)}`);
    return 7;
  },
  sync: () => {
    if (fault !== null) throw fault;
    said.push('sync');
  },
  syncLater: (_file, done) => {
    said.push('later');
    pending.push(done);
  },
  close: () => void said.push('close'),
};
const write = () => db.prepare('INSERT INTO t VALUES (1)').run();
const tick = () => {
  for (const { run } of timers.splice(0)) run();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segue-durable-'));
  const path = join(folder, 'segue.db');
  db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (x)');
  [said, timers, pending, fault] = [[], [], [], null];
  errors.length = 0;
  durable = createDurable({
    db,
    path,
    after: (ms, run) => {
      const timer = { ms, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    onError: (error) => errors.push(error),
    disk,
  });
});
afterEach(() => {
  durable.close();
  db.close();
  rmSync(folder, { recursive: true });
});

test('SQLite no longer waits for the disk by itself', () => {
  assert.equal(db.pragma('synchronous', { simple: true }), 1);
});

test('what somebody waits for is on the disk when now() returns; where nothing was written nothing is done', () => {
  durable.now();
  assert.deepEqual(said, []);
  write();
  durable.now();
  assert.deepEqual(said, ['open segue.db-wal', 'sync']);
  durable.now();
  assert.deepEqual(said, ['open segue.db-wal', 'sync']);
});

test('what nobody waits for goes there together, once', () => {
  durable.soon();
  assert.equal(timers.length, 0);
  for (let n = 0; n < 3; n += 1) {
    write();
    durable.soon();
  }
  assert.deepEqual(
    timers.map(({ ms }) => ms),
    [SOON_MS],
  );
  tick();
  assert.deepEqual(said, ['open segue.db-wal', 'later']);
  pending[0]?.(null);
  durable.soon();
  durable.now();
  assert.deepEqual([timers.length, said.length], [0, 2]);
});

test('what is written while the disk is at work is not taken for what is on it', () => {
  write();
  durable.soon();
  tick();
  write();
  pending[0]?.(null);
  durable.soon();
  assert.equal(timers.length, 1);
  durable.now();
  assert.equal(said.at(-1), 'sync');
  tick();
  assert.equal(said.at(-1), 'sync', 'now() has done what was put off');
});

test('a disk that fails fails the one who waits, and is tried again for the others', () => {
  write();
  fault = new Error('EIO');
  assert.throws(() => durable.now(), /EIO/);
  fault = null;
  durable.now();
  assert.deepEqual(said, ['open segue.db-wal', 'sync']);
  write();
  durable.soon();
  tick();
  pending[0]?.(new Error('EIO'));
  assert.match(String(errors[0]), /EIO/);
  tick();
  assert.deepEqual(said.slice(2), ['later', 'later']);
});

test('closed while the disk is at work, the file is let go of only then, and nothing follows', () => {
  write();
  durable.soon();
  tick();
  durable.close();
  assert.equal(said.at(-1), 'later');
  pending[0]?.(new Error('EIO'));
  assert.deepEqual([said.at(-1), errors.length, timers.length], ['close', 0, 0]);
});

test('the real disk', async () => {
  const real = createDurable({
    db,
    path: join(folder, 'segue.db'),
    after: (_ms, run) => {
      setImmediate(run);
      return () => {};
    },
    onError: (error) => errors.push(error),
  });
  write();
  real.now();
  write();
  real.soon();
  await new Promise((resolve) => setTimeout(resolve, 200));
  real.close();
  assert.deepEqual(errors, []);
});
