// Chains that scripts define: run, tried again, listed, ended with their file, and switched off when they fail.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setUpScripts } from '../support/script-rig.ts';

const test = { door: 'test' } as const;

const chainOf = (steps: string, more = '') => `chain {
  name = 'C', summary = 'Says so.', may = { 'Player.setVolume', 'Player.skip' }, ${more}
  steps = { ${steps} },
}`;
const louder = "{ 'louder', function(ctx) return { { 'Player.setVolume', { volume = ctx.volume } } } end }";
const skip = "{ 'skip', function(ctx) return { { 'Player.skip', { reason = 'skipped' } } } end }";

function setUp(t: TestContext) {
  const rig = setUpScripts(t);
  const { stub, scripts } = rig;
  const run = async (context: Record<string, unknown> = {}) => {
    const answer = await stub.engine.run('Appliance', 'runChain', { chain: 'C', with: context }, test);
    await settle();
    return answer;
  };
  /** What a chain waits for are promises, one after the other. */
  const settle = async () => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    await stub.settle();
  };
  const pass = async (ms: number) => {
    await stub.pass(ms);
    await settle();
  };
  const state = () => scripts.list().scripts[0]?.chains[0];
  const volumes = () => stub.of('Player.setVolume').map(({ volume }) => volume);
  return { ...rig, run, settle, pass, state, volumes };
}

