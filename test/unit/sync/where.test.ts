// WHERE, ELSE, rate limits, turns and metrics: what a rule can say, and what it costs to read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../../sync/engine/index.ts';
import { rule, test, toyEngine } from './toy.ts';

const text = (value: unknown) => ({ text: String(value) });

describe('WHERE and ELSE', () => {
  const base = rule('R', 'Says what it sees.').when('Bell.rang', { tone: '?rang' });
  const ask = (build: (r: typeof base) => Rule) => {
    const toy = toyEngine();
    toy.tones = [
      { tone: 1, loud: true },
      { tone: 2, loud: false },
      { tone: 3, loud: true },
    ];
    toy.engine.use([build(base)]);
    toy.engine.emit('Bell', 'rang', { tone: 2 });
    return toy.lines;
  };

  it('has a row for each answer, in order', () => {
    const lines = ask((r) =>
      r
        .where('Bell.tones', {}, { tone: '?tone' })
        .thenDo('Log.write', ({ tone, rang }) => text(`${rang}:${tone}`)),
    );
    assert.deepEqual(lines, ['2:1', '2:2', '2:3']);
  });
  it('ends a join of everything with everything before it holds anything up', () => {
    const toy = toyEngine();
    toy.tones = Array.from({ length: 1000 }, (_, tone) => ({ tone, loud: true }));
    toy.engine.use([
      base
        .where('Bell.tones', {}, { tone: '?a' })
        .where('Bell.tones', {}, { tone: '?b' })
        .where('Bell.tones', {}, { tone: '?c' })
        .thenDo('Log.write', { text: 'never' }),
    ]);
    toy.engine.emit('Bell', 'rang', { tone: 2 });
    assert.deepEqual(toy.lines, []);
    assert.match(toy.problems[0]?.message ?? '', /more than 2000 rows/);
  });
  it('drops what does not match, by literal, by variable, by filter', () => {
    assert.deepEqual(
      ask((r) =>
        r
          .where('Bell.tones', {}, { tone: '?tone', loud: true })
          .thenDo('Log.write', ({ tone }) => text(tone)),
      ),
      ['1', '3'],
    );
    assert.deepEqual(
      ask((r) =>
        r
          .where('Bell.tones', {}, { tone: '?rang', loud: '?loud' })
          .thenDo('Log.write', ({ loud }) => text(loud)),
      ),
      ['false'],
    );
    assert.deepEqual(
      ask((r) =>
        r
          .where('Bell.tones', {}, '?row')
          .filter(({ row }) => row.tone > 1)
          .let('double', ({ row }) => row.tone * 2)
          .thenDo('Log.write', ({ double }) => text(double)),
      ),
      ['4', '6'],
    );
  });
  it('keeps a row without an answer where that is optional, and where none is wanted', () => {
    assert.deepEqual(
      ask((r) =>
        r
          .whereOptional('Bell.tone', { tone: 9 }, { loud: '?loud' })
          .thenDo('Log.write', ({ loud }) => text(loud)),
      ),
      ['undefined'],
    );
    assert.deepEqual(
      ask((r) => r.whereNone('Bell.tone', { tone: 9 }).thenDo('Log.write', text('none'))),
      ['none'],
    );
    assert.deepEqual(
      ask((r) => r.whereNone('Bell.tone', { tone: 1 }).thenDo('Log.write', text('none'))),
      [],
    );
    assert.deepEqual(
      ask((r) => r.whereNone('Bell.tone', { tone: 1 }, { loud: false }).thenDo('Log.write', text('none'))),
      ['none'],
    );
  });
  it('does ELSE with what WHEN has bound, when no row survives', () => {
    const lines = ask((r) =>
      r
        .where('Bell.tone', { tone: 9 }, { loud: '?loud' })
        .thenDo('Log.write', text('then'))
        .elseDo('Log.write', ({ rang }) => text(`else ${rang}`)),
    );
    assert.deepEqual(lines, ['else 2']);
  });
  it('leaves an action out by its guard, and binds its output where it ran', () => {
    const lines = ask((r) =>
      r
        .thenDoIf(({ rang }) => rang === 2, 'Bell.ring', { tone: 8 }, { rung: '?yes' })
        .thenDoIf(({ rang }) => rang === 3, 'Bell.ring', { tone: 9 }, { rung: '?no' })
        .thenDo('Log.write', ({ yes, no }) => text(`${yes} ${no}`)),
    );
    assert.deepEqual(lines, ['8 undefined']);
  });
});

