// trace.db: what is kept, how it is read back, and that it is disposable.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Database from 'better-sqlite3';
import { openTraceDb, type TraceDb, type TraceDbOptions } from '../../../daemon/adapters/store/trace-db.ts';
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
  return { id, startedAtMs: number, origin, routine: false, names: () => ['Log.write'], view: () => view };
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

  it('begins anew when the file is no database', () => {
    const path = join(folder, 'damaged.db');
    writeFileSync(path, 'this is no database, but long enough to be taken for one'.repeat(100));
    const { db } = open({ path });
    db.add(fakeFlow(1));
    assert.ok(db.flow('boot-1'));
    db.close();
  });

  it('drops what cannot be serialised, and keeps the others', () => {
    const { db } = open();
    db.add({ ...fakeFlow(1), view: () => assert.fail('no plain data') });
    db.add(fakeFlow(2));
    db.flush();
    assert.deepEqual(db.counts(), { flows: 1, waiting: 0, dropped: 1 });
    db.close();
  });

  it('drops and counts the oldest of what the disk does not take, and throws at nobody', () => {
    const errors: string[] = [];
    const { db, path } = open({ flushFlows: 512, onError: (message) => errors.push(message) });
    const other = new Database(path);
    other.exec('BEGIN EXCLUSIVE');
    for (let n = 1; n <= 512 * 3; n++) db.add(fakeFlow(n));
    assert.equal(errors.length, 3);
    assert.deepEqual(db.counts(), { flows: 0, waiting: 1024, dropped: 512 });
    other.exec('ROLLBACK');
    other.close();
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