describe('a chain of a script', () => {
  it('runs its steps in order over one context, and its rule takes what they return', async (t) => {
    const { stub, write, run, state, volumes } = setUp(t);
    const half = "{ 'half', function(ctx) ctx.volume = ctx.volume / 2 end }";
    await write('a.lua', chainOf(`${half}, ${louder}`));
    stub.forget();
    assert.deepEqual(await run({ volume: 0.5 }), { run: 1 });
    assert.deepEqual(volumes(), [0.25]);
    assert.deepEqual(stub.of('Appliance.takeStep')[0], {
      script: 'a.lua',
      chain: 'C',
      run: 1,
      step: 'louder',
      action: 'Player.setVolume',
      args: { volume: 0.25 },
    });
    const flow = stub.engine.trace.findFlowsOf(({ name }) => name === 'Appliance.takeStep')[0];
    const taken = flow?.records.find(({ name }) => name === 'Player.setVolume');
    assert.equal(taken?.rule, 'Chain-C');
    const path = stub.engine.trace.pathToRoot(taken?.id ?? '').map(({ name }) => name);
    assert.deepEqual(path, ['Player.setVolume', 'Appliance.takeStep', 'Appliance.runChain']);
    const { name, steps, running, runs, failed } = state() ?? {};
    assert.deepEqual(
      { name, steps, running, runs, failed },
      { name: 'C', steps: ['half', 'louder'], running: 0, runs: 1, failed: 0 },
    );
  });

  it('is started by a rule or a route of a script, like any action', async (t) => {
    const { stub, write, ask, play, settle, volumes } = setUp(t);
    await write(
      'a.lua',
      `${chainOf(louder)} may { 'Appliance.runChain' }
      rule { name = 'R', summary = 'Says so.', when = { 'Player.play' }, may = { 'Appliance.runChain' },
        act = function() return { { 'Appliance.runChain', { chain = 'C', with = { volume = 0.1 } } } } end }
      function api.go.post() return reply { actions = { { 'Appliance.runChain', { chain = 'C', with = { volume = 0.2 } } } } } end`,
    );
    await play();
    await settle();
    assert.deepEqual(volumes(), [0.1]);
    stub.forget();
    ask('POST', '/x/go');
    await settle();
    assert.deepEqual(volumes(), [0.2]);
  });

  it('an action that answers a failure is the failure of its step, and retry tries it again', async (t) => {
    const { stub, write, run, pass, state, volumes } = setUp(t);
    const answers = [
      { error: 'HELD', message: 'not yet' },
      { error: 'HELD', message: 'not yet' },
      { skipped: 1 },
    ];
    stub.actions['Player.skip'] = () => answers.shift() as object;
    await write(
      'a.lua',
      chainOf(
        `${skip}, ${louder}`,
        "use = { { 'retry', times = 2, backoff = 'exponential', wait_ms = 100 } },",
      ),
    );
    stub.forget();
    await run({ volume: 0.3 });
    assert.equal(stub.of('Player.skip').length, 1);
    assert.equal(state()?.running, 1);
    await pass(99);
    assert.equal(stub.of('Player.skip').length, 1);
    await pass(1);
    assert.equal(stub.of('Player.skip').length, 2);
    await pass(199);
    assert.deepEqual(volumes(), []);
    await pass(1);
    assert.equal(stub.of('Player.skip').length, 3);
    assert.deepEqual(volumes(), [0.3]);
    assert.deepEqual([state()?.runs, state()?.failed, state()?.running], [1, 0, 0]);
  });

  it('what a step returns as a failure ends a strict chain, not a lenient one; every failure is told', async (t) => {
    const { stub, scripts, said, write, run, volumes } = setUp(t);
    const no = "{ 'no', function(ctx) return { error = 'NO', message = 'not today' } end }";
    const watch = `rule { name = 'Watch', summary = 'Says so.', may = { 'Player.pause' },
      when = { 'Appliance.chainEnded', ok = '?ok', steps = '?steps', failures = '?failures' },
      act = function(row) log('ended ' .. tostring(row.ok) .. ' ' .. row.steps .. ' ' .. row.failures[1].step .. ' ' .. row.failures[1].error) return {} end }`;
    await write('a.lua', `${chainOf(`${no}, ${louder}`)} ${watch}`);
    stub.forget();
    await run({ volume: 0.3 });
    assert.deepEqual(volumes(), []);
    assert.ok(said.includes('scripts/a.lua: the chain C failed: no: not today'), said.join('\n'));
    await write('a.lua', `${chainOf(`${no}, ${louder}`, "mode = 'lenient',")} ${watch}`);
    await run({ volume: 0.3 });
    assert.deepEqual(volumes(), [0.3]);
    await scripts.look();
    assert.deepEqual(
      said.filter((line) => line.startsWith('scripts/a.lua: ended ')),
      ['scripts/a.lua: ended false 1 no NO', 'scripts/a.lua: ended true 2 no NO'],
    );
  });

  it('may only take what it says', async (t) => {
    const { stub, said, write, run } = setUp(t);
    await write('a.lua', chainOf("{ 'stop', function(ctx) return { { 'Player.pause' } } end }"));
    stub.forget();
    await run();
    assert.deepEqual(stub.of('Player.pause'), []);
    assert.ok(
      said.some((line) =>
        /chain C failed: stop: a\.lua: stop: Player\.pause is none of the actions/.test(line),
      ),
    );
  });

  it('a mistake is not tried again; five runs with one switch the chain off, until somebody says so', async (t) => {
    const { scripts, said, write, run, settle, state } = setUp(t);
    await write(
      'a.lua',
      chainOf(
        "{ 'broken', function(ctx) return ctx.nothing.at.all end }",
        "use = { { 'retry', times = 3 } },",
      ),
    );
    for (let i = 0; i < 5; i++) assert.ok('run' in (await run()));
    await settle();
    assert.equal(state()?.failed, 5);
    assert.deepEqual(scripts.list().scripts[0]?.off, ['Chain-C']);
    assert.ok(said.some((line) => /Chain-C of scripts\/a\.lua failed five times in a row/.test(line)));
    const refused = await run();
    assert.equal('error' in refused && refused.error, 'UNAVAILABLE');
    scripts.tryAgain('Chain-C');
    assert.ok('run' in (await run()));
  });

  it('a step that needs too much ends the run, and the next one begins anew', async (t) => {
    const { said, write, run, state, volumes, stub } = setUp(t);
    await write(
      'a.lua',
      chainOf(
        `{ 'long', function(ctx) if ctx.long then while true do end end end }, ${louder}`,
        "mode = 'lenient',",
      ),
    );
    stub.forget();
    await run({ long: true, volume: 0.1 });
    assert.deepEqual(volumes(), []);
    assert.ok(
      said.some((line) => /the chain C was ended: long: a\.lua:3: too many instructions/.test(line)),
      said.join('\n'),
    );
    await run({ volume: 0.2 });
    assert.deepEqual(volumes(), [0.2]);
    assert.deepEqual([state()?.runs, state()?.failed], [2, 1]);
  });

  it('a change of the file ends what runs, clearly; what comes after is the new one', async (t) => {
    const { stub, said, write, run, pass, settle, state, volumes } = setUp(t);
    stub.actions['Player.skip'] = () => ({ error: 'HELD', message: 'not yet' });
    const text = chainOf(`${skip}, ${louder}`, "use = { { 'retry', times = 9, wait_ms = 1000 } },");
    await write('a.lua', text);
    await run({ volume: 0.1 });
    assert.equal(state()?.running, 1);
    await write('a.lua', `${text}\n`);
    await settle();
    assert.equal(state()?.running, 0);
    assert.ok(said.some((line) => line.startsWith('scripts/a.lua: the chain C was ended: skip: not yet')));
    stub.forget();
    await pass(10_000);
    assert.deepEqual(stub.of('Player.skip'), []);
    stub.actions['Player.skip'] = () => ({ skipped: 1 });
    await run({ volume: 0.2 });
    assert.deepEqual(volumes(), [0.2]);
  });

  it('runs at most eight times at once, and there has to be one', async (t) => {
    const { stub, write, run } = setUp(t);
    stub.actions['Player.skip'] = () => ({ error: 'HELD', message: 'not yet' });
    const none = await run();
    assert.equal('error' in none && none.error, 'NO_SUCH_CHAIN');
    await write('a.lua', chainOf(skip, "use = { { 'retry', times = 9 } },"));
    for (let i = 0; i < 8; i++) assert.ok('run' in (await run()));
    const refused = await run();
    assert.equal('error' in refused && refused.error, 'BUSY');
  });

  it('is not run when its rule is switched off', async (t) => {
    const { stub, write, run } = setUp(t);
    await write('a.lua', chainOf(louder));
    stub.engine.setEnabled('Chain-C', false);
    const refused = await run();
    assert.equal('error' in refused && refused.error, 'UNAVAILABLE');
  });

  it('with a fault is a fault of its file', async (t) => {
    const { scripts, write } = setUp(t);
    const faulty = [
      ['chain { }', /chain 1: a name is up to 58 letters/],
      [chainOf(''), /chain C: steps = /],
      [chainOf(`${skip}, ${skip}`), /two steps are called skip/],
      [chainOf("{ 'a', 1 }"), /step 1 is written as/],
      [chainOf(skip, "mode = 'loose',"), /a mode is one of strict, lenient, best-effort/],
      [chainOf(skip, "use = { { 'retri', times = 1 } },"), /there is no retri: did you mean retry\?/],
      [chainOf(skip, "use = { { 'retry' } },"), /retry: times is a number from 1 to 20/],
      [chainOf(skip, "use = { { 'retry', times = 1, backoff = 'x' } },"), /backoff is one of fixed/],
      [
        chainOf(skip, "use = { { 'rate_limit', times = 1, evry_ms = 1 } },"),
        /rate_limit has no "evry_ms": did you mean every_ms/,
      ],
      [chainOf(skip).replace('Player.skip', 'Player.skipp'), /there is no action Player\.skipp/],
      [`${chainOf(skip)} ${chainOf(skip)}`, /two chains are called C/],
    ] as const;
    for (const [text, message] of faulty) {
      await write('a.lua', text);
      assert.match(scripts.list().scripts[0]?.faults.join('\n') ?? '', message);
    }
    await write('a.lua', chainOf(skip));
    await write('b.lua', chainOf(skip));
    assert.match(
      scripts.list().scripts.find(({ file }) => file === 'b.lua')?.faults[0] ?? '',
      /there is a chain called C already \(a\.lua\)/,
    );
    rmSync(join(scripts.list().directory, 'a.lua'));
    await scripts.look(true);
    assert.equal(scripts.list().scripts[0]?.chains[0]?.name, 'C');
  });

  it('rate limit, circuit breaker, log, time and metrics stand round its steps', async (t) => {
    const { stub, said, write, run, state } = setUp(t);
    stub.actions['Player.skip'] = () => ({ error: 'HELD', message: 'not yet' });
    const use = `use = { { 'metrics' }, { 'log' }, { 'time' }, { 'circuit_breaker', failures = 2, open_ms = 1000 },
      { 'rate_limit', times = 3, every_ms = 1000, excess = 'refuse' } },`;
    await write('a.lua', chainOf(skip, use));
    for (let i = 0; i < 4; i++) await run();
    assert.equal(stub.of('Player.skip').length, 2);
    const lines = said.join('\n');
    assert.match(lines, /C: skip failed: not yet/);
    assert.match(lines, /C: skip took 0\.0 ms/);
    assert.match(lines, /failed 2 times in a row; left alone for 1000 ms/);
    assert.match(lines, /more than 3 runs within 1000 ms/);
    const [metrics] = state()?.metrics ?? [];
    assert.deepEqual([metrics?.step, metrics?.runs, metrics?.failed], ['skip', 2, 2]);
  });
});