describe('rate limits', () => {
  it('first: what comes too soon is dropped', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('R', 'Now and then.')
        .when('Bell.rang', { tone: '?tone' })
        .atMostEvery(1000, 'first')
        .thenDo('Log.write', ({ tone }) => text(tone)),
    ]);
    for (const tone of [1, 2]) toy.engine.emit('Bell', 'rang', { tone });
    assert.equal(toy.waiting, 0);
    toy.pass(1000);
    toy.engine.emit('Bell', 'rang', { tone: 3 });
    assert.deepEqual(toy.lines, ['1', '3']);
    assert.equal(toy.engine.ruleMetrics('R')?.rate_limited, 1);
  });

  it('steps before it are evaluated at once, those after it when it lets through', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('R', 'Loud ones, as they are later.')
        .when('Bell.rang', { tone: '?tone' })
        .filter(({ tone }) => tone !== 13)
        .atMostEvery(1000, 'last')
        .where('Bell.tones', {}, { tone: '?now' })
        .thenDo('Log.write', ({ tone, now }) => text(`${tone} ${now}`)),
    ]);
    toy.tones = [{ tone: 100, loud: true }];
    for (const tone of [1, 2, 13]) toy.engine.emit('Bell', 'rang', { tone });
    toy.tones = [{ tone: 200, loud: true }];
    toy.pass(1000);
    assert.deepEqual(toy.lines, ['1 100', '2 200']);
    toy.pass(5000);
    assert.equal(toy.lines.length, 2);
    assert.equal(toy.waiting, 0);
  });

  it('what is held back goes when flushed, and is forgotten when stopped', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('R', 'Now and then.')
        .when('Bell.rang', { tone: '?tone' })
        .atMostEvery(1000, 'last')
        .thenDo('Log.write', ({ tone }) => text(tone)),
    ]);
    for (const tone of [1, 2]) toy.engine.emit('Bell', 'rang', { tone });
    toy.engine.flush();
    assert.deepEqual(toy.lines, ['1', '2']);
    toy.engine.emit('Bell', 'rang', { tone: 3 });
    toy.engine.stop();
    toy.pass(5000);
    assert.deepEqual(toy.lines, ['1', '2']);
    assert.equal(toy.waiting, 0);
  });
});

describe('turns', () => {
  it('what was done is made to last before anybody is answered, and only then', async () => {
    const order: string[] = [];
    let fault: Error | null = null;
    const toy = toyEngine({
      aroundTurn: (run) => {
        run();
        order.push('commit');
      },
      beforeAnswers: () => {
        if (fault !== null) throw fault;
        order.push('lasts');
      },
    });
    toy.bell.ring = ({ tone }) => ({ rung: tone });
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    order.push('answered');
    assert.deepEqual(order, ['commit', 'lasts', 'answered']);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    await toy.engine.idle();
    assert.ok(!order.slice(3).includes('lasts'), 'nobody waits for what follows an event');
    fault = new Error('EIO');
    const answer = await toy.engine.run('Bell', 'ring', { tone: 2 }, test);
    assert.deepEqual(answer, { error: 'INTERNAL', message: 'it could not be saved: EIO' });
  });

  it('are wrapped by the host; answers, sinks and coalesced events come after the wrapping', async () => {
    const order: string[] = [];
    const toy = toyEngine({
      aroundTurn: (run) => {
        order.push('begin');
        run();
        order.push('commit');
      },
      onFlowEnd: (flow) => order.push(`ended ${flow.names()[0]}`),
    });
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'changed', { tone });
      toy.engine.emit('Bell', 'changed', { tone: tone + 1 });
      return { rung: tone };
    };
    toy.engine.use([
      rule('R', 'A change.')
        .when('Bell.changed', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => text(tone)),
    ]);
    const answer = toy.engine.run('Bell', 'ring', { tone: 1 }, test).then(() => order.push('answered'));
    assert.deepEqual(toy.lines, []);
    await Promise.all([answer, toy.engine.idle()]);
    assert.deepEqual(toy.lines, ['2']);
    assert.deepEqual(order.slice(0, 3), ['begin', 'commit', 'ended Bell.ring']);
    assert.deepEqual(order.filter((each) => each === 'begin').length, 2);
    assert.ok(order.includes('answered'));
  });

  it('a turn that cannot be saved is answered INTERNAL, and the next one works', async () => {
    let full = true;
    const toy = toyEngine({
      aroundTurn: (run) => {
        run();
        if (full) throw new Error('disk full');
      },
    });
    const answer = await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    assert.equal((answer as { error?: string }).error, 'INTERNAL');
    assert.equal(toy.problems[0]?.kind, 'TURN_FAILED');
    full = false;
    assert.deepEqual(await toy.engine.run('Bell', 'ring', { tone: 1 }, test), { rung: 1 });
    assert.deepEqual(
      toy.engine.trace.flows().map(({ unsaved }) => unsaved),
      [undefined, true],
    );
  });

  it('what a flow does in a turn that is saved is not blamed for another turn', async () => {
    let full = false;
    let later: ((value: { rung: number }) => void) | null = null;
    const toy = toyEngine({
      aroundTurn: (run) => {
        run();
        if (full) throw new Error('disk full');
      },
    });
    toy.bell.ring = ({ tone }) =>
      tone === 1 ? (new Promise((resolve) => (later = resolve)) as never) : { rung: tone };
    const slow = toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    full = true;
    await toy.engine.run('Bell', 'ring', { tone: 2 }, test);
    full = false;
    (later as unknown as (value: { rung: number }) => void)({ rung: 1 });
    assert.deepEqual(await slow, { rung: 1 });
    const unsaved = toy.engine.trace.flows().filter((flow) => flow.unsaved);
    assert.deepEqual(
      unsaved.map(({ records }) => records[0]?.input),
      [{ tone: 2 }],
    );
  });

  it('a turn that could not even begin does nothing, and is answered', async () => {
    const toy = toyEngine({
      aroundTurn: () => {
        throw new Error('locked');
      },
    });
    let rings = 0;
    toy.bell.ring = () => ({ rung: ++rings });
    const answer = await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    assert.equal((answer as { error?: string }).error, 'INTERNAL');
    assert.equal(rings, 0);
  });

  it('what is asked from within a turn runs after what is under way', async () => {
    const toy = toyEngine({
      bus: {
        hasSubscribers: () => true,
        emit: () => void toy.engine.run('Log', 'write', text('asked by a listener'), test),
      },
    });
    toy.engine.use([rule('R', 'Rang.').when('Bell.rang').thenDo('Log.write', text('rule'))]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.deepEqual(toy.lines, ['rule', 'asked by a listener']);
  });
});

