// When what was committed is brought onto the disk: before an answer, and some seconds after what nobody waits for.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import {
  createDurable,
  type Disk,
  type Durable,
  LOG_BYTES,
  SOON_MS,
} from '../../../daemon/adapters/store/durable.ts';

let folder: string;
let db: Database.Database;
let durable: Durable;
let said: string[];
let timers: { ms: number; run: () => void }[];
let pending: ((error: Error | null) => void)[];
let fault: Error | null;
const errors: Error[] = [];

const disk: Disk = {
  lengthen: () => {},
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
  const real = realDurable();
  write();
  real.now();
  write();
  real.soon();
  await new Promise((resolve) => setTimeout(resolve, 200));
  real.close();
  assert.deepEqual(errors, []);
});

test('the log is as long as it gets from the start, whatever is written, and what is behind its last frame is nothing', () => {
  const log = join(folder, 'segue.db-wal');
  const length = () => statSync(log).size;
  assert.ok(length() < LOG_BYTES);
  const real = realDurable();
  const lengths = new Set<number>();
  const rows = 3000;
  // Several times its length, each row a transaction with a page of its own at least.
  db.exec('CREATE TABLE wide (n INTEGER PRIMARY KEY, x BLOB)');
  const add = db.prepare('INSERT INTO wide VALUES (?, zeroblob(3000))');
  for (let n = 1; n <= rows; n++) {
    add.run(n);
    lengths.add(length());
    if (n % 500 > 0) continue;
    // As after a kill: what is on the disk now, opened anew.
    for (const part of ['', '-wal'])
      copyFileSync(join(folder, `segue.db${part}`), join(folder, `copy.db${part}`));
    const copy = new Database(join(folder, 'copy.db'));
    assert.equal(copy.prepare('SELECT count(*) FROM wide').pluck().get(), n);
    assert.equal(copy.pragma('integrity_check', { simple: true }), 'ok');
    copy.close();
  }
  assert.deepEqual([...lengths], [LOG_BYTES]);
  real.close();
  assert.deepEqual(errors, []);
});

test('where the log cannot be made longer, it grows as it is needed', () => {
  const full = new Error('ENOSPC');
  const other = realDurable({
    ...disk,
    lengthen() {
      throw full;
    },
  });
  assert.deepEqual(errors, [full]);
  write();
  other.now();
  other.close();
});

function realDurable(use?: Disk): Durable {
  return createDurable({
    db,
    path: join(folder, 'segue.db'),
    after: (_ms, run) => {
      setImmediate(run);
      return () => {};
    },
    onError: (error) => errors.push(error),
    ...(use && { disk: use }),
  });
}
