// The owner's scripts as the daemon has them: rules and routes read, replaced while they run, refused, and switched off
// when they fail.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setUpScripts as setUp } from '../support/script-rig.ts';

const test = { door: 'test' } as const;

const louder = (volume: string, more = '') => `rule {
  name = 'Louder', summary = 'Says so.', when = { 'Player.play' }, may = { 'Player.setVolume' }, ${more}
  act = function(row) return { { 'Player.setVolume', { volume = ${volume} } } } end,
}`;

describe('rules of a script', () => {
  it('are found in the trace like any other, replaced when the file changes, and gone with it', async (t) => {
    const { stub, scripts, write, play, directory } = setUp(t);
    await scripts.look(true);
    assert.deepEqual(scripts.list().scripts, []);
    await write('a.lua', louder('0.5'));
    assert.deepEqual(await play(), [0.5]);
    const flow = stub.engine.trace.flows().find(({ records }) => records[0]?.name === 'Player.play');
    assert.equal(flow?.records[1]?.rule, 'Louder');
    assert.deepEqual(
      scripts.list().scripts.map(({ file, rules, faults }) => [file, rules, faults]),
      [['a.lua', ['Louder'], []]],
    );
    await write('a.lua', `${louder('0.25')}\n`);
    assert.deepEqual(await play(), [0.25]);
    rmSync(join(directory, 'a.lua'));
    await scripts.look(true);
    assert.deepEqual(await play(), []);
    assert.deepEqual(scripts.list().scripts, []);
  });

  it('WHERE: queries as data, and functions over what is bound', async (t) => {
    const { write, play } = setUp(t);
    await write(
      'a.lua',
      louder(
        'row.volume / 2',
        "where = { { 'Player.status', gives = { volume = '?volume' } }, function(row) return row.volume > 0 end },",
      ),
    );
    assert.deepEqual(await play(), [0.35]);
    await write('a.lua', louder('1', 'where = function(row) return false end,'));
    assert.deepEqual(await play(), []);
  });

  it('with a fault change nothing: the version before goes on', async (t) => {
    const { scripts, said, write, play } = setUp(t);
    await write('a.lua', louder('0.5'));
    const faulty = [
      ['local = 1', /^a\.lua:1: /],
      ['while true do end', /^a\.lua:1: too many instructions/],
      [
        louder('1').replace('Player.play', 'Player.plai'),
        /no action or event Player\.plai: did you mean Player\.play\?/,
      ],
      [louder('1').replace("may = { 'Player.setVolume' },", ''), /may = /],
      [louder('1', "where = { { 'Library.nothing' } },"), /no query Library\.nothing/],
      [louder('1', "where = { 'Appliance.localTime', x = 1 },"), /where is a function, or a list/],
      [louder('1', 'wehn = 1,'), /there is no "wehn"/],
      [louder('1').replace("'Louder'", "'BroadcastQueue'"), /there is a rule called BroadcastQueue already/],
      [`${louder('1')}\n${louder('1')}`, /two rules are called Louder/],
      ['function api.things.fetch() end', /api\.things\.fetch: a function is one of/],
      ["may { 'Player.nothing' } function api.a.get() end", /there is no action Player\.nothing/],
    ] as const;
    for (const [text, message] of faulty) {
      await write('a.lua', text);
      assert.match(scripts.list().scripts[0]?.faults[0] ?? '', message);
      assert.deepEqual(await play(), [0.5], text);
    }
    assert.ok(said.some((line) => line.startsWith('scripts/a.lua:1: ')));
  });

  it('are read also beside one that cannot be looked at', async (t) => {
    const { directory, write, play } = setUp(t);
    mkdirSync(directory, { recursive: true });
    symlinkSync('a.lua', join(directory, 'a.lua'));
    await write('b.lua', louder('0.5'));
    assert.deepEqual(await play(), [0.5]);
  });

  it('may only take what they said, with arguments that the action takes', async (t) => {
    const { stub, write, play } = setUp(t);
    for (const act of [
      "{ { 'Player.pause' } }",
      "{ { 'Player.setVolume', { volume = 'x' } } }",
      "{ 'Player.setVolume' }",
      '1',
    ]) {
      await write('a.lua', louder('1').replace(/return .* end/, `return ${act} end`));
      assert.deepEqual(await play(), []);
    }
    assert.equal(stub.engine.ruleMetrics('Louder')?.failed, 1);
  });

  it('that fail five times in a row are switched off, and told; a changed file has another go', async (t) => {
    const { stub, scripts, said, write, play } = setUp(t);
    const broken = louder('nothing.at.all');
    await write('a.lua', broken);
    for (let i = 0; i < 4; i++) await play();
    assert.deepEqual(scripts.list().scripts[0]?.off, []);
    await play();
    await stub.settle();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(scripts.list().scripts[0]?.off, ['Louder']);
    assert.equal(stub.engine.rules().find(({ name }) => name === 'Louder')?.enabled, false);
    assert.ok(
      said.some((line) =>
        /Louder of scripts\/a\.lua failed five times in a row .*a\.lua:3: attempt to index/.test(line),
      ),
    );
    assert.equal(stub.engine.ruleMetrics('Louder')?.failed, 5);
    await play();
    assert.equal(stub.engine.ruleMetrics('Louder')?.failed, 5);
    await write('a.lua', `${louder('0.5')} `);
    assert.deepEqual(await play(), [0.5]);
  });

  it('stay off when their owner has switched them off, whatever else becomes of them', async (t) => {
    const { stub, write, play } = setUp(t);
    await write('a.lua', louder('nothing.at.all'));
    for (let i = 0; i < 5; i++) await play();
    await new Promise((resolve) => setImmediate(resolve));
    stub.engine.setEnabled('Louder', false);
    await write('a.lua', louder('0.5'));
    assert.deepEqual(await play(), []);
    stub.engine.setEnabled('Louder', true);
    assert.deepEqual(await play(), [0.5]);
  });

  it('that failed have another go when somebody says so', async (t) => {
    const { scripts, write, play } = setUp(t);
    await write(
      'a.lua',
      `calls = 0\n${louder('1').replace('return', 'calls = calls + 1 if calls < 6 then error() end return')}`,
    );
    for (let i = 0; i < 5; i++) await play();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await play(), []);
    scripts.tryAgain('Louder');
    assert.deepEqual(scripts.list().scripts[0]?.off, []);
    assert.deepEqual(await play(), [1]);
  });

  it('a limit ends the state; the next call finds it built anew', async (t) => {
    const { write, play } = setUp(t);
    await write(
      'a.lua',
      `calls = 0\n${louder('1').replace('return', 'calls = calls + 1 if calls == 2 then while true do end end return')}`,
    );
    assert.deepEqual(await play(), [1]);
    assert.deepEqual(await play(), []);
    assert.deepEqual(await play(), [1]);
    assert.deepEqual(await play(), []);
  });
});

