// Pins the engine's own rules, one describe each, by the numbers of docs/orchestration.md.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { on, rule, test, toyEngine } from './toy.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('1: an activation fires once for each tuple of matched records', () => {
  const pair = rule('LogPairs', 'Every ring with every word of the same flow.')
    .when('Bell.ring', {}, { rung: '?rung' })
    .when('Bell.say', { word: '?word' })
    .thenDo('Log.write', ({ rung, word }) => ({ text: `${rung}${word}` }));

  it('joins every pair, the second one too, and none twice', async () => {
    const toy = toyEngine();
    toy.engine.use([
      pair,
      rule('Ring', 'Two rings and two words.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 })
        .thenDo('Bell.say', { word: 'a' })
        .thenDo('Bell.say', { word: 'b' })
        .thenDo('Bell.ring', { tone: 2 }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['1a', '1b', '2a', '2b']);
  });

  it('does not fire twice for two patterns over the same kind with one record', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('Twice', 'Two different rings.')
        .when('Bell.ring', { tone: '?a' })
        .when('Bell.ring', { tone: '?b' })
        .thenDo('Log.write', ({ a, b }) => ({ text: `${a}${b}` })),
      rule('Ring', 'Two rings.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 })
        .thenDo('Bell.ring', { tone: 2 }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    await toy.engine.idle();
    assert.deepEqual(toy.lines.sort(), ['12', '21']);
  });

  it('fires once when two actions complete at the same moment', async () => {
    const toy = toyEngine();
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    toy.bell.slow = async ({ tone }) => {
      await gate;
      return { rung: tone };
    };
    toy.engine.use([
      rule('LogBoth', 'Both slow rings.')
        .when('Bell.slow', { tone: 1 })
        .when('Bell.slow', { tone: 2 })
        .thenDo('Log.write', { text: 'both' }),
      rule('RingOne', 'One.').when('Bell.tick').thenDo('Bell.slow', { tone: 1 }),
      rule('RingTwo', 'Two.').when('Bell.tick').thenDo('Bell.slow', { tone: 2 }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    release();
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['both']);
  });

  it('does not fire later in the flow what WHERE has rejected', async () => {
    const toy = toyEngine();
    toy.bell.say = () => {
      toy.tones = [{ tone: 1, loud: true }];
      return {};
    };
    toy.engine.use([
      rule('LogLoud', 'A loud ring.')
        .when('Bell.ring', { tone: '?tone' })
        .where('Bell.tone', ({ tone }) => ({ tone }), { loud: true })
        .thenDo('Log.write', { text: 'loud' }),
      rule('Ring', 'A ring, then it becomes loud.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 })
        .thenDo('Bell.say', { word: 'now' }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    await toy.engine.idle();
    assert.deepEqual(toy.lines, []);
  });

  it('unifies the same variable everywhere', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('LogSame', 'Rang as asked.')
        .when('Bell.ring', { tone: '?tone' })
        .when('Bell.rang', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    ]);
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'rang', { tone });
      toy.engine.emit('Bell', 'rang', { tone: tone + 1 });
      return { rung: tone };
    };
    await toy.engine.run('Bell', 'ring', { tone: 5 }, test);
    assert.deepEqual(toy.lines, ['5']);
  });

  it('fires once where several alternatives match one record', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('LogAny', 'Any ring.')
        .whenAny(on('Bell.ring'), on('Bell.ring', { tone: 1 }), on('Bell.rang'))
        .thenDo('Log.write', { text: 'any' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.deepEqual(toy.lines, ['any', 'any']);
  });
});

describe('2: every edge is kept', () => {
  it('stores the rule and all its causes, and walks both ways', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('LogPair', 'A ring and a word.')
        .when('Bell.ring')
        .when('Bell.say')
        .thenDo('Log.write', { text: 'pair' }),
      rule('Ring', 'A ring and a word.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 })
        .thenDo('Bell.say', { word: 'a' }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    const [flow] = toy.engine.trace.flows();
    assert.ok(flow);
    const byName = (name: string) => {
      const record = flow.records.find((each) => each.name === name);
      assert.ok(record, name);
      return record;
    };
    const write = byName('Log.write');
    assert.equal(write.rule, 'LogPair');
    assert.deepEqual(write.causes, [byName('Bell.ring').id, byName('Bell.say').id]);
    const path = toy.engine.trace.pathToRoot(write.id).map((each) => each.name);
    assert.deepEqual(path, ['Log.write', 'Bell.ring', 'Bell.say', 'Bell.tick']);
    const effects = toy.engine.trace.effectsOf(byName('Bell.tick').id).map((each) => each.name);
    assert.deepEqual(effects, ['Bell.ring', 'Bell.say', 'Log.write']);
    assert.match(toy.engine.trace.asTree(flow.id) ?? '', /Log\.write .*\(LogPair\)/);
    assert.match(toy.engine.trace.asDot(flow.id) ?? '', /label="LogPair"/);
  });

  it('walks from flow to flow over a coalesced event', async () => {
    const toy = toyEngine();
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'changed', { tone });
      return { rung: tone };
    };
    toy.engine.use([
      rule('LogChange', 'A change.').when('Bell.changed').thenDo('Log.write', { text: 'changed' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 1 }, test);
    await toy.engine.idle();
    const [changed, asked] = toy.engine.trace.flows();
    assert.ok(changed && asked);
    assert.deepEqual(changed.causedBy, [asked.records[0]?.id]);
    const write = changed.records[1];
    assert.ok(write);
    const path = toy.engine.trace.pathToRoot(write.id).map((each) => each.name);
    assert.deepEqual(path, ['Log.write', 'Bell.changed', 'Bell.ring']);
    const effects = toy.engine.trace.effectsOf(asked.records[0]?.id ?? '').map((each) => each.name);
    assert.deepEqual(effects, ['Bell.changed', 'Log.write']);
  });
});

describe('3: no rows is recorded, and nobody waits for a time-out', () => {
  it('records "matched, 0 rows"', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('LogLoud', 'A loud one.')
        .when('Bell.rang')
        .where('Bell.tones', {}, { loud: true })
        .thenDo('Log.write', { text: 'loud' }),
    ]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    const [flow] = toy.engine.trace.flows();
    assert.deepEqual(
      flow?.activations.map(({ rule: name, rows, outcome }) => ({ name, rows, outcome })),
      [{ name: 'LogLoud', rows: 0, outcome: 'rejected' }],
    );
    assert.match(toy.engine.trace.asTree(flow?.id ?? '') ?? '', /LogLoud: matched, 0 rows/);
    assert.equal(toy.engine.ruleMetrics('LogLoud')?.rejected, 1);
  });

  it('answers a request whose flow ends unanswered, and reports it', async () => {
    const toy = toyEngine();
    const answer = await toy.engine.request('Bell', 'ring', { tone: 1 }, ['Log.write'], test);
    assert.equal((answer as { error?: string }).error, 'NO_ANSWER');
    assert.equal(toy.problems[0]?.kind, 'UNANSWERED');
  });

  it('answers a request by the first action that is awaited, after a promise too', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('Log', 'Rings slowly, then writes.')
        .when('Bell.ring')
        .thenDo('Bell.slow', { tone: 2 })
        .thenDo('Log.write', { text: 'x' }),
    ]);
    assert.deepEqual(await toy.engine.request('Bell', 'ring', { tone: 1 }, ['Log.write'], test), { line: 1 });
  });

  it('answers by the asked action itself when that fails', async () => {
    const toy = toyEngine();
    toy.bell.ring = () => ({ error: 'BROKEN', message: 'mend it' });
    const answer = await toy.engine.request('Bell', 'ring', { tone: 1 }, ['Log.write'], test);
    assert.deepEqual(answer, { error: 'BROKEN', message: 'mend it' });
    assert.deepEqual(toy.problems, []);
  });
});

describe('4: a throwing action', () => {
  it('becomes {error}, stops the rest of its row, and nothing else', async () => {
    const toy = toyEngine();
    toy.tones = [
      { tone: 1, loud: true },
      { tone: 2, loud: true },
    ];
    toy.bell.ring = ({ tone }) => {
      if (tone === 1) throw new Error('cracked');
      return { rung: tone };
    };
    toy.engine.use([
      rule('RingAll', 'All of them.')
        .when('Bell.say')
        .where('Bell.tones', {}, { tone: '?tone' })
        .thenDo('Bell.ring', ({ tone }) => ({ tone }))
        .thenDo('Log.write', ({ tone }) => ({ text: `after ${tone}` })),
      rule('LogError', 'What failed.')
        .when('Bell.ring', {}, { error: '?error' })
        .thenDo('Log.write', ({ error }) => ({ text: `error ${error}` })),
      rule('LogSaid', 'What was said.').when('Bell.say').thenDo('Log.write', { text: 'said' }),
    ]);
    const answer = await toy.engine.run('Bell', 'say', { word: 'go' }, test);
    assert.deepEqual(answer, {});
    assert.deepEqual(toy.lines, ['error INTERNAL', 'after 2', 'said']);
    assert.equal(toy.problems[0]?.kind, 'ACTION_THREW');
    assert.equal(toy.engine.ruleMetrics('RingAll')?.failed, 1);
  });

  it('the caller of a throwing action gets INTERNAL, thrown or rejected', async () => {
    const toy = toyEngine();
    toy.bell.ring = () => {
      throw new Error('cracked');
    };
    toy.bell.slow = () => Promise.reject(new Error('cracked'));
    for (const action of ['ring', 'slow'] as const) {
      const answer = await toy.engine.run('Bell', action, { tone: 1 }, test);
      assert.equal((answer as { error?: string }).error, 'INTERNAL');
    }
  });

  it('a returned failure is output: the row goes on unless it says what it wants', async () => {
    const toy = toyEngine();
    toy.bell.ring = () => ({ error: 'BROKEN', message: 'mend it' });
    toy.engine.use([
      rule('GoOn', 'Anyway.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 })
        .thenDo('Log.write', { text: 'anyway' }),
      rule('Stop', 'Only if it rang.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 }, { rung: '?rung' })
        .thenDo('Log.write', ({ rung }) => ({ text: `rung ${rung}` })),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['anyway']);
    assert.deepEqual(toy.problems, []);
  });

  it('a WHERE or an argument that throws is reported, and other rules go on', () => {
    const toy = toyEngine();
    const boom = () => {
      throw new Error('boom');
    };
    toy.engine.use([
      rule('A', 'WHERE throws.').when('Bell.tick').filter(boom).thenDo('Log.write', { text: 'a' }),
      rule('B', 'An argument throws.').when('Bell.tick').thenDo('Log.write', boom),
      rule('C', 'Works.').when('Bell.tick').thenDo('Log.write', { text: 'c' }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['c']);
    assert.deepEqual(
      toy.problems.map(({ kind, rule: name }) => `${kind} ${name}`),
      ['WHERE_THREW A', 'ARGS_THREW B'],
    );
    assert.equal(toy.engine.ruleMetrics('A')?.failed, 1);
    assert.equal(toy.engine.ruleMetrics('B')?.failed, 1);
  });
});

describe('5: against recursion and storms', () => {
  const echo = rule('Echo', 'Rings again.')
    .when('Bell.ring', { tone: '?tone' })
    .thenDo('Bell.ring', ({ tone }) => ({ tone: tone + 1 }));

  it('stops at depth 32, and warns of the cycle when it is registered', async () => {
    const toy = toyEngine();
    let rings = 0;
    toy.bell.ring = ({ tone }) => {
      rings++;
      return { rung: tone };
    };
    toy.engine.use([echo]);
    assert.equal(toy.problems[0]?.kind, 'RULE_CYCLE');
    await toy.engine.run('Bell', 'ring', { tone: 0 }, test);
    assert.equal(rings, 33);
    assert.equal(toy.problems[1]?.kind, 'TOO_DEEP');
  });

  it('stops at 500 actions of rules a flow', async () => {
    const toy = toyEngine();
    toy.tones = Array.from({ length: 600 }, (_, tone) => ({ tone, loud: true }));
    toy.engine.use([
      rule('WriteAll', 'All.')
        .when('Bell.tick')
        .where('Bell.tones', {}, { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    assert.equal(toy.lines.length, 500);
    assert.equal(toy.problems[0]?.kind, 'TOO_MANY_ACTIONS');
  });

  it('counts actions, not events: what an action says in a thousand events is heard to the last', async () => {
    const toy = toyEngine();
    toy.bell.ring = ({ tone }) => {
      for (let n = 1; n <= 1000; n++) toy.engine.emit('Bell', 'rang', { tone: n });
      return { rung: tone };
    };
    toy.engine.use([
      rule('WriteLast', 'The last.')
        .when('Bell.rang', { tone: 1000 })
        .thenDo('Log.write', { text: 'the last' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 0 }, test);
    assert.deepEqual([toy.lines, toy.problems], [['the last'], []]);
  });

  it('slows a chain of flows that only cause one another down, and loses none of it', async () => {
    const toy = toyEngine();
    let rings = 0;
    toy.bell.ring = ({ tone }) => {
      rings++;
      toy.engine.emit('Bell', 'changed', { tone });
      return { rung: tone };
    };
    toy.engine.use([rule('RingOnChange', 'For ever.').when('Bell.changed').thenDo('Bell.ring', { tone: 1 })]);
    toy.engine.emit('Bell', 'changed', { tone: 0 });
    await settled();
    assert.equal(rings, 101);
    assert.equal(toy.problems[0]?.kind, 'CHAIN_SLOWED');
    toy.pass(1000);
    await settled();
    assert.equal(rings, 102);
  });

  it('loses nothing in a storm, and each event is done when emit returns', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('LogRang', 'Each.')
        .when('Bell.rang', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    ]);
    for (let tone = 1; tone <= 6000; tone++) {
      toy.engine.emit('Bell', 'rang', { tone });
      assert.equal(toy.lines.length, tone);
    }
  });
});

describe('6: flows are explicit, and end when nothing is in flight', () => {
  it('keeps two interleaved flows apart', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('Pair', 'Asked and rung slowly.')
        .when('Bell.ring', { tone: '?asked' })
        .when('Bell.slow', { tone: '?rung' })
        .thenDo('Log.write', ({ asked, rung }) => ({ text: `${asked}-${rung}` })),
      rule('Slow', 'Rings slowly.')
        .when('Bell.ring', { tone: '?tone' })
        .thenDo('Bell.slow', ({ tone }) => ({ tone: tone * 10 })),
    ]);
    await Promise.all([
      toy.engine.run('Bell', 'ring', { tone: 1 }, test),
      toy.engine.run('Bell', 'ring', { tone: 2 }, test),
    ]);
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['1-10', '2-20']);
  });

  it('ends after the last promise, and only then is it handed out', async () => {
    const ended: string[][] = [];
    const toy = toyEngine({ onFlowEnd: (flow) => ended.push(flow.names()) });
    toy.engine.use([rule('Slow', 'Rings slowly.').when('Bell.tick').thenDo('Bell.slow', { tone: 1 })]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(ended, []);
    await toy.engine.idle();
    assert.deepEqual(ended, [['Bell.tick', 'Bell.slow']]);
  });

  it('a timer starts a new flow that remembers its cause', () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('LogSometimes', 'At most every second.')
        .when('Bell.rang', { tone: '?tone' })
        .atMostEvery(1000, 'last')
        .thenDo('Log.write', ({ tone }) => ({ text: `${tone}` })),
    ]);
    for (const tone of [1, 2, 3]) toy.engine.emit('Bell', 'rang', { tone });
    toy.pass(1000);
    assert.deepEqual(toy.lines, ['1', '3']);
    const [late, third] = toy.engine.trace.flows();
    assert.equal(late?.origin.door, 'timer');
    assert.deepEqual(late?.causedBy, [third?.records[0]?.id]);
    const path = toy.engine.trace.pathToRoot(late?.records.at(-1)?.id ?? '').map((each) => each.name);
    assert.deepEqual(path, ['Log.write', 'timer.LogSometimes', 'Bell.rang']);
  });
});

describe('7: depth first, in the order of registration', () => {
  it('finishes what an action led to before the next one', async () => {
    const toy = toyEngine();
    const write = (text: string) => ({ text });
    toy.engine.use([
      rule('First', 'Two rings.')
        .when('Bell.tick')
        .thenDo('Bell.ring', { tone: 1 })
        .thenDo('Bell.ring', { tone: 2 }),
      rule('Second', 'Then this.')
        .when('Bell.tick')
        .thenDo('Log.write', () => write('second')),
      rule('A', 'On a ring.')
        .when('Bell.ring', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => write(`a${tone}`)),
      rule('B', 'Also on a ring.')
        .when('Bell.ring', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => write(`b${tone}`)),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['a1', 'b1', 'a2', 'b2', 'second']);
  });

  it('an action that emits: its own completion first, then its events in order', async () => {
    const toy = toyEngine();
    toy.bell.ring = ({ tone }) => {
      toy.engine.emit('Bell', 'rang', { tone: 1 });
      toy.engine.emit('Bell', 'rang', { tone: 2 });
      return { rung: tone };
    };
    toy.engine.use([
      rule('Rang', 'Event.')
        .when('Bell.rang', { tone: '?tone' })
        .thenDo('Log.write', ({ tone }) => ({ text: `rang ${tone}` })),
      rule('Rung', 'Completion.').when('Bell.ring').thenDo('Log.write', { text: 'rung' }),
    ]);
    await toy.engine.run('Bell', 'ring', { tone: 9 }, test);
    assert.deepEqual(toy.lines, ['rung', 'rang 1', 'rang 2']);
    const [flow] = toy.engine.trace.flows();
    assert.ok(flow);
    assert.deepEqual(
      flow.records.filter((each) => each.name === 'Bell.rang').map((each) => each.causes),
      [[flow.records[0]?.id], [flow.records[0]?.id]],
    );
  });

  it('waits only for what is a promise: other rules do not', async () => {
    const toy = toyEngine();
    toy.engine.use([
      rule('Slow', 'Slow, then writes.')
        .when('Bell.tick')
        .thenDo('Bell.slow', { tone: 1 }, { rung: '?rung' })
        .thenDo('Log.write', ({ rung }) => ({ text: `slow ${rung}` })),
      rule('Fast', 'Writes.').when('Bell.tick').thenDo('Log.write', { text: 'fast' }),
    ]);
    toy.engine.emit('Bell', 'tick', {});
    assert.deepEqual(toy.lines, ['fast']);
    await toy.engine.idle();
    assert.deepEqual(toy.lines, ['fast', 'slow 1']);
  });
});

describe('8: rules are looked up by an index', () => {
  it('asks nothing of rules that look at something else', () => {
    const toy = toyEngine();
    let asked = 0;
    const spy = () => {
      asked++;
      return true;
    };
    const others = Array.from({ length: 100 }, (_, n) =>
      rule(`Other${n}`, 'Something else.')
        .when('Bell.ring')
        .filter(spy)
        .thenDo('Log.write', { text: 'other' }),
    );
    toy.engine.use([
      ...others,
      rule('One', 'This.').when('Bell.rang').filter(spy).thenDo('Log.write', { text: 'one' }),
    ]);
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.equal(asked, 1);
    assert.deepEqual(toy.lines, ['one']);
  });
});
