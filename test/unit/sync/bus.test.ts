// The bus over mitt: guarded, lazy, with lineage; and its history, whose indexes shrink with it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BusEvent, createBus, createIds } from '../../../sync/bus.ts';
import { keepHistory } from '../../../sync/bus-history.ts';
import { rule, test, toyEngine } from './toy.ts';

const newBus = (errors: string[] = []) =>
  createBus({ ids: createIds('boot'), nowMs: () => 5, onError: (type) => errors.push(type) });

describe('the bus', () => {
  it('does not build what nobody listens to', () => {
    const bus = newBus();
    let built = 0;
    const build = () => {
      built++;
      return { waiting: 1 };
    };
    assert.equal(bus.hasSubscribers('Queue.changed'), false);
    bus.emit('Queue.changed', build);
    assert.equal(built, 0);
    const stops = [bus.on('Queue.changed', () => {}), bus.on('Queue.changed', () => {})];
    assert.equal(bus.hasSubscribers('Queue.changed'), true);
    bus.emit('Queue.changed', build);
    assert.equal(built, 1);
    for (const stop of stops) stop();
    assert.equal(bus.hasSubscribers('Queue.changed'), false);
    bus.emit('Queue.changed', build);
    assert.equal(built, 1);
  });

  it('guards the others from a listener that throws, and reports it', () => {
    const errors: string[] = [];
    const bus = newBus(errors);
    const heard: number[] = [];
    bus.on('Queue.changed', () => {
      throw new Error('mine');
    });
    bus.onAny(() => {
      throw new Error('mine too');
    });
    bus.on('Queue.changed', (event) => heard.push(event.payload.waiting));
    bus.emit('Queue.changed', () => ({ waiting: 3 }));
    assert.deepEqual(heard, [3]);
    assert.deepEqual(errors, ['Queue.changed', '*']);
  });

  it('gives started and completed the same root, and failed too, for promises as well', async () => {
    const bus = newBus();
    const events: BusEvent[] = [];
    bus.onOperation('scan', (event) => events.push(event));
    assert.equal(
      bus.traced('scan', () => 7),
      7,
    );
    assert.equal(await bus.traced('scan', async () => 8), 8);
    assert.throws(() => bus.traced('scan', () => assert.fail('no')));
    await assert.rejects(bus.traced('scan', () => Promise.reject(new Error('no'))));
    assert.deepEqual(
      events.map((event) => event.type.slice(5)),
      ['started', 'completed', 'started', 'completed', 'started', 'failed', 'started', 'failed'],
    );
    for (let i = 0; i < events.length; i += 2) {
      const [start, end] = [events[i], events[i + 1]];
      assert.equal(end?.lineage.root, start?.lineage.root);
      assert.equal(end?.lineage.parent, start?.lineage.id);
      assert.notEqual(end?.lineage.id, start?.lineage.id);
    }
    assert.notEqual(events[0]?.lineage.root, events[2]?.lineage.root);
  });

  it('makes an operation within an operation its child', () => {
    const bus = newBus();
    const started: BusEvent[] = [];
    bus.on('inner:started' as 'Queue.changed', (event) => started.push(event));
    const outer = bus.traced('outer', (lineage) => {
      bus.traced('inner', () => 0, lineage);
      return lineage;
    });
    assert.equal(started[0]?.lineage.parent, outer.id);
    assert.equal(started[0]?.lineage.root, outer.root);
  });

  it('carries the events of the engine with their lineage', async () => {
    const ids = createIds('b');
    const bus = createBus<{ 'Bell.rang': { tone: number } }>({ ids, nowMs: () => 0, onError: () => {} });
    const toy = toyEngine({ bus, ids });
    const heard: BusEvent[] = [];
    bus.on('Bell.rang', (event) => heard.push(event));
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'rang', { tone });
      return { rung: tone };
    };
    toy.engine.use([rule('R', 'Rings.').when('Bell.say').thenDo('Bell.ring', { tone: 4 })]);
    await toy.engine.run('Bell', 'say', { word: 'ring' }, test);
    const [flow] = toy.engine.trace.flows();
    assert.deepEqual(heard[0]?.payload, { tone: 4 });
    assert.deepEqual(heard[0]?.lineage, {
      id: flow?.records[2]?.id,
      parent: flow?.records[1]?.id,
      root: flow?.records[0]?.id,
      flow: flow?.id,
    });
  });
});

describe('its history', () => {
  it('is a ring whose indexes shrink with it', () => {
    const bus = newBus();
    const history = keepHistory(bus, 10);
    for (let n = 0; n < 100; n++) bus.traced('work', () => n);
    assert.deepEqual(history.all().length, 10);
    const { events, ids, parents } = history.size;
    assert.equal(events, 10);
    assert.equal(ids, 10);
    assert.ok(parents <= 10);
    const [started, completed] = history.all();
    assert.ok(started && completed);
    assert.equal(history.byId(started.lineage.id), started);
    assert.deepEqual(history.childrenOf(started.lineage.id), [completed]);
    history.stop();
    assert.equal(bus.hasSubscribers('Queue.changed'), false);
    assert.deepEqual(history.size, { events: 0, ids: 0, parents: 0 });
  });
});
