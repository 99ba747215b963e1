// Rule files: what is read, and what is said about what cannot be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultText } from '../../../../sync/script/faults.ts';
import { readRuleFile } from '../../../../sync/script/rule-file.ts';
import type { VocabularyShapes } from '../../../../sync/script/shapes.ts';
import { toyEngine } from '../toy.ts';

const nothing = { fields: {} };
const shapes: VocabularyShapes = {
  actions: {
    'Bell.ring': { input: { fields: { tone: 'number' } }, output: { fields: { rung: 'number' } } },
    'Bell.slow': { input: { fields: { tone: 'number' } }, output: { fields: { rung: 'number' } } },
    'Bell.say': { input: { fields: { word: 'string', 'secret?': 'string' } }, output: nothing },
    'Log.write': { input: { fields: { text: 'string' } }, output: { fields: { line: 'number' } } },
  },
  queries: {
    'Bell.tones': { input: nothing, row: { fields: { tone: 'number', loud: 'boolean' } } },
    'Bell.tone': { input: { fields: { tone: 'number' } }, row: { fields: { loud: 'boolean' } } },
    'Appliance.localTime': { input: nothing, row: { fields: {} } },
  },
  events: {
    'Bell.rang': { fields: { tone: 'number' } },
    'Bell.changed': { fields: { tone: 'number' } },
    'Bell.tick': nothing,
  },
};

function toyWith(text: string) {
  const { rules, faults } = readRuleFile(text, shapes);
  assert.deepEqual(faults, []);
  const toy = toyEngine();
  const replaced = toy.engine.replace('file', rules);
  assert.ok('added' in replaced, JSON.stringify(replaced));
  return toy;
}
const faultsOf = (text: string) => readRuleFile(text, shapes).faults.map((fault) => faultText('f', fault));
/** The lines of `when`, `where` and `then` of a rule, the rest given. */
const rule = (lines: string) => `- name: R\n  summary: S.\n${lines.replace(/^\n/, '')}`;
async function linesAfter(text: string, prepare?: (toy: ReturnType<typeof toyEngine>) => void) {
  const toy = toyWith(text);
  prepare?.(toy);
  toy.engine.emit('Bell', 'rang', { tone: 3 });
  await toy.engine.idle();
  assert.deepEqual(toy.problems, []);
  return toy.lines;
}

