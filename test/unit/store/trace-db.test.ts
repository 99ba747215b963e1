// trace.db: what is kept, how it is read back, and that it is disposable.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Database from 'better-sqlite3';
import { openTraceDb, type TraceDb, type TraceDbOptions } from '../../../daemon/adapters/store/trace-db.ts';
import { openTraceStore } from '../../../daemon/adapters/store/trace-store.ts';
import type { EndedFlow } from '../../../sync/engine/index.ts';
import { rule, type ToyEngine, test, toyEngine } from '../sync/toy.ts';

let folder = '';
let files = 0;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'segue-trace-'));
});
after(() => rmSync(folder, { recursive: true }));

function open(options: Partial<TraceDbOptions> = {}): { db: TraceDb; path: string } {
  const path = options.path ?? join(folder, `${files++}.db`);
  return { path, db: openTraceDb({ decisive: ['Log.write'], flushMs: 60_000, ...options, path }) };
}

/** A ring leads to a line: the first is no decision, the second is. */
function engineInto(db: TraceDb): ToyEngine {
  const toy = toyEngine({ onFlowEnd: (flow) => db.add(flow) });
  toy.engine.use([
    rule('LogRing', 'Each ring.')
      .when('Bell.ring', { tone: '?tone' })
      .filter(({ tone }) => tone > 0)
      .thenDo('Log.write', ({ tone }) => ({ text: `ring ${tone}` })),
  ]);
  return toy;
}

function fakeFlow(number: number): EndedFlow {
  const id = `boot-${number}`;
  const origin = { door: 'test' } as const;
  const view = {
    id,
    startedAtMs: number,
    origin,
    causedBy: [],
    causedFlows: [],
    records: [],
    activations: [],
  };
  const compact = () => ({ o: origin, r: [], a: [] });
  return {
    id,
    startedAtMs: number,
    origin,
    routine: false,
    names: () => ['Log.write'],
    view: () => view,
    compact,
  };
}

describe('trace.db', () => {
  it('gives back what the engine recorded, word for word', async () => {
    const { db, path } = open();
    const toy = engineInto(db);
    await toy.engine.run('Bell', 'ring', { tone: 5 }, test);
    const [flow] = toy.engine.trace.flows();
    assert.ok(flow);
    assert.equal(flow.records.length, 2);
    assert.deepEqual(db.flow(flow.id), flow);
    db.close();
    const again = open({ path }).db;
    assert.deepEqual(again.flow(flow.id), flow);
    assert.deepEqual(again.newest(1), [flow]);
    assert.deepEqual(again.between(flow.startedAtMs, flow.startedAtMs), [flow]);
    assert.deepEqual(again.between(0, 1), []);
    assert.equal(again.flow('other-1'), undefined);
    again.close();
  });

  it('keeps decisions, everything, or nothing', async () => {
    for (const [mode, expected] of [
      ['decisions', 1],
      ['all', 2],
      ['off', 0],
    ] as const) {
      const { db } = open({ mode });
      const toy = engineInto(db);
      await toy.engine.run('Bell', 'ring', { tone: 0 }, test);
      await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
      db.flush();
      assert.equal(db.counts().flows, expected, mode);
      db.close();
    }
  });

  it('writes a batch when it is full, and not before', () => {
    const { db } = open({ flushFlows: 4 });
    for (let n = 1; n <= 3; n++) db.add(fakeFlow(n));
    assert.deepEqual(db.counts(), { flows: 0, waiting: 3, dropped: 0 });
    db.add(fakeFlow(4));
    assert.deepEqual(db.counts(), { flows: 4, waiting: 0, dropped: 0 });
    db.close();
  });

  it('forgets the oldest beyond its limit', () => {
    const { db } = open({ maxFlows: 100 });
    for (let n = 1; n <= 1500; n++) db.add(fakeFlow(n));
    db.flush();
    assert.ok(db.counts().flows < 600);
    assert.equal(db.flow('boot-1'), undefined);
    assert.ok(db.flow('boot-1500'));
    db.close();
  });

  it('drops what cannot be serialised, and keeps the others', () => {
    const { db } = open();
    db.add({ ...fakeFlow(1), compact: () => assert.fail('no plain data') });
    db.add(fakeFlow(2));
    db.flush();
    assert.deepEqual(db.counts(), { flows: 1, waiting: 0, dropped: 1 });
    db.close();
  });

  it('drops and counts the oldest of what the disk does not take, and throws at nobody', () => {
    const errors: string[] = [];
    let isFull = true;
    const { db } = open({
      flushFlows: 512,
      onError: (message) => errors.push(message),
      openStore(path) {
        const store = openTraceStore(path);
        return {
          ...store,
          insert(flows) {
            if (isFull) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
            return store.insert(flows);
          },
        };
      },
    });
    for (let n = 1; n <= 512 * 3; n++) db.add(fakeFlow(n));
    assert.equal(errors.length, 3);
    assert.deepEqual(db.counts(), { flows: 0, waiting: 1024, dropped: 512 });
    isFull = false;
    db.flush();
    assert.deepEqual(db.counts(), { flows: 1024, waiting: 0, dropped: 512 });
    assert.equal(db.flow('boot-512'), undefined);
    assert.ok(db.flow('boot-513'));
    db.close();
  });

  it('keeps to memory where no file can be', () => {
    const errors: string[] = [];
    const { db } = open({ path: join(folder, 'no', 'such', 'folder.db'), onError: (m) => errors.push(m) });
    db.add(fakeFlow(1));
    assert.ok(db.flow('boot-1'));
    assert.equal(errors.length, 1);
    db.close();
  });
});