it('the example skip-when-allowed: a webhook whose chain tries again until it may', async (t) => {
  const { stub, scripts, write, ask, pass } = setUp(t);
  await write('skip-when-allowed.lua', readFileSync('deploy/scripts/skip-when-allowed.lua', 'utf8'));
  assert.deepEqual(scripts.list().scripts[0]?.faults, []);
  const notices = () =>
    stub
      .of('Panel.broadcast')
      .flatMap(({ topic, data }) => (topic === 'notice' ? [(data as { message: string }).message] : []));
  let isHeld = true;
  stub.actions['Player.skip'] = () =>
    isHeld ? { error: 'HELD', message: 'not yet' } : { skipped: 1, throttled: false };
  assert.equal(ask('POST', '/x/next', { body: () => ({ value: { who: 'Ann' } }) }).status, 202);
  await pass(0);
  await pass(2000);
  assert.deepEqual(notices(), []);
  isHeld = false;
  await pass(4000);
  assert.deepEqual(notices(), ['Ann has skipped, at last.']);
  const skips = stub.engine.trace.findFlowsOf(
    ({ name, rule }) => name === 'Player.skip' && rule === 'Chain-SkipWhenAllowed',
  );
  assert.equal(skips.length, 3);
  const skipped = skips[0]?.records.find(({ name }) => name === 'Player.skip');
  const path = stub.engine.trace.pathToRoot(skipped?.id ?? '').map(({ name }) => name);
  assert.deepEqual(path, [
    'Player.skip',
    'Appliance.takeStep',
    'Appliance.runChain',
    'Appliance.scriptAnswered',
  ]);
  assert.equal(ask('POST', '/x/next').status, 202);
  await pass(0);
  assert.equal(notices().at(-1), 'Somebody has skipped.');
  assert.equal(ask('POST', '/x/next', { body: () => ({ value: { who: '' } }) }).status, 400);
});
