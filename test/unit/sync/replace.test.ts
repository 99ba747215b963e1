// Pins that groups of rules can be replaced and rules switched while the engine runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../../sync/engine/index.ts';
import { rule, test, toyEngine } from './toy.ts';

const says = (name: string, text: string) =>
  rule(name, `Writes ${text}.`).when('Bell.tick').thenDo('Log.write', { text });
/** As a rule that was read from a file: the text says whether it is the same. */
const fromText = ({ definition }: Rule, text: string): Rule => ({ definition: { ...definition, text } });

describe('replace', () => {
  it('fires built-in rules first, then groups by name, whatever was registered first', async () => {
    const toy = toyEngine();
    toy.engine.replace('z', [says('Z', 'z')]);
    toy.engine.replace('a', [says('A2', 'a2'), says('A1', 'a1')]);
    toy.engine.use([says('Own', 'own')]);
    toy.engine.emit('Bell', 'tick', {});
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['own', 'a2', 'a1', 'z']);
    assert.deepEqual(
      toy.engine.rules().map(({ name, group, enabled }) => [name, group, enabled]),
      [
        ['Own', 'built-in', true],
        ['A2', 'a', true],
        ['A1', 'a', true],
        ['Z', 'z', true],
      ],
    );
  });

  it('takes the old rules of the group away, and no others', () => {
    const toy = toyEngine();
    toy.engine.replace('a', [says('A', 'a')]);
    toy.engine.replace('b', [says('B', 'b')]);
    assert.deepEqual(toy.engine.replace('a', [says('C', 'c')]), { added: ['C'], kept: [], removed: ['A'] });
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['c', 'b']);
    toy.engine.replace('a', []);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['c', 'b', 'b']);
    assert.equal(toy.engine.ruleMetrics('C'), undefined);
  });

  it('keeps the metrics of a rule whose text stays, and begins anew with one that changed', () => {
    const toy = toyEngine();
    toy.engine.replace('a', [fromText(says('Same', 'same'), 'v1'), fromText(says('Other', 'o'), 'v1')]);
    toy.engine.emit('Bell', 'tick', {});
    const again = [fromText(says('Same', 'same'), 'v1'), fromText(says('Other', 'o2'), 'v2')];
    assert.deepEqual(toy.engine.replace('a', again), {
      added: ['Other'],
      kept: ['Same'],
      removed: ['Other'],
    });
    assert.equal(toy.engine.ruleMetrics('Same')?.activations, 1);
    assert.equal(toy.engine.ruleMetrics('Other')?.activations, 0);
  });

  it('changes nothing when a name is taken, something is not offered or a rule says nothing', () => {
    const toy = toyEngine();
    toy.engine.use([says('Own', 'own')]);
    toy.engine.replace('a', [says('A', 'a')]);
    const errorOf = (group: string, rules: Rule[]) => {
      const replaced = toy.engine.replace(group, rules);
      return 'error' in replaced ? replaced.error : null;
    };
    assert.equal(errorOf('a', [says('B', 'b'), says('Own', 'x')]), 'NAME_TAKEN');
    assert.equal(errorOf('a', [says('B', 'b'), says('B', 'x')]), 'NAME_TAKEN');
    assert.equal(errorOf('b', [says('A', 'x')]), 'NAME_TAKEN');
    assert.equal(errorOf('a', [rule('Mute', 'Says nothing.').when('Bell.tick')]), 'BAD_RULE');
    const unknown = says('B', 'b').definition;
    const does = unknown.does.map((step) => ({ ...step, key: 'Log.burn' }));
    assert.equal(errorOf('a', [{ definition: { ...unknown, does } }]), 'NOT_OFFERED');
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['own', 'a']);
  });

  it('lets a record that is being matched go on with the rules there were', async () => {
    const toy = toyEngine();
    toy.bell.say = () => {
      toy.engine.replace('b', [says('New', 'new')]);
      return {};
    };
    toy.engine.replace('a', [rule('Swap', 'Replaces b.').when('Bell.tick').thenDo('Bell.say', { word: '' })]);
    toy.engine.replace('b', [says('Old', 'old')]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['old']);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['old', 'new']);
  });

  it('lets an activation that waits for a promise go on with the old rule', async () => {
    const toy = toyEngine();
    toy.engine.replace('a', [
      rule('Slow', 'Rings, then writes.')
        .when('Bell.tick')
        .thenDo('Bell.slow', { tone: 1 })
        .thenDo('Log.write', { text: 'the old one' }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    toy.engine.replace('a', []);
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['the old one']);
  });

  const limited = (text: string) =>
    fromText(
      rule('Limited', 'At most once a second.')
        .when('Bell.tick')
        .atMostEvery(1000, 'last')
        .thenDo('Log.write', { text }),
      text,
    );
  const twice = (text: string) => {
    const toy = toyEngine();
    toy.engine.replace('a', [limited(text)]);
    toy.engine.emit('Bell', 'tick', {});
    toy.engine.emit('Bell', 'tick', {});
    assert.equal(toy.waiting, 1);
    return toy;
  };

  it('drops what the rate limit of a rule that goes, changes or is switched off holds back', () => {
    for (const change of [
      (toy: ReturnType<typeof toyEngine>) => toy.engine.replace('a', []),
      (toy: ReturnType<typeof toyEngine>) => toy.engine.replace('a', [limited('two')]),
      (toy: ReturnType<typeof toyEngine>) => toy.engine.setEnabled('Limited', false),
    ]) {
      const toy = twice('one');
      change(toy);
      assert.equal(toy.waiting, 0);
      toy.pass(5000);
      assert.deepEqual(toy.lines, ['one']);
    }
  });

  it('keeps what the rate limit of an unchanged rule holds back', () => {
    const toy = twice('one');
    toy.engine.replace('a', [limited('one')]);
    toy.pass(1000);
    assert.deepEqual(toy.lines, ['one', 'one']);
  });

  it('holds nothing back for a rule that goes while its record is being matched', () => {
    const toy = twice('one');
    toy.pass(5000);
    toy.bell.say = () => {
      toy.engine.replace('a', []);
      return {};
    };
    toy.engine.use([rule('Swap', 'Takes a away.').when('Bell.tick').thenDo('Bell.say', { word: '' })]);
    toy.engine.emit('Bell', 'tick', {});
    assert.equal(toy.waiting, 0);
  });

  it('warns of a cycle that a new rule closes, once', () => {
    const toy = toyEngine();
    const echo = fromText(
      rule('Echo', 'Rings at a ring.').when('Bell.ring').thenDo('Bell.ring', { tone: 1 }),
      'e',
    );
    toy.engine.replace('a', [echo]);
    toy.engine.replace('a', [echo, says('More', 'more')]);
    assert.deepEqual(
      toy.problems.map(({ kind }) => kind),
      ['RULE_CYCLE'],
    );
  });

  it('stays small over a thousand replacements', async () => {
    const toy = toyEngine();
    for (let i = 0; i < 1000; i++) {
      toy.engine.replace('a', [fromText(says('A', `${i}`), `${i}`)]);
      toy.engine.emit('Bell', 'tick', {});
    }
    assert.equal(toy.lines.length, 1000);
    assert.equal(toy.lines.at(-1), '999');
    assert.equal(toy.engine.rules().length, 1);
  });
});

describe('setEnabled', () => {
  it('switches a rule off and on', async () => {
    const toy = toyEngine();
    toy.engine.replace('a', [says('A', 'a')]);
    assert.equal(toy.engine.setEnabled('A', false), true);
    assert.equal(toy.engine.rules()[0]?.enabled, false);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, []);
    toy.engine.setEnabled('A', true);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['a']);
    assert.equal(toy.engine.ruleMetrics('A')?.activations, 1);
  });

  it('holds for a rule that is yet to come, and for its next version', () => {
    const toy = toyEngine();
    assert.equal(toy.engine.setEnabled('A', false), false);
    toy.engine.replace('a', [fromText(says('A', 'a'), '1')]);
    toy.engine.replace('a', [fromText(says('A', 'b'), '2')]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, []);
  });
});