describe('what can be read about rules', () => {
  it('names, concepts, what is missing, metrics with the keys that are promised', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('R', 'Rings.')
        .when('Bell.rang')
        .where('Bell.tones', {}, { loud: true })
        .thenDo('Log.write', text('x')),
    ]);
    toy.tones = [{ tone: 1, loud: true }];
    for (let n = 0; n < 100; n++) {
      toy.bell.say({ word: '' });
      toy.engine.emit('Bell', 'rang', { tone: n });
    }
    assert.deepEqual(toy.engine.rules(), [
      {
        name: 'R',
        summary: 'Rings.',
        group: 'built-in',
        enabled: true,
        concepts: ['Bell', 'Log'],
        when: ['Bell.rang'],
        where: ['Bell.tones'],
        does: ['Log.write'],
      },
    ]);
    assert.deepEqual(toy.engine.missing(), []);
    const metrics = toy.engine.ruleMetrics('R');
    assert.equal(metrics?.activations, 100);
    for (const key of ['avg', 'max', 'p50', 'p95', 'p99'] as const)
      assert.equal(typeof metrics?.[`${key}_duration_us`], 'number');
    assert.equal(metrics?.last_activation_ms, 1_700_000_000_000);
    assert.match(toy.engine.prometheus(), /segue_rule_activations_total\{rule="R"\} 100/);
    assert.equal(toy.engine.ruleMetrics('nobody'), undefined);
  });

  it('gives percentiles from a histogram, own time only', () => {
    const clock = { ms: 0 };
    const toy = toyEngine({ clock: { nowMs: () => 0, monotonicMs: () => clock.ms } });
    toy.bell.ring = ({ tone }) => {
      clock.ms += tone;
      return { rung: tone };
    };
    toy.engine.use([
      rule('Ring', 'Takes as long as its tone says.')
        .when('Bell.rang', { tone: '?tone' })
        .thenDo('Bell.ring', ({ tone }) => ({ tone })),
      rule('Echo', 'Takes ten milliseconds more.')
        .when('Bell.ring')
        .filter(() => {
          clock.ms += 10;
          return false;
        })
        .thenDo('Log.write', text('never')),
    ]);
    for (let n = 1; n <= 100; n++) toy.engine.emit('Bell', 'rang', { tone: n === 100 ? 50 : 1 });
    const metrics = toy.engine.ruleMetrics('Ring');
    assert.ok(metrics);
    assert.equal(metrics.max_duration_us, 50_000);
    assert.equal(metrics.avg_duration_us, 1490);
    assert.ok(metrics.p95_duration_us >= 1000 && metrics.p95_duration_us <= 1190);
    assert.equal(toy.engine.ruleMetrics('Echo')?.p50_duration_us, 10_000);
  });
});
