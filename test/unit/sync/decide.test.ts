// A THEN that decides its actions when it runs: they are taken like any other, with rule, causes and bounds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DecidedAction, Row, Rule } from '../../../sync/engine/index.ts';
import { rule, toyEngine } from './toy.ts';

const write = (text: string): DecidedAction => ({ key: 'Log.write', args: { text } });

/** A rule over Bell.rang that binds ?tone. */
function deciding(
  decide: (row: Row) => readonly DecidedAction[],
  may = ['Log.write'],
  name = 'Decide',
): Rule {
  return {
    definition: {
      name,
      summary: 'Decides what to do.',
      when: [[{ key: 'Bell.rang', input: { tone: '?tone' }, output: {} }]],
      where: [],
      does: [],
      decides: { may, decide },
      otherwise: [],
    },
  };
}

describe('a decided THEN', () => {
  it('takes what is decided, in order, once for each row', () => {
    const toy = toyEngine();
    const each = rule('Each', 'Each tone.').when('Bell.rang').where('Bell.tones', {}, { tone: '?tone' });
    toy.tones = [1, 2].map((tone) => ({ tone, loud: true }));
    toy.engine.use([
      {
        definition: {
          ...(each.thenDo('Log.write', { text: 'fixed' }) as unknown as Rule).definition,
          decides: { may: ['Log.write'], decide: ({ tone }: Row) => [write(`a${tone}`), write(`b${tone}`)] },
        },
      },
    ]);
    toy.engine.emit('Bell', 'rang', { tone: 0 });
    assert.deepEqual(toy.lines, ['fixed', 'a1', 'b1', 'fixed', 'a2', 'b2']);
  });

  it('may decide on nothing', () => {
    const toy = toyEngine();
    toy.engine.use([deciding(() => [])]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.deepEqual(toy.lines, []);
    assert.deepEqual(toy.problems, []);
    assert.equal(toy.engine.trace.flows()[0]?.activations[0]?.outcome, 'ran');
  });

  it('keeps rule and cause of each action, and what follows from it', () => {
    const toy = toyEngine();
    toy.engine.use([
      deciding(() => [{ key: 'Bell.ring', args: { tone: 5 } }], ['Bell.ring']),
      rule('Tell', 'Tells of rings.')
        .when('Bell.ring', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: String(tone) })),
    ]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.deepEqual(toy.lines, ['5']);
    const flow = toy.engine.trace.flows()[0];
    const written = flow?.records.find(({ name }) => name === 'Log.write');
    assert.deepEqual(
      toy.engine.trace.pathToRoot(written?.id ?? '').map(({ name, rule: by }) => [name, by]),
      [
        ['Log.write', 'Tell'],
        ['Bell.ring', 'Decide'],
        ['Bell.rang', null],
      ],
    );
  });

  it('gives the action arguments that nobody can change afterwards', () => {
    const args = { tone: 1 };
    const toy = toyEngine();
    let got: object = {};
    toy.bell.ring = (input) => {
      got = input;
      return { rung: 1 };
    };
    toy.engine.use([deciding(() => [{ key: 'Bell.ring', args }], ['Bell.ring'])]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    args.tone = 2;
    assert.deepEqual(got, { tone: 1 });
    assert.ok(Object.isFrozen(got));
  });

  it('that throws is a problem of its own; other rules and rows go on', () => {
    const toy = toyEngine();
    toy.engine.use([
      deciding(({ tone }) => {
        if (tone === 1) throw new Error('test.lua:3: no');
        return [write(`${tone}`)];
      }),
      rule('Other', 'Another.').when('Bell.rang').thenDo('Log.write', { text: 'other' }),
    ]);
    for (const tone of [1, 2]) toy.engine.emit('Bell', 'rang', { tone });
    assert.deepEqual(toy.lines, ['other', '2', 'other']);
    assert.deepEqual(
      toy.problems.map(({ kind, message, rule: name }) => [kind, message, name]),
      [['ARGS_THREW', 'the decision of rule Decide threw: test.lua:3: no', 'Decide']],
    );
    assert.equal(toy.engine.ruleMetrics('Decide')?.failed, 1);
    assert.equal(toy.engine.ruleMetrics('Decide')?.activations, 2);
  });

  it('takes none of the actions when one of them is not among those it may take', () => {
    const toy = toyEngine();
    toy.engine.use([deciding(() => [write('a'), { key: 'Bell.ring', args: { tone: 1 } }])]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.deepEqual(toy.lines, []);
    assert.match(
      toy.problems[0]?.message ?? '',
      /Bell\.ring is none of the actions that it may take \(Log\.write\)/,
    );
  });

  it('waits for an action that waits, then takes the next', async () => {
    const toy = toyEngine();
    toy.engine.use([
      deciding(() => [{ key: 'Bell.slow', args: { tone: 1 } }, write('after')], ['Bell.slow', 'Log.write']),
    ]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.deepEqual(toy.lines, []);
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['after']);
  });

  it('is bounded like any other rule', () => {
    const toy = toyEngine();
    toy.engine.use([deciding(() => Array.from({ length: 2000 }, () => write('x')))]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.ok(toy.lines.length < 501);
    assert.equal(toy.problems.at(-1)?.kind, 'TOO_MANY_ACTIONS');
  });

  it('is listed with all it may do, missed when nobody offers it, and warned of in a cycle', () => {
    const toy = toyEngine();
    assert.deepEqual(toy.engine.replace('scripts', [deciding(() => [], ['Bell.nothing'])]), {
      error: 'NOT_OFFERED',
      message: 'nobody offers Bell.nothing: look at the vocabulary',
    });
    toy.engine.use([
      {
        definition: {
          ...deciding(() => [], ['Log.write', 'Bell.ring']).definition,
          when: [[{ key: 'Bell.ring', input: {}, output: {} }]],
        },
      },
    ]);
    assert.deepEqual(toy.engine.rules()[0]?.does, ['Log.write', 'Bell.ring']);
    assert.equal(toy.problems[0]?.kind, 'RULE_CYCLE');
  });

  it('needs something that it may do', () => {
    const toy = toyEngine();
    assert.throws(() => toy.engine.use([deciding(() => [], [])]), /has no THEN/);
  });
});
