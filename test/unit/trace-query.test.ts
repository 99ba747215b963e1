// Questions to the trace over memory and trace.db together: every flow once, newest first, in pages of any size; causes
// and effects across flows, also of flows that memory has forgotten.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openTraceDb, type TraceDb } from '../../daemon/adapters/store/trace-db.ts';
import { createTraceQueries, type TraceQueries } from '../../daemon/trace-query.ts';
import type { FlowFilter, FlowView } from '../../sync/engine/index.ts';
import { rule, type ToyEngine, test, toyEngine } from './sync/toy.ts';

const NOW_MS = 1_700_000_000_000;
let folder = '';
let db: TraceDb;
let toy: ToyEngine;
let queries: TraceQueries;
/** Every flow there ever was, newest first. */
const all: FlowView[] = [];

/** One run of the daemon: `memory` flows are remembered, all are saved. */
function start(boot: string, memory: number, atMs: number): ToyEngine {
  let last = 0;
  const own = toyEngine({
    ids: { boot, next: () => ++last },
    limits: { tracedFlows: memory },
    onFlowEnd: (flow) => {
      db.add(flow);
      all.unshift(flow.view());
    },
  });
  own.clock.ms = atMs;
  own.bell.ring = ({ tone }) => {
    if (tone % 7 === 0) own.engine.emit('Bell', 'changed', { tone });
    return { rung: tone };
  };
  own.engine.use([
    rule('WriteFifth', 'Each fifth ring.')
      .when('Bell.ring', { tone: '?tone' })
      .filter(({ tone }) => tone % 5 === 0)
      .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    rule('WriteChange', 'Each change.').when('Bell.changed').thenDo('Log.write', { text: 'changed' }),
  ]);
  return own;
}

async function ring(own: ToyEngine, times: number): Promise<void> {
  for (let tone = 1; tone <= times; tone++) {
    await own.engine.run('Bell', tone % 3 === 0 ? 'slow' : 'ring', { tone }, test);
    await own.engine.idle();
    own.clock.ms += 1000;
  }
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'segue-queries-'));
  const path = join(folder, 'trace.db');
  db = openTraceDb({ path, decisive: [], mode: 'all', flushMs: 60_000 });
  await ring(start('first-boot', 1000, 0), 1500);
  await ring(start('second', 1000, 5_000_000), 300);
  toy = start('third', 60, 9_000_000);
  await ring(toy, 300);
  queries = createTraceQueries(toy.engine.trace, db, 'third');
});
after(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function everyPage(filter: FlowFilter, limit: number): { flows: FlowView[]; pages: number } {
  const flows: FlowView[] = [];
  for (let before: string | null = null, pages = 1; ; pages++) {
    const page = queries.find(filter, { limit, before });
    assert.ok(page.flows.length <= limit);
    flows.push(...page.flows);
    if (page.next === null) return { flows, pages };
    before = page.next;
    assert.ok(pages < 5000, 'the pages have no end');
  }
}
const ids = (flows: readonly FlowView[]) => flows.map(({ id }) => id);

describe('flows', () => {
  const filters: readonly [string, FlowFilter, (flow: FlowView) => boolean][] = [
    ['all of them', {}, () => true],
    ['by rule', { rule: 'WriteChange' }, (f) => f.activations.some((a) => a.rule === 'WriteChange')],
    ['by what', { what: 'Log.write' }, (f) => f.records.some((r) => r.name === 'Log.write')],
    ['by a part of a name: none', { what: 'Log.writ' }, () => false],
    [
      'by time',
      { sinceMs: NOW_MS + 1_400_000, untilMs: NOW_MS + 9_050_000 },
      (f) => f.startedAtMs >= NOW_MS + 1_400_000 && f.startedAtMs <= NOW_MS + 9_050_000,
    ],
    [
      'by all three',
      { rule: 'WriteFifth', what: 'Log.write', sinceMs: NOW_MS + 100_000, untilMs: NOW_MS + 200_000 },
      (f) =>
        f.records.some((r) => r.name === 'Log.write' && r.rule === 'WriteFifth') &&
        f.startedAtMs >= NOW_MS + 100_000 &&
        f.startedAtMs <= NOW_MS + 200_000,
    ],
    ['of a time without any', { sinceMs: NOW_MS + 6_000_000, untilMs: NOW_MS + 7_000_000 }, () => false],
  ];
  for (const [what, filter, holds] of filters)
    it(`${what}: each once, newest first, in pages of any size`, () => {
      const wanted = ids(all.filter(holds));
      for (const limit of [1000, 97, 20])
        assert.deepEqual(ids(everyPage(filter, limit).flows), wanted, `${limit}`);
    });

  it('come with what happened in them, from either place', () => {
    const { flows } = everyPage({ what: 'Log.write' }, 1000);
    assert.ok(toy.engine.trace.size.flows < 200, 'most are on disk only');
    const known = new Map(all.map((flow) => [flow.id, flow]));
    for (const flow of flows) assert.deepEqual(flow.records, known.get(flow.id)?.records);
  });

  it('a page looks at a thousand saved flows at most: it may be empty and not the last', () => {
    const filter = { what: 'Bell.ring', untilMs: NOW_MS + 1 };
    assert.equal(queries.find(filter, { limit: 5, before: null }).flows.length, 1);
    const rare = { rule: 'Nothing' };
    assert.ok(everyPage(rare, 1000).pages >= 2);
  });

  it('are found without a file, and with none in memory', () => {
    const memoryOnly = createTraceQueries(toy.engine.trace, null, 'third');
    const { flows, next } = memoryOnly.find({}, { limit: 1000, before: null });
    assert.ok(flows.length > 50 && next === null);
    const empty = { flow: () => undefined, flows: () => [] };
    assert.deepEqual(
      ids(createTraceQueries(empty, db, 'fourth').find({}, { limit: 3, before: null }).flows),
      ids(all.slice(0, 3)),
    );
  });
});

describe('causes and effects', () => {
  it('are walked across flows, also of an earlier run of the daemon', () => {
    for (const boot of ['first-boot', 'third']) {
      const change = all.find((flow) => flow.id.startsWith(boot) && flow.records[0]?.name === 'Bell.changed');
      const write = change?.records.at(-1);
      assert.ok(change && write);
      const up = queries.up(write.id);
      assert.deepEqual(
        up?.records.map(({ name }) => name),
        ['Log.write', 'Bell.changed', 'Bell.ring'],
      );
      assert.equal(up?.isCut, false);
      const root = up?.records.at(-1)?.id ?? '';
      const down = queries.down(root);
      assert.deepEqual(
        down?.records.map(({ name }) => name).filter((name) => name !== 'Log.write'),
        ['Bell.ring', 'Bell.changed'],
      );
      assert.ok(down?.records.some(({ id }) => id === write.id));
      // A flow alone means its root.
      assert.deepEqual(queries.down(root.slice(0, root.lastIndexOf('.'))), down);
    }
  });

  it('of what is not kept there is none', () => {
    for (const id of ['third-999999.0', 'third-1.99', 'nobody-1.0', 'nonsense', ''])
      assert.equal(queries.up(id), undefined, id);
  });
});