describe('a script that is switched off', () => {
  it('defines nothing, over changes of its file too, until it is switched on', async (t) => {
    const { stub, scripts, write, ask, play } = setUp(t);
    const text = `${louder('0.5')} function api.a.get() return 1 end`;
    await write('a.lua', text);
    assert.deepEqual(await scripts.setEnabled('a.lua', false, test), { file: 'a.lua', enabled: false });
    assert.equal(stub.settings.scripts_off, 'a.lua');
    assert.deepEqual(await play(), []);
    assert.equal(ask('GET', '/x/a').status, 404);
    await write('a.lua', text.replace('0.5', '0.25'));
    assert.deepEqual(await play(), []);
    assert.deepEqual(
      scripts.list().scripts.map(({ file, enabled, rules, faults }) => [file, enabled, rules, faults]),
      [['a.lua', false, [], []]],
    );
    assert.deepEqual(await scripts.setEnabled('a.lua', true, test), { file: 'a.lua', enabled: true });
    assert.deepEqual(await play(), [0.25]);
    assert.equal(ask('GET', '/x/a').body, 1);
    const answer = await scripts.setEnabled('b.lua', false, test);
    assert.equal('error' in answer && answer.error, 'NO_SUCH_SCRIPT');
  });

  it('a setting from elsewhere is looked at too', async (t) => {
    const { stub, scripts, write, play } = setUp(t);
    stub.settings.scripts_off = 'a.lua b.lua';
    await write('a.lua', louder('0.5'));
    assert.deepEqual(await play(), []);
    stub.settings.scripts_off = '';
    await scripts.look();
    assert.deepEqual(await play(), [0.5]);
  });
});