describe('what a rule file can say', () => {
  it('WHEN an event, THEN an action with a variable, an expression and a literal', async () => {
    const text = rule(`
  when:
    Bell.rang: {tone: ?tone}
  then:
    - Log.write: {text: = "tone " + string(tone + 0.5)}
    - Bell.ring: {tone: ?tone}
      gives: {rung: ?rung}
    - Log.write: {text: = string(rung)}
    - Log.write: {text: plain}
`);
    assert.deepEqual(await linesAfter(text), ['tone 3.5', '3', 'plain']);
  });

  it('one rule without a list, and several', () => {
    const one = 'name: A\nsummary: S.\nwhen: Bell.tick\nthen: {Log.write: {text: a}}\n';
    assert.equal(readRuleFile(one, shapes).rules.length, 1);
    const two = `${rule('  when: Bell.tick\n  then: {Log.write: {text: a}}')}\n- name: B\n  summary: S.\n  when: Bell.tick\n  then: {Log.write: {text: b}}\n`;
    const read = readRuleFile(two, shapes);
    assert.deepEqual(
      [...read.lineOf],
      [
        ['R', 1],
        ['B', 5],
      ],
    );
  });

  it('any of several, and the output of an action', async () => {
    const text = rule(`
  when:
    any:
      - Bell.rang: {tone: ?tone}
      - Bell.ring: {tone: ?tone}
        gives: {rung: ?rung}
  then: {Log.write: {text: '= string(tone)'}}
`);
    assert.deepEqual(await linesAfter(text), ['3']);
  });

  it('a join of two of one flow', async () => {
    const text = `${rule(`
  when:
    - Bell.rang: {tone: ?tone}
    - Bell.ring: {tone: ?tone}
  then: {Log.write: {text: both}}
`)}
- name: Ring
  summary: Rings.
  when: {Bell.rang: {tone: ?t}}
  then: {Bell.ring: {tone: ?t}}
`;
    assert.deepEqual(await linesAfter(text), ['both']);
  });

  it('queries: each, optional and none; conditions and computed values', async () => {
    const text = rule(`
  when: {Bell.rang: {tone: ?tone}}
  where:
    - Bell.tones: {}
      gives: {tone: ?other, loud: true}
    - if: other > tone
    - Bell.tone: {tone: = other * 100}
      gives: {loud: ?loud}
      optional: true
    - Bell.tone: {tone: 77}
      none: true
    - let: {twice: other * 2, known: loud != null}
  then: {Log.write: {text: '= string(twice) + " " + string(known)'}}
`);
    const lines = await linesAfter(text, (toy) => {
      toy.tones = [
        { tone: 1, loud: true },
        { tone: 4, loud: true },
        { tone: 5, loud: false },
        { tone: 400, loud: true },
      ];
    });
    assert.deepEqual(lines, ['8 true', '800 false']);
  });

  it('loops one after the other, and a search in what is written out', async () => {
    const text = rule(`
  when: {Bell.rang: {tone: ?tone}}
  where:
    - if: '[1.0, 2.0, tone].filter(x, x > 1.0).map(x, x * 2).exists(x, x in [6, 7])'
  then: {Log.write: {text: yes}}
`);
    assert.deepEqual(await linesAfter(text), ['yes']);
  });

  it('ELSE, which sees what WHEN bound', async () => {
    const text = rule(`
  when: {Bell.rang: {tone: ?tone}}
  where: {if: tone > 5}
  then: {Log.write: {text: high}}
  else: {Log.write: {text: '= "low " + string(tone)'}}
`);
    assert.deepEqual(await linesAfter(text), ['low 3']);
  });

  it('an action that is left out, and the row goes on', async () => {
    const text = rule(`
  when: {Bell.rang: {tone: ?tone}}
  then:
    - Log.write: {text: high}
      if: tone > 5
    - Log.write: {text: any}
`);
    assert.deepEqual(await linesAfter(text), ['any']);
  });

  it('a rate limit, first and last', () => {
    const limited = (keep: string) =>
      toyWith(
        rule(`
  when: {Bell.rang: {tone: ?tone}}
  at_most_every: 2 s
  keep: ${keep}
  then: {Log.write: {text: = string(tone)}}
`),
      );
    for (const [keep, after] of [
      ['first', ['1']],
      ['last', ['1', '3']],
    ] as const) {
      const toy = limited(keep);
      for (const tone of [1, 2, 3]) toy.engine.emit('Bell', 'rang', { tone });
      toy.pass(2000);
      assert.deepEqual(toy.lines, after);
    }
  });

  it('hours and days of local time', async () => {
    const text = rule(`
  when: Bell.rang
  hours: 22:00-06:00
  days: fri
  then: {Log.write: {text: night}}
`);
    const { rules, faults } = readRuleFile(text, shapes);
    assert.deepEqual(faults, []);
    for (const [minuteOfDay, weekday, wanted] of [
      [22 * 60, 5, 1],
      [21 * 60 + 59, 5, 0],
      [60, 6, 1],
      [60, 5, 0],
      [360, 6, 0],
    ] as const) {
      const toy = toyEngine();
      const local = () => [{ minuteOfDay, weekday, dayOfMonth: 1, month: 1 }];
      toy.engine.register('Appliance' as 'Log', {
        actions: {} as never,
        queries: { localTime: local } as never,
      });
      toy.engine.replace('file', rules);
      toy.engine.emit('Bell', 'rang', { tone: 1 });
      assert.equal(toy.lines.length, wanted, `${minuteOfDay} ${weekday}`);
    }
  });

  it('gives a rule of the same text the same rule, and another one another', () => {
    const a = rule('  when: Bell.tick\n  then: {Log.write: {text: a}}\n');
    const read = (text: string) => readRuleFile(text, shapes).rules[0]?.definition.text;
    assert.equal(read(a), read(`# moved\n\n${a}`));
    assert.notEqual(read(a), read(a.replace('text: a', 'text: b')));
  });

  it('fails an activation rather than giving an action what it does not take', () => {
    const toy = toyWith(
      rule(`
  when: {Bell.rang: {tone: ?tone}}
  then: {Bell.ring: {tone: = tone / 0.0}}
`),
    );
    toy.engine.emit('Bell', 'rang', { tone: 1 });
    assert.match(toy.problems[0]?.message ?? '', /Bell.ring "tone" is number, not null/);
    assert.equal(toy.engine.ruleMetrics('R')?.failed, 1);
  });

  it('an empty file has no rules', () => {
    assert.deepEqual(readRuleFile('# later\n', shapes).faults, []);
    assert.deepEqual(readRuleFile('', shapes).rules, []);
  });
});