/** A trace.db with 300 flows in it, as a daemon that has stopped leaves it. */
function written(): string {
  const { db, path } = open();
  for (let n = 1; n <= 300; n++) db.add(fakeFlow(n));
  db.close();
  return path;
}

/** Bytes that no run of the test has seen before, but always the same. */
function noise(length: number): Buffer {
  let seed = 99;
  return Buffer.from(
    Array.from({ length }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed >>> 24;
    }),
  );
}

describe('a trace.db that cannot be used', () => {
  const damages: readonly [string, (path: string) => void][] = [
    ['is no database', (path) => writeFileSync(path, 'no database, but long enough for one'.repeat(200))],
    ['is random bytes', (path) => writeFileSync(path, noise(40_000))],
    ['is cut off within its header', (path) => truncateSync(path, 50)],
    ['is cut off within its first page', (path) => truncateSync(path, 2000)],
    ['is cut off by half', (path) => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096)],
    [
      'has random bytes in its middle',
      (path) => {
        const bytes = readFileSync(path);
        noise(bytes.length - 4096).copy(bytes, 4096);
        writeFileSync(path, bytes);
      },
    ],
    [
      'has another form',
      (path) => {
        rmSync(path);
        const other = new Database(path);
        other.exec('CREATE TABLE flows (something TEXT)');
        other.close();
      },
    ],
    [
      'is a folder',
      (path) => {
        rmSync(path);
        mkdirSync(join(path, 'within'), { recursive: true });
      },
    ],
  ];
  for (const [what, damage] of damages)
    it(`that ${what} is put aside, and a new one begun`, () => {
      const path = written();
      damage(path);
      const errors: string[] = [];
      const { db } = open({ path, onError: (message) => errors.push(message) });
      // Damage that opening does not meet shows when it is read: once, then it is as new.
      db.newest(1000);
      db.search({}, null, 1000);
      db.add(fakeFlow(1001));
      assert.ok(db.flow('boot-1001'));
      assert.ok(errors.length >= 1, 'somebody is told');
      assert.ok(existsSync(`${path}.damaged`), 'it is kept for whoever wants to look at it');
      db.close();
      const again = open({ path, onError: () => assert.fail('the new one is in order') }).db;
      assert.deepEqual(
        again.newest(10).map(({ id }) => id),
        ['boot-1001'],
      );
      again.close();
    });

  it('a second one takes the place of the first that was put aside', () => {
    const path = written();
    for (const text of ['first', 'second']) {
      writeFileSync(path, text.repeat(1000));
      open({ path }).db.close();
    }
    assert.match(readFileSync(`${path}.damaged`, 'utf8'), /^second/);
  });

  it('a row that cannot be read is passed over', () => {
    const path = written();
    const other = new Database(path);
    other.exec(
      `UPDATE flows SET doc = '{"o":' WHERE key % 2 = 0; UPDATE flows SET doc = '{}' WHERE key % 3 = 0`,
    );
    other.close();
    const { db } = open({ path, onError: () => assert.fail('no reason to begin anew') });
    assert.equal(db.newest(1000).length, 100);
    assert.equal(db.search({}, null, 1000).flows.length, 100);
    assert.equal(db.flow('boot-300'), undefined);
    db.close();
  });

  it('in a place where nothing may be written: it goes on in memory, and touches nothing', () => {
    const path = written();
    const before = readFileSync(path);
    const isRoot = process.getuid?.() === 0;
    chmodSync(folder, 0o555);
    chmodSync(path, 0o444);
    if (isRoot) process.seteuid?.(65_534);
    try {
      const errors: string[] = [];
      const { db } = open({ path, onError: (message) => errors.push(message) });
      db.add(fakeFlow(5));
      assert.ok(db.flow('boot-5'));
      assert.deepEqual(errors, ['the trace cannot be kept on disk']);
      db.close();
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder, 0o755);
      chmodSync(path, 0o644);
    }
    assert.deepEqual(readFileSync(path), before);
    assert.equal(existsSync(`${path}.damaged`), false);
  });
});