describe('routes of several scripts', () => {
  it('the same one twice is a fault of the second file, until the first gives it free', async (t) => {
    const { scripts, write, ask, directory } = setUp(t);
    const faults = (file: string) => scripts.list().scripts.find((each) => each.file === file)?.faults;
    await write('a.lua', "function api.things.p_id.get() return 'a' end");
    await write(
      'b.lua',
      "function api.things.p_name.get() return 'b' end function api.b.get() return 'b' end",
    );
    assert.deepEqual(faults('b.lua'), [
      'b.lua: api.things.p_name.get: GET /x/things/:name is a route of a.lua already: choose another path',
    ]);
    assert.equal(ask('GET', '/x/things/1').body, 'a');
    assert.equal(ask('GET', '/x/b').status, 404);
    rmSync(join(directory, 'a.lua'));
    await scripts.look(true);
    assert.deepEqual(faults('b.lua'), []);
    assert.equal(ask('GET', '/x/things/1').body, 'b');
    await write('c.lua', 'function api.c.p_a.get() end function api.c.p_b.get() end');
    assert.match(
      faults('c.lua')?.[0] ?? '',
      /GET \/x\/c\/:[ab] is written twice, as api\.c\.p_[ab]\.get too/,
    );
  });

  it('what names more of the beginning is looked at first, whichever file it is in', async (t) => {
    const { write, ask } = setUp(t);
    await write(
      'a.lua',
      "function api.things.p_id.get() return 'a' end function api.p_x.new.get() return 'a' end",
    );
    await write('b.lua', "function api.things.new.get() return 'b' end");
    assert.equal(ask('GET', '/x/things/new').body, 'b');
    assert.equal(ask('GET', '/x/things/old').body, 'a');
    assert.equal(ask('GET', '/x/other/new').body, 'a');
  });

  it('a file whose name cannot be a rule has to be renamed', async (t) => {
    const { scripts, write } = setUp(t);
    await write('my party.lua', 'function api.a.get() end');
    assert.match(scripts.list().scripts[0]?.faults[0] ?? '', /rename it/);
  });
});