describe('what is said about a fault', () => {
  const cases: [what: string, text: string, ...faults: RegExp[]][] = [
    [
      'a misspelt event',
      rule('  when: Bell.rangg\n  then: Bell.tick'),
      /^f:3:9: there is no action or event Bell.rangg: did you mean Bell.rang\?$/,
      /^f:4:9: there is no action Bell.tick \(it is no action/,
    ],
    [
      'a misspelt field',
      rule('  when: {Bell.rang: {tune: ?t}}\n  then: {Log.write: {text: a}}'),
      /^f:3:22: Bell.rang has no "tune": did you mean tone\?$/,
    ],
    [
      'a missing argument',
      rule('  when: Bell.tick\n  then: {Log.write: {}}'),
      /^f:4:21: Log.write needs "text": string$/,
    ],
    [
      'an argument too many',
      rule('  when: Bell.tick\n  then: {Log.write: {text: a, loud: true}}'),
      /^f:4:31: Log.write has no "loud": there is text$/,
    ],
    [
      'a wrong type',
      rule('  when: Bell.tick\n  then: {Log.write: {text: 5}}'),
      /^f:4:28: Log.write "text" is string, not 5$/,
    ],
    [
      'a wrong variable',
      rule('  when: {Bell.rang: {tone: ?tone}}\n  then: {Log.write: {text: ?tine}}'),
      /^f:4:28: nothing binds \?tine here: did you mean tone\?$/,
    ],
    [
      'a variable of the wrong type',
      rule('  when: {Bell.rang: {tone: ?tone}}\n  then: {Log.write: {text: ?tone}}'),
      /^f:4:28: Log.write "text" is string, and \?tone is number$/,
    ],
    [
      'an expression with an unknown variable',
      rule(
        '  when: {Bell.rang: {tone: ?tone}}\n  where:\n    - if: tone > 1 && tine < 2\n  then: {Log.write: {text: a}}',
      ),
      /^f:5:23: there is no variable tine here: did you mean tone\?$/,
    ],
    [
      'an expression of the wrong type',
      rule(
        '  when: {Bell.rang: {tone: ?tone}}\n  where: {if: tone + 1}\n  then: {Log.write: {text: = tone}}',
      ),
      /^f:4:15: this gives number, and boolean is needed$/,
      /^f:5:28: this gives number, and string is needed$/,
    ],
    [
      'an expression that is none',
      rule('  when: Bell.tick\n  where: {if: 1 +}\n  then: {Log.write: {text: a}}'),
      /^f:4:\d+: this is no expression/,
    ],
    [
      'two things that do not mix',
      rule('  when: {Bell.rang: {tone: ?tone}}\n  where: {if: tone == "a"}\n  then: {Log.write: {text: a}}'),
      /^f:4:15: "number == string" is not possible$/,
    ],
    [
      'a regular expression',
      rule('  when: Bell.tick\n  where: {if: \'"a".matches("(a+)+$")\'}\n  then: {Log.write: {text: a}}'),
      /matches is not offered/,
    ],
    [
      'loops in loops',
      rule(
        "  when: Bell.tick\n  where: {if: '[1].all(a, [1].all(b, b == 1))'}\n  then: {Log.write: {text: a}}",
      ),
      /a loop within a loop/,
    ],
    [
      'a search in a loop',
      rule(
        '  when: Bell.tick\n  where:\n    - let: {all: "[1, 2]"}\n    - if: all.exists(x, x in all)\n  then: {Log.write: {text: a}}',
      ),
      /"in" a variable is a loop within a loop/,
    ],
    ['no YAML', 'a: [1\nb: }', /^f:2:1: this is no YAML/, /^f:2:4: this is no YAML/],
    [
      'a rule that says nothing',
      '- name: R',
      /^f:1:3: a rule has a summary/,
      /a rule has "when"/,
      /a rule has "then"/,
    ],
    [
      'a bad name',
      '- name: no good\n  summary: S.\n  when: Bell.tick\n  then: {Log.write: {text: a}}',
      /^f:1:9: a name is/,
    ],
    [
      'an unknown key',
      rule('  wen: Bell.tick\n  when: Bell.tick\n  then: {Log.write: {text: a}}'),
      /^f:3:3: a rule has no "wen": did you mean when\?$/,
    ],
    [
      'hours that are none',
      rule('  when: Bell.tick\n  hours: 25:00-06:00\n  days: someday\n  then: {Log.write: {text: a}}'),
      /^f:4:10: there is no such time of day/,
      /^f:5:9: "someday" is no day/,
    ],
    [
      'a rate limit that is none',
      rule('  when: Bell.tick\n  at_most_every: 5\n  then: {Log.write: {text: a}}'),
      /^f:4:18: a length of time is written/,
    ],
    [
      'two of one name',
      `${rule('  when: Bell.tick\n  then: {Log.write: {text: a}}')}\n${rule('  when: Bell.tick\n  then: {Log.write: {text: a}}')}`,
      /^f:5:3: two rules are called R$/,
    ],
    ['an alias', '- &a {name: R}\n- *a', /summary|anchors/, /when/, /then/, /anchors/],
    ['text where rules should be', 'hello', /"key: value" lines/],
  ];
  for (const [what, text, ...faults] of cases)
    it(what, () => {
      const found = faultsOf(text);
      assert.equal(found.length, faults.length, found.join('\n'));
      for (const [at, pattern] of faults.entries()) assert.match(found[at] ?? '', pattern);
      assert.deepEqual(readRuleFile(text, shapes).rules, []);
    });
});