describe('what is written for it', () => {
  it('is counted by what the thread hands to the kernel, in all and for the last hour', () => {
    let ms = 0;
    let bytes = 1000;
    const { db } = open({ flushFlows: 2, monotonicMs: () => ms, writtenBytes: () => bytes });
    const flush = (nowMs: number) => {
      ms = nowMs;
      const writing = () => {
        bytes += 700;
        return fakeFlow(1).compact();
      };
      db.add({ ...fakeFlow(nowMs + 1), compact: writing });
      db.add(fakeFlow(nowMs + 2));
    };
    flush(60_000);
    flush(120_000);
    bytes += 99_999;
    assert.equal(db.size().writtenBytes, 1400);
    assert.equal(db.size().writtenLastHourBytes, 1400);
    flush(61 * 60_000);
    assert.equal(db.size().writtenBytes, 2100);
    assert.equal(db.size().writtenLastHourBytes, 1400);
    ms = 500 * 60_000;
    assert.equal(db.size().writtenLastHourBytes, 0);
    assert.equal(db.size().measuredMs, ms);
    db.close();
  });

  it('is known on this machine: no less than the flows themselves, and nothing while nothing happens', () => {
    const { db, path } = open();
    const text = 'x'.repeat(2000);
    const compact = { ...fakeFlow(1).compact(), o: { door: 'test' as const, who: text } };
    for (let n = 1; n <= 100; n++) db.add({ ...fakeFlow(n), compact: () => compact });
    db.flush();
    const { writtenBytes, fileBytes, flows, mode } = db.size();
    assert.ok(
      writtenBytes !== null && writtenBytes >= 200_000 && writtenBytes < 1_000_000,
      `${writtenBytes}`,
    );
    assert.ok(fileBytes >= 200_000);
    assert.deepEqual([flows, mode], [100, 'decisions']);
    writeFileSync(`${path}.other`, text.repeat(100));
    assert.equal(db.size().writtenBytes, writtenBytes);
    db.close();
  });

  it('is not known where the kernel does not tell', () => {
    const { db } = open({ writtenBytes: () => null });
    db.add(fakeFlow(1));
    assert.equal(db.size().writtenBytes, null);
    assert.equal(db.size().writtenLastHourBytes, null);
    db.close();
  });
});