describe('routes of a script', () => {
  const things = `
    function api.before(ctx) if ctx:headers()['x-key'] == 'no' then fail(403, 'Not you.') end end
    function api.things.p_id.get(ctx) return { id = ctx:params().id, path = ctx.path } end
    function api.things.special.get(ctx) return 'special' end
    function api.things.post(ctx) return reply { status = 201, body = ctx:body():expect { name = { type = 'text', required = true } }, headers = { Location = '/x/things/1' } } end
    function api.things.after(ctx, answer) if ctx:query().wrap then return { wrapped = answer } end end
    function api.nothing.get() end
    function api.broken.get() local a = nil return a.b end`;

  it('are found by path and method, parameters last', async (t) => {
    const { scripts, write, ask } = setUp(t);
    await write('a.lua', things);
    assert.deepEqual(ask('GET', '/x/things/a%20b').body, { id: 'a b', path: '/x/things/a%20b' });
    assert.deepEqual(ask('GET', '/x/things/special').body, 'special');
    assert.deepEqual(ask('GET', '/x/things/1', { query: () => ({ wrap: '1' }) }).body, {
      wrapped: { id: '1', path: '/x/things/1' },
    });
    assert.deepEqual(ask('GET', '/x/nothing'), {
      status: 204,
      body: null,
      headers: {},
      actions: [],
      refused: null,
    });
    assert.equal(ask('GET', '/x/unknown').status, 404);
    assert.equal(ask('GET', '/x/things/1/2').status, 404);
    assert.equal(ask('GET', '/x/things/%ff').status, 404);
    const wrong = ask('DELETE', '/x/things/1');
    assert.deepEqual([wrong.status, wrong.headers], [405, { Allow: 'GET' }]);
    assert.ok(scripts.list().scripts[0]?.routes.includes('GET /x/things/:id'));
  });

  it('answer with status and headers, refuse, and say everything that is wrong with a body', async (t) => {
    const { write, ask } = setUp(t);
    await write('a.lua', things);
    const made = ask('POST', '/x/things', { body: () => ({ value: { name: 'x' } }) });
    assert.deepEqual(
      [made.status, made.body, made.headers],
      [201, { name: 'x' }, { Location: '/x/things/1' }],
    );
    const invalid = ask('POST', '/x/things');
    assert.equal(invalid.status, 400);
    assert.deepEqual((invalid.body as { error: { details: unknown } }).error.details, [
      { field: 'name', problem: 'is missing' },
    ]);
    const refused = ask('GET', '/x/things/1', { headers: () => ({ 'x-key': 'no' }) });
    assert.deepEqual(
      [refused.status, refused.body],
      [403, { error: { code: 'REFUSED', message: 'Not you.' } }],
    );
    assert.equal(ask('POST', '/x/things', { body: () => ({ refuse: 415, message: 'JSON.' }) }).status, 415);
  });

  it('say what they are for and what their body has to be; it is checked before they run', async (t) => {
    const { scripts, write, ask } = setUp(t);
    await write(
      'a.lua',
      `function api.things.before(ctx) if ctx:headers().no then fail(403, 'Not you.') end end
      api.things.p_id.put = route { summary = 'Names a thing.',
        body = { name = { type = 'text', required = true, max = 5 }, tags = { items = 'text', default = list {} } },
        run = function(ctx, body) return { id = ctx:params().id, name = body.name, tags = body.tags } end }
      api.things.get = route { run = function(ctx, body) return body == nil end }`,
    );
    const put = (value: object, headers = {}) =>
      ask('PUT', '/x/things/7', { headers: () => headers, body: () => ({ value: value as never }) });
    assert.deepEqual(put({ name: 'x' }).body, { id: '7', name: 'x', tags: [] });
    assert.equal(put({ name: 'too long' }).status, 400);
    assert.equal(put({}, { no: '1' }).status, 403);
    assert.equal(ask('GET', '/x/things').body, true);
    assert.deepEqual(scripts.routes(), [
      {
        file: 'a.lua',
        method: 'GET',
        path: '/x/things',
        summary: null,
        body: null,
      },
      {
        file: 'a.lua',
        method: 'PUT',
        path: '/x/things/:id',
        summary: 'Names a thing.',
        body: {
          type: 'object',
          properties: {
            name: { type: 'string', maxLength: 5 },
            tags: { type: 'array', items: { type: 'string' }, default: [] },
          },
          required: ['name'],
        },
      },
    ]);
    await write('b.lua', 'api.b.get = route { body = 1, run = function() end }');
    assert.match(scripts.list().scripts[1]?.faults[0] ?? '', /b\.lua:1: body is a table/);
    await write('b.lua', 'api.b.get = route { bodi = {}, run = function() end }');
    assert.match(scripts.list().scripts[1]?.faults[0] ?? '', /a route has no "bodi"/);
  });

  it('that fail answer 500 with nothing inside; the line is in the log; five in a row switch them off', async (t) => {
    const { said, write, ask } = setUp(t);
    await write('a.lua', things);
    for (let i = 0; i < 5; i++) {
      const reply = ask('GET', '/x/broken');
      assert.equal(reply.status, 500);
      assert.doesNotMatch(JSON.stringify(reply.body), /lua/);
    }
    assert.ok(
      said.some((line) => /GET \/x\/broken failed .*a\.lua:8: attempt to index a nil value/.test(line)),
    );
    assert.equal(ask('GET', '/x/broken').status, 503);
    assert.equal(ask('GET', '/x/things/1').status, 200);
    await write('a.lua', `${things}\n`);
    assert.equal(ask('GET', '/x/broken').status, 500);
  });

  it('bring actions: taken by a rule of the script, in the trace', async (t) => {
    const { stub, write, ask } = setUp(t);
    await write(
      'party.lua',
      `may { 'Player.setVolume' }
      function api.party.post(ctx)
        local body = ctx:body():expect { volume = { type = 'number', required = true, min = 0, max = 1 } }
        return reply { body = { louder = true }, actions = { { 'Player.setVolume', { volume = body.volume } } } }
      end
      function api.party.put(ctx) return reply { actions = { { 'Player.pause' } } } end`,
    );
    stub.forget();
    assert.equal(ask('POST', '/x/party', { body: () => ({ value: { volume: 0.9 } }) }).status, 200);
    await stub.settle();
    assert.deepEqual(stub.of('Player.setVolume'), [{ volume: 0.9 }]);
    const flow = stub.engine.trace
      .flows()
      .find(({ records }) => records[0]?.name === 'Appliance.scriptAnswered');
    assert.equal(flow?.records[1]?.rule, 'Answer-party');
    assert.equal(ask('PUT', '/x/party').status, 500);
  });

  it('whose actions could not be saved do not say that they were done', async (t) => {
    let isFull = false;
    const { write, ask } = setUp(t, {
      aroundTurn: (run) => {
        run();
        if (isFull) throw new Error('the disk is full');
      },
    });
    await write(
      'a.lua',
      `may { 'Player.setVolume' }
      function api.loud.post() return reply { body = 'loud', actions = { { 'Player.setVolume', { volume = 1 } } } } end
      function api.calm.get() return 'calm' end`,
    );
    assert.equal(ask('POST', '/x/loud').status, 200);
    isFull = true;
    const { status, body } = ask('POST', '/x/loud');
    assert.equal(status, 500);
    assert.match(JSON.stringify(body), /could not be saved/);
    assert.equal(ask('GET', '/x/calm').status, 200);
  });

  it('serve the version before until the new one is there', async (t) => {
    const { write, ask } = setUp(t);
    await write('a.lua', "function api.a.get() return 'one' end");
    await write('a.lua', 'function api.a.get() return');
    assert.equal(ask('GET', '/x/a').body, 'one');
    for (let i = 0; i < 100; i++) {
      await write('a.lua', `function api.a.get() return ${i} end --${' '.repeat(i % 7)}`);
      assert.equal(ask('GET', '/x/a').body, i);
    }
  });
});

