// 10,000 emissions at once: nothing is lost, nothing happens twice, and the memory they took comes back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heapLeft } from '../../support/garbage.ts';
import { rule, type ToyEngine, test, toyEngine } from './toy.ts';

const MANY = 10_000;
const all = Array.from({ length: MANY }, (_, n) => n);
/** What V8 compiles and remembers by the way; 10,000 flows take a hundred times that. */
const SLACK_BYTES = 256 * 1024;

const Answer = rule('Answer', 'Each ring is answered slowly, and the answer written down.')
  .when('Bell.rang', { tone: '?tone' })
  .thenDo('Bell.slow', ({ tone }) => ({ tone }), { rung: '?rung' })
  .thenDo('Log.write', ({ tone, rung }) => ({ text: `${tone} ${rung}` }));
/** Both have happened in one flow: a join. */
const Both = rule('Both', 'A ring and its slow answer are written down together.')
  .when('Bell.rang', { tone: '?tone' })
  .when('Bell.slow', { tone: '?tone' }, { rung: '?rung' })
  .thenDo('Log.write', ({ tone, rung }) => ({ text: `both ${tone} ${rung}` }));

/** Promises of Bell.slow that are settled by hand, in an order that has nothing to do with theirs. */
function slowly(toy: ToyEngine): { settle(): Promise<void>; most(): number } {
  let waiting: (() => void)[] = [];
  let most = 0;
  toy.bell.slow = ({ tone }) =>
    new Promise((resolve) => {
      waiting.push(() => resolve({ rung: tone + 1 }));
      most = Math.max(most, waiting.length);
    });
  return {
    most: () => most,
    async settle() {
      const due = waiting;
      waiting = [];
      // 7919 and the number of them have no common divisor.
      for (let n = 0; n < due.length; n++) due[(n * 7919) % due.length]?.();
      await toy.engine.idle();
    },
  };
}

describe('10,000 emissions at once', () => {
  it('are each followed by every rule once, though all of them wait at the same time', async () => {
    const toy = toyEngine();
    const slow = slowly(toy);
    toy.engine.use([Answer, Both]);
    for (const tone of all) toy.engine.emit('Bell', 'rang', { tone });
    assert.equal(slow.most(), MANY);
    await slow.settle();
    const wanted = all.flatMap((tone) => [`${tone} ${tone + 1}`, `both ${tone} ${tone + 1}`]);
    assert.deepEqual(toy.lines.toSorted(), wanted.toSorted());
    assert.deepEqual(toy.problems, []);
    assert.equal(toy.engine.ruleMetrics('Answer')?.activations, MANY);
    assert.equal(toy.engine.ruleMetrics('Both')?.activations, MANY);
  });

  it('as requests are each answered with their own', async () => {
    const toy = toyEngine();
    const slow = slowly(toy);
    toy.engine.use([Both]);
    const asked = all.map((tone) => toy.engine.run('Bell', 'slow', { tone }, test));
    await slow.settle();
    assert.deepEqual(
      await Promise.all(asked),
      all.map((tone) => ({ rung: tone + 1 })),
    );
  });

  it('of something state-like within one turn are one, the last', async () => {
    const toy = toyEngine({ stateLike: ['Bell.changed'] });
    toy.bell.ring = ({ tone }) => {
      for (const n of all) toy.engine.emit('Bell', 'changed', { tone: tone + n });
      return { rung: tone };
    };
    toy.engine.use([
      rule('Changed', 'Written down.')
        .when('Bell.changed', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    await toy.engine.idle();
    assert.deepEqual(toy.lines, [`${MANY}`]);
  });

  it('within one flow are bounded, and that is said once, not 10,000 times', async () => {
    const toy = toyEngine();
    toy.bell.ring = ({ tone }) => {
      for (const n of all) toy.engine.emit('Bell', 'rang', { tone: n });
      return { rung: tone };
    };
    toy.engine.use([
      rule('Write', 'Written down.')
        .when('Bell.rang', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    ]);
    assert.deepEqual(await toy.engine.run('Bell', 'ring', { tone: 1 }, test), { rung: 1 });
    assert.ok(toy.lines.length <= 500);
    assert.deepEqual(
      toy.problems.map(({ kind }) => kind),
      ['TOO_MANY_ACTIONS'],
    );
    assert.deepEqual(await toy.engine.run('Bell', 'slow', { tone: 2 }, test), { rung: 2 });
  });

  it('leave nothing in memory but what the trace keeps', async () => {
    const toy = toyEngine();
    const slow = slowly(toy);
    toy.engine.use([Answer, Both]);
    const storm = async () => {
      for (const tone of all) toy.engine.emit('Bell', 'rang', { tone });
      const duringBytes = process.memoryUsage().heapUsed;
      await slow.settle();
      toy.lines.length = 0;
      return duringBytes;
    };
    await storm();
    await storm();
    const before = await heapLeft();
    const during = await storm();
    const left = await heapLeft();
    assert.ok(
      during - before > 10 * SLACK_BYTES,
      `only ${during - before} bytes were taken: it proves nothing`,
    );
    assert.ok(left - before < SLACK_BYTES, `${left - before} bytes of ${during - before} did not come back`);
    const { flows } = toy.engine.trace.size;
    assert.equal(flows, 1000);
  });
});
