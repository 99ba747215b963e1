// What is written down of a flow says what is shown of it, whatever happened in it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeFlow } from '../../../daemon/adapters/store/trace-doc.ts';
import type { EndedFlow, FlowView } from '../../../sync/engine/index.ts';
import { rule, type ToyOptions, test, toyEngine } from './toy.ts';

function compared(options: ToyOptions = {}) {
  const views: FlowView[] = [];
  const written: string[] = [];
  const toy = toyEngine({
    ...options,
    onFlowEnd(flow: EndedFlow) {
      views.push(flow.view());
      written.push(JSON.stringify(flow.compact()));
    },
  });
  /** After the fact: what a listener throws is only reported. */
  const areSame = () => {
    assert.deepEqual(
      toy.problems.filter(({ kind }) => kind === 'SINK_THREW'),
      [],
    );
    for (const [at, view] of views.entries()) {
      const text = written[at] ?? '';
      assert.deepEqual(decodeFlow(view.id, view.startedAtMs, text), view);
      assert.ok(text.length < JSON.stringify(view).length * 0.75, text);
    }
  };
  return { toy, views, areSame };
}
const all = (views: readonly FlowView[]) => views.flatMap(({ records }) => records);

describe('a compact flow', () => {
  it('has rules with one cause and with several, ELSE, and what came to nothing', async () => {
    const { toy, views, areSame } = compared();
    toy.engine.use([
      rule('Log', 'Each ring.').when('Bell.ring').thenDo('Log.write', { text: 'ring' }),
      rule('Pair', 'A ring and its line.')
        .when('Bell.ring')
        .when('Log.write', { text: 'ring' })
        .thenDo('Log.write', { text: 'pair' }),
      rule('Else', 'Never, so else.')
        .when('Bell.ring')
        .filter(() => false)
        .thenDo('Log.write', { text: 'never' })
        .elseDo('Log.write', { text: 'else' }),
      rule('Rejected', 'Never.')
        .when('Bell.ring')
        .filter(() => false)
        .thenDo('Log.write', { text: 'never' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    assert.deepEqual(toy.lines.toSorted(), ['else', 'pair', 'ring']);
    const pair = all(views).find(({ rule: name }) => name === 'Pair');
    assert.equal(pair?.causes.length, 2);
    assert.deepEqual(views[0]?.activations.map(({ outcome }) => outcome).toSorted(), [
      'else',
      'ran',
      'ran',
      'rejected',
    ]);
    areSame();
  });

  it('has what actions emit, what threw, timers, and flows that led to flows', async () => {
    const { toy, views, areSame } = compared();
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'rang', { tone });
      toy.engine.emit('Bell', 'changed', { tone });
      if (tone === 13) throw new Error('cracked');
      return { rung: tone };
    };
    toy.engine.use([
      rule('Changed', 'At most once a second.')
        .when('Bell.changed', { tone: '?tone' })
        .atMostEvery(1000, 'last')
        .thenDo('Log.write', ({ tone }) => ({ text: `changed ${tone}` })),
      rule('Rang', 'Each.')
        .when('Bell.rang')
        .thenDo('Bell.say', { word: 'x'.repeat(500) }),
    ]);
    for (const tone of [1, 2, 13]) await toy.engine.run('Bell', 'ring', { tone }, test);
    await toy.engine.idle();
    toy.pass(1000);
    await toy.engine.idle();
    const records = all(views);
    assert.equal(records.filter(({ threw }) => threw).length, 1);
    assert.equal(records.filter(({ type }) => type === 'timer').length, 1);
    assert.ok(records.some(({ type, causes }) => type === 'event' && causes.length === 1));
    assert.ok(views.some(({ causedBy }) => causedBy.length > 0));
    assert.deepEqual(toy.lines, ['changed 1', 'changed 13']);
    areSame();
  });

  it('says that it was not saved', async () => {
    const { toy, views, areSame } = compared({
      aroundTurn: (run) => {
        run();
        throw new Error('disk full');
      },
    });
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    assert.deepEqual(
      views.map(({ unsaved }) => unsaved),
      [true],
    );
    areSame();
  });

  it('has no more than the trace may keep', async () => {
    const { toy, views, areSame } = compared({ sensitive: ['secret'] });
    toy.engine.trace.enable(false, 'Log');
    toy.engine.use([rule('Log', 'Each word.').when('Bell.say').thenDo('Log.write', { text: 'said' })]);
    await toy.engine.run('Bell', 'say', { word: 'open', secret: 'sesame' }, test);
    assert.deepEqual(
      all(views).map(({ input }) => input),
      [{ word: 'open', secret: '[redacted]' }, null],
    );
    areSame();
  });
});