it('what a script logs is in the log, under its name', async (t) => {
  const { said, write, ask } = setUp(t);
  await write('a.lua', "log('read') function api.a.get() log('asked') end");
  ask('GET', '/x/a');
  assert.deepEqual(
    said.filter((line) => /: (read|asked)$/.test(line)),
    ['scripts/a.lua: read', 'scripts/a.lua: asked'],
  );
});

describe('the scripts that ship as examples', () => {
  const example = (name: string) => readFileSync(`deploy/scripts/${name}.lua`, 'utf8');

  it('mood-webhook: who knows the word sets the mood, and ends it', async (t) => {
    const { stub, scripts, write, ask } = setUp(t);
    await write('mood-webhook.lua', example('mood-webhook'));
    assert.deepEqual(scripts.list().scripts[0]?.faults, []);
    const body = (value: Record<string, string | number>) => () => ({ value });
    const evening = body({ timeslot: 'evening', hours: 3 });
    assert.equal(ask('POST', '/x/mood', { body: evening }).status, 403);
    const headers = () => ({ 'x-key': 'change me' });
    assert.equal(ask('POST', '/x/mood', { headers, body: body({ hours: 99 }) }).status, 400);
    stub.forget();
    assert.deepEqual(ask('POST', '/x/mood', { headers, body: evening }).body, { timeslot: 'evening' });
    await stub.settle();
    assert.deepEqual(stub.of('Override.askLikeTimeslot'), [
      { timeslot: 'evening', durationMs: 10_800_000, name: null },
    ]);
    ask('POST', '/x/mood', { headers, body: body({}) });
    await stub.settle();
    assert.deepEqual(stub.of('Override.cancel'), [{}]);
  });

  it('party: everything wrong at once; a good one sets the volume, enqueues and plays', async (t) => {
    const { stub, said, write, ask } = setUp(t);
    await write('party.lua', example('party'));
    const bad = ask('POST', '/x/party', { body: () => ({ value: { volume: 2, passages: ['a'] } }) });
    assert.deepEqual(
      (bad.body as { error: { details: { field: string }[] } }).error.details.map(({ field }) => field),
      ['host', 'passages[1]', 'volume'],
    );
    stub.forget();
    const good = { volume: 0.5, passages: [3, 4], host: { name: 'Ann' } };
    assert.deepEqual(ask('POST', '/x/party', { body: () => ({ value: good }) }).body, {
      host: 'Ann',
      volume: 0.5,
    });
    await stub.settle();
    assert.deepEqual(stub.of('Player.setVolume'), [{ volume: 0.5 }]);
    const asked = stub.of('Queue.enqueue').filter(({ source }) => source === 'person');
    assert.deepEqual(asked, [{ passages: [3, 4], where: 'next', source: 'person' }]);
    assert.equal(stub.of('Player.play').length, 1);
    assert.ok(said.includes('scripts/party.lua: a party of Ann'));
    assert.equal(ask('POST', '/x/party', { body: () => ({ value: { host: { name: 'Bo' } } }) }).status, 201);
  });
});
