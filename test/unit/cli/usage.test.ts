// The command line itself: help from the table, usage faults, and a daemon that is not there.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../../daemon/cli/commands/index.ts';
import { nearest, parse, UsageError } from '../../../daemon/cli/parse.ts';
import { clock, parseClock, table } from '../../../daemon/cli/words.ts';
import { segue } from '../../support/fake-daemon.ts';

describe('command line', () => {
  it('has help for everything', async () => {
    const all = await segue('/nowhere', '--help');
    assert.equal(all.code, 0);
    const lines = all.out.split('\n');
    for (const command of COMMANDS) {
      assert.ok(all.out.includes(command.name), command.name);
      // In one column that a terminal shows, however long what stands before it.
      assert.ok(
        lines.some((line) => line.slice(30) === command.summary && line[29] === ' '),
        command.name,
      );
      const one = await segue('/nowhere', ...command.name.split(' '), '--help');
      assert.equal(one.code, 0);
      assert.match(one.out, new RegExp(`^Usage: segue ${command.name}`));
    }
  });

  it('answers usage faults with 2 and a hint', async () => {
    assert.equal((await segue('/nowhere')).code, 2);
    const typo = await segue('/nowhere', 'stauts');
    assert.equal(typo.code, 2);
    assert.match(typo.err, /did you mean "status"/);
    assert.match((await segue('/nowhere', 'queue', 'mvoe', 'e1', 'end')).err, /Usage: segue queue/);
    assert.match((await segue('/nowhere', 'skip', '--hard')).err, /no option --hard for "skip"/);
    assert.equal((await segue('/nowhere', 'skip', 'twice')).code, 2);
    assert.equal((await segue('/nowhere', 'search', 'x', '--limit')).code, 2);
  });

  it('hands render its own arguments', async () => {
    const { code, err } = await segue('/nowhere', 'render', 'plan.json', '--stems');
    assert.equal(code, 2);
    assert.match(err, /Usage: segue render PLAN.json --out mix.wav/);
  });

  it('answers 3 with a sentence when no daemon is there, for every command that asks it', async () => {
    for (const words of [['status'], ['play'], ['queue'], ['why'], ['import'], ['syncs'], ['events']]) {
      const { code, err } = await segue('/nowhere', ...words);
      assert.equal(code, 3, words.join(' '));
      assert.match(err, /not running .*npm start.*--state DIR/);
    }
    const { code, out } = await segue('/nowhere', 'status', '--json');
    assert.equal(code, 3);
    assert.equal(JSON.parse(out).error.code, 'UNREACHABLE');
  });
});

describe('parsing', () => {
  it('takes options anywhere, with = or a space, and words after --', () => {
    const parsed = parse(COMMANDS, ['--state=/a', 'search', '--limit', '5', 'two', 'words', '--json']);
    assert.equal(parsed.command?.name, 'search');
    assert.equal(parsed.state, '/a');
    assert.equal(parsed.isJson, true);
    assert.deepEqual(parsed.args, { words: ['two', 'words'], options: { limit: '5' } });
    assert.deepEqual(parse(COMMANDS, ['search', '--', '--json']).args.words, ['--json']);
    assert.deepEqual(parse(COMMANDS, ['seek', '-10']).args.words, ['-10']);
    assert.deepEqual(parse(COMMANDS, ['--limit', 'search', 'search', 'x']).args.options, { limit: 'search' });
  });

  it('passes on what a tool reads itself', () => {
    const parsed = parse(COMMANDS, ['bench', 'play', '--minutes', '1', '--json']);
    assert.deepEqual(parsed.args.words, ['play', '--minutes', '1']);
    assert.equal(parsed.isJson, true);
  });

  it('refuses what it does not know', () => {
    assert.throws(() => parse(COMMANDS, ['skip', '--x']), UsageError);
    assert.throws(() => parse(COMMANDS, ['status', '--state']), UsageError);
    assert.equal(nearest(COMMANDS, 'histroy'), 'history');
    assert.equal(nearest(COMMANDS, 'zzzzzz'), null);
  });
});

describe('words', () => {
  it('reads and writes clock times', () => {
    assert.deepEqual([0, 59_999, 61_000, 3_725_000].map(clock), ['0:00', '0:59', '1:01', '1:02:05']);
    assert.deepEqual(['90', '1:30', '1:02:05', '1.5'].map(parseClock), [90_000, 90_000, 3_725_000, 1500]);
    for (const bad of ['', 'x', '1:60', '1:2:3:4', '-5']) assert.equal(parseClock(bad), null, bad);
  });

  it('lines up columns', () => {
    assert.deepEqual(
      table([
        ['a', 'b'],
        ['long', 'c'],
      ]),
      ['a     b', 'long  c'],
    );
  });
});
