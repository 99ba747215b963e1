// The trace: what is kept, cut, redacted and evicted, and what is left of it when it is off.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rule, test, toyEngine } from './toy.ts';

describe('what is kept', () => {
  it('is evicted whole, the oldest first, by number', async () => {
    const toy = toyEngine({ limits: { tracedFlows: 10 } });
    for (let tone = 1; tone <= 25; tone++) await toy.engine.run('Bell', 'ring', { tone }, test);
    const flows = toy.engine.trace.flows({ limit: 100 });
    assert.equal(flows.length, 10);
    assert.deepEqual(flows[0]?.records[0]?.input, { tone: 25 });
    assert.deepEqual(flows.at(-1)?.records[0]?.input, { tone: 16 });
  });

  it('is evicted by bytes', async () => {
    const toy = toyEngine({ limits: { traceBytes: 20_000 } });
    for (let n = 0; n < 200; n++) await toy.engine.run('Bell', 'say', { word: 'x'.repeat(190) }, test);
    const { flows, bytes } = toy.engine.trace.size;
    assert.ok(bytes <= 20_000 && flows > 10 && flows < 40, `${flows} flows, ${bytes} bytes`);
  });

  it('keeps a few only of flows that come all day, and of those in which nothing was done', async () => {
    const toy = toyEngine({ routine: ['Bell.tick'], limits: { tracedRoutineFlows: 3 } });
    toy.engine.use([
      rule('Tick', 'Each tick.').when('Bell.tick').thenDo('Log.write', { text: 'tick' }),
      rule('Never', 'Nothing.')
        .when('Bell.rang')
        .filter(() => false)
        .thenDo('Log.write', { text: 'never' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    for (let n = 0; n < 20; n++) {
      toy.engine.emit('Bell', 'tick', {});
      toy.engine.emit('Bell', 'rang', { tone: n });
    }
    const names = toy.engine.trace.flows({ limit: 100 }).map((flow) => flow.records[0]?.name);
    assert.equal(names.length, 4);
    assert.equal(names.at(-1), 'Bell.ring');
  });

  it('keeps no flow in memory by being caused by it', async () => {
    const toy = toyEngine({ limits: { tracedFlows: 2 } });
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'changed', { tone });
      return { rung: tone };
    };
    toy.engine.use([rule('Log', 'Each change.').when('Bell.changed').thenDo('Log.write', { text: 'c' })]);
    for (let tone = 0; tone < 5; tone++) {
      await toy.engine.run('Bell', 'ring', { tone }, test);
      await toy.engine.idle();
    }
    await toy.engine.run('Bell', 'say', { word: 'last' }, test);
    const [, changed] = toy.engine.trace.flows();
    assert.equal(changed?.causedBy.length, 1);
    assert.equal(toy.engine.trace.flow(changed?.causedBy[0]?.split('.')[0] ?? ''), undefined);
    const path = toy.engine.trace.pathToRoot(changed?.records.at(-1)?.id ?? '').map((each) => each.name);
    assert.deepEqual(path, ['Log.write', 'Bell.changed']);
  });

  it('can be read while the flow is under way', async () => {
    const toy = toyEngine();
    let release: () => void = () => {};
    toy.bell.slow = () =>
      new Promise((resolve) => {
        release = () => resolve({ rung: 1 });
      });
    const answer = toy.engine.run('Bell', 'slow', { tone: 1 }, test);
    assert.deepEqual(toy.engine.trace.flow('b-1')?.records[0]?.input, { tone: 1 });
    assert.equal(toy.engine.trace.flow('b-1')?.records[0]?.output, null);
    const found = () => toy.engine.trace.findFlowsOf(({ name }) => name === 'Bell.slow').map(({ id }) => id);
    assert.deepEqual(found(), ['b-1']);
    release();
    await answer;
    assert.deepEqual(found(), ['b-1']);
    assert.deepEqual(toy.engine.trace.flow('b-1')?.records[0]?.output, { rung: 1 });
  });
});

describe('what is recorded', () => {
  it('cuts large values with a mark, and leaves the real ones alone', async () => {
    const toy = toyEngine();
    const heard: number[] = [];
    toy.bell.say = ({ word }) => {
      heard.push(word.length);
      return {};
    };
    await toy.engine.run('Bell', 'say', { word: 'x'.repeat(1000) }, test);
    const [flow] = toy.engine.trace.flows();
    assert.deepEqual(flow?.records[0]?.input, { word: `${'x'.repeat(200)}…(+800)` });
    assert.deepEqual(heard, [1000]);
    assert.ok(toy.engine.trace.size.bytes < 2000);
  });

  it('redacts sensitive fields before anything can be read, while under way and after', async () => {
    const toy = toyEngine({ sensitive: ['secret'] });
    const seen: (string | undefined)[] = [];
    let meanwhile: unknown;
    toy.bell.say = (input) => {
      seen.push(input.secret);
      meanwhile = toy.engine.trace.flows()[0]?.records[0]?.input;
      return {};
    };
    const { engine } = toy;
    toy.bell.slow = async ({ tone }) => ({ rung: tone });
    engine.use([
      rule('Wait', 'Waits.')
        .when('Bell.say', { secret: '?secret' })
        .thenDo('Bell.slow', { tone: 1 })
        .thenDo('Log.write', ({ secret }) => ({ text: `${secret.length}` })),
    ]);
    const answer = engine.run('Bell', 'say', { word: 'open', secret: 'sesame' }, test);
    const underWay = engine.trace.flow('b-1');
    await answer;
    await engine.idle();
    const ended = engine.trace.flow('b-1');
    for (const flow of [underWay, ended])
      assert.deepEqual(flow?.records[0]?.input, { word: 'open', secret: '[redacted]' });
    assert.equal(meanwhile, undefined);
    assert.deepEqual(seen, ['sesame']);
    assert.deepEqual(toy.lines, ['6']);
    assert.doesNotMatch(JSON.stringify(ended), /sesame/);
  });
});

describe('enable_action_tracing', () => {
  it('off: rules work as before, and nothing is kept or handed out', async () => {
    let ended = 0;
    const toy = toyEngine({ tracing: false, onFlowEnd: () => ended++ });
    toy.engine.use([
      rule('Log', 'Each ring.').when('Bell.ring').thenDo('Log.write', { text: 'ring' }),
      rule('Pair', 'A ring and its line.')
        .when('Bell.ring')
        .when('Log.write', { text: 'ring' })
        .thenDo('Log.write', { text: 'pair' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    assert.deepEqual(toy.lines, ['ring', 'pair']);
    assert.equal(toy.engine.trace.size.flows, 0);
    assert.equal(ended, 0);
    toy.engine.trace.enable(true);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    assert.equal(toy.engine.trace.size.flows, 1);
  });

  it('off for one concept: that it happened stays, with what does not', async () => {
    const toy = toyEngine();
    toy.engine.trace.enable(false, 'Bell');
    toy.engine.use([
      rule('Log', 'Each ring.')
        .when('Bell.ring', { tone: '?t' })
        .thenDo('Log.write', ({ t }) => ({ text: `${t}` })),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 7 }, test);
    const [flow] = toy.engine.trace.flows();
    assert.deepEqual(
      flow?.records.map(({ name, input }) => ({ name, input })),
      [
        { name: 'Bell.ring', input: null },
        { name: 'Log.write', input: { text: '7' } },
      ],
    );
    assert.deepEqual(flow?.records[1]?.causes, [flow.records[0]?.id]);
  });
});
