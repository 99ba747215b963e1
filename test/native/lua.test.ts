// The Lua host through its addon: what crosses and how, requests, failures with script and line, limits, and that
// nothing of it is loaded before there is a script.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { openLua } from '../../daemon/adapters/script/lua.ts';
import { ScriptFailure, type ScriptRequest, type ScriptValue } from '../../sync/script/host.ts';

/** A script with one rule {name, act}; gives the reference of its function. */
function withFunction(text: string, limits = {}) {
  const host = openLua(ScriptFailure, limits);
  assert.equal(host.load('test.lua', `rule { name = 'R', act = ${text} }`), null);
  const definitions = host.definitions();
  assert.ok(!(definitions instanceof ScriptFailure));
  const rules = definitions.rules as { act: { function: number } }[];
  return { host, act: rules[0]?.act.function ?? -1 };
}

test('values cross unchanged, and whole numbers stay whole', () => {
  const { host, act } = withFunction('function(value) return { value, math.type(value) or type(value) } end');
  const both = (value: ScriptValue) => host.call(act, value);
  assert.deepEqual(both(3), [3, 'integer']);
  assert.deepEqual(both(-3), [-3, 'integer']);
  assert.deepEqual(both(2 ** 53 - 1), [2 ** 53 - 1, 'integer']);
  assert.deepEqual(both(0.5), [0.5, 'float']);
  assert.deepEqual(both(1e300), [1e300, 'float']);
  assert.deepEqual(both(true), [true, 'boolean']);
  assert.deepEqual(both('gr\u00fc\u00df \u{1f600} a\0b'), ['gr\u00fc\u00df \u{1f600} a\0b', 'string']);
  assert.deepEqual(both('\u{1f600}'.repeat(127)), ['\u{1f600}'.repeat(127), 'string']);
  assert.deepEqual(both('\u{1f600}'.repeat(5000)), ['\u{1f600}'.repeat(5000), 'string']);
  assert.deepEqual(both([1, null, 'x']), [[1, null, 'x'], 'table']);
  assert.deepEqual(both({ a: { b: [1, { c: null }] } }), [{ a: { b: [1, {}] } }, 'table']);
  for (let length = 500; length < 520; length++) {
    const text = `${'x'.repeat(length - 2)}\u00fc`;
    assert.deepEqual(both(text), [text, 'string']);
  }
});

test('null is nothing, also as an argument; an empty list has to be marked', () => {
  const { host, act } = withFunction(
    'function(value) return { none = value == nil, empty = {}, list = list {} } end',
  );
  assert.deepEqual(host.call(act, null), { none: true, empty: {}, list: [] });
});

test('what is held stays in the script, from call to call, until it is released', () => {
  const { host, act } = withFunction('function(ctx) ctx.n = (ctx.n or 0) + 1 return { ctx.n, ctx.who } end');
  const [one, other] = [host.hold({ who: 'a' }), host.hold({ who: 'b', n: 5 })] as number[];
  assert.deepEqual(host.callHeld(act, one as number), [1, 'a']);
  assert.deepEqual(host.callHeld(act, other as number), [6, 'b']);
  assert.deepEqual(host.callHeld(act, one as number), [2, 'a']);
  host.release(one as number);
  const over = host.callHeld(act, one as number);
  assert.ok(over instanceof ScriptFailure);
  assert.match(over.message, /this context is over/);
  assert.deepEqual(host.callHeld(act, other as number), [7, 'b']);
});

test('a row is one table; names without a value are absent', () => {
  const { host, act } = withFunction(
    'function(row) if row.volume > 0.5 then return { { "Player.setVolume", { volume = row.volume / 2 } } } end end',
  );
  const shape = host.shape(['volume', 'title']);
  assert.equal(typeof shape, 'number');
  assert.deepEqual(host.callRow(act, shape as number, [0.8, 'x']), [['Player.setVolume', { volume: 0.4 }]]);
  assert.equal(host.callRow(act, shape as number, [0.2, undefined]), null);
  const failure = host.callRow(act, shape as number, [null, 'x']);
  assert.ok(failure instanceof ScriptFailure);
  assert.equal(failure.error, 'FAILED');
  assert.match(failure.message, /^test\.lua:1: attempt to compare number with nil/);
  assert.deepEqual(host.callRow(act, shape as number, [1, 'x']), [['Player.setVolume', { volume: 0.5 }]]);
});

test('what cannot cross is said', () => {
  const messageOf = (text: string, value: ScriptValue = null) => {
    const { host, act } = withFunction(text);
    const failure = host.call(act, value);
    assert.ok(failure instanceof ScriptFailure);
    return failure.message;
  };
  assert.match(
    messageOf('function() return print end and function() return error end'),
    /function cannot leave/,
  );
  assert.match(messageOf('function() local t = {} t.t = t return t end'), /nested too deeply/);
  assert.match(messageOf('function() return 1 << 60 end'), /too large/);
  assert.match(messageOf('function() return { [{}] = 1 } end'), /name of a field must be text/);
  assert.match(
    messageOf('function() local t = {} for i = 1, 1e5 do t[i] = i end return t end'),
    /too many values/,
  );
  let deep: ScriptValue = 1;
  for (let i = 0; i < 20; i++) deep = { deep };
  assert.match(messageOf('function() end', deep), /nested too deeply/);
  assert.match(messageOf('function() end', 'x'.repeat(200_000)), /too long/);
  assert.match(
    messageOf('function() end', {
      get bad(): ScriptValue {
        throw new Error('x');
      },
    }),
    /could not be read/,
  );
});

const request = (parts: Partial<ScriptRequest> = {}): ScriptRequest => ({
  method: 'POST',
  path: '/x/things/7',
  headers: () => ({}),
  query: () => ({}),
  params: () => ({ id: '7' }),
  body: () => ({ value: {} }),
  ...parts,
});

test('a route is answered; fields are asked for when they are used', () => {
  const { host, act } = withFunction(
    'function(ctx) return reply { status = 201, body = { ctx.method, ctx.path, ctx:params().id, ctx:params().id } } end',
  );
  let asked = 0;
  const answer = host.serve([], act, [], {
    ...request(),
    params: () => {
      asked += 1;
      return { id: '7' };
    },
    body: () => assert.fail('nobody asked for the body'),
  });
  assert.deepEqual(answer, {
    kind: 'reply',
    value: { status: 201, body: ['POST', '/x/things/7', '7', '7'] },
  });
  assert.equal(asked, 1);
});

test('a body that is not there or not right is a refusal with everything that is wrong', () => {
  const { host, act } = withFunction(
    'function(ctx) return ctx:body():expect { volume = { type = "number", required = true, max = 1 }, name = "text" } end',
  );
  const answered = (body: ReturnType<ScriptRequest['body']>) =>
    host.serve([], act, [], request({ body: () => body }));
  assert.deepEqual(answered({ value: { volume: 0.5, refuse: 200 } }), {
    kind: 'value',
    value: { volume: 0.5 },
  });
  assert.deepEqual(answered({ refuse: 415, message: 'JSON, please.' }), {
    kind: 'refusal',
    value: { status: 415, body: { error: 'REFUSED', message: 'JSON, please.' } },
  });
  assert.deepEqual(answered({ value: { name: 5, volume: 2 } }), {
    kind: 'refusal',
    value: {
      status: 400,
      body: {
        error: 'INVALID',
        message: '2 of the fields cannot be used.',
        errors: [
          { field: 'name', problem: 'must be text' },
          { field: 'volume', problem: 'must be at most 1' },
        ],
      },
    },
  });
  assert.equal((answered({ value: 'text' }) as { kind: string }).kind, 'refusal');
  const broken = host.serve([], act, [], request({ body: () => assert.fail() }));
  assert.ok(broken instanceof ScriptFailure);
});

test('a script cannot be called from within itself', () => {
  const { host, act } = withFunction('function(ctx) return ctx:params() end');
  let inner: unknown = null;
  host.serve([], act, [], {
    ...request(),
    params: () => {
      inner = host.call(act, 1);
      host.close();
      return {};
    },
  });
  assert.ok(inner instanceof ScriptFailure);
  assert.match(inner.message, /already running/);
});

test('an error names the line; a limit ends the state, and another is not touched', () => {
  const host = openLua(ScriptFailure);
  const bad = host.load('bad.lua', 'local a = 1\nlocal = 2');
  assert.match(bad?.message ?? '', /^bad\.lua:2: /);
  const other = withFunction('function() return 1 end');
  const { host: endless, act } = withFunction('function() while true do end end');
  const failure = endless.call(act);
  assert.ok(failure instanceof ScriptFailure);
  assert.equal(failure.error, 'LIMIT');
  assert.match(failure.message, /^test\.lua:1: too many instructions/);
  assert.equal((endless.call(act) as ScriptFailure).error, 'LIMIT');
  endless.close();
  assert.equal((endless.call(act) as ScriptFailure).error, 'CLOSED');
  assert.equal(other.host.call(other.act), 1);
});

test('references that are none of a function fail', () => {
  const { host, act } = withFunction('function(row) return 1 end');
  for (const reference of [-1, 0, 1, 2, 3, 9999, 2 ** 31 - 1, -(2 ** 31)]) {
    assert.ok(host.call(reference, 1) instanceof ScriptFailure || reference === act, String(reference));
    assert.ok(host.callRow(act, reference, [1]) instanceof ScriptFailure || reference > 0, String(reference));
  }
});

test('the log is taken once, and bounded', () => {
  const { host, act } = withFunction('function() for i = 1, 1000 do log("line " .. i) end end');
  host.call(act);
  const log = host.takeLog();
  assert.match(log, /^line 1\nline 2\n/);
  assert.ok(log.length <= 4096);
  assert.equal(host.takeLog(), '');
});

test('nothing of Lua is loaded before the first script', () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { openLua } from './daemon/adapters/script/lua.ts';
    const isLoaded = () => /segue-lua|liblua/.test(readFileSync('/proc/self/maps', 'utf8'));
    const before = isLoaded();
    openLua(class {}, {});
    console.log(before, isLoaded());`;
  const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  assert.equal(out.trim(), 'false true');
});

test('what is returned is the same by either way: on the tape, and what does not fit there', () => {
  const { host, act } = withFunction(
    `function(kind)
      local big = {} for i = 1, 3000 do big[i] = i end
      local many = {} for i = 1, 600 do many['name' .. i] = 'Text' .. i end
      local deep = 'x' for i = 1, 10 do deep = { deep } end
      local all = { big = big, many = many, deep = deep, mixed = { [1] = 'a', b = 'c' }, gap = { 1, nil, 3 },
        odd = { [2.5] = 1 }, empty = {}, marked = list {}, none = { null }, proto = { __proto__ = 1 } }
      return all[kind]
    end`,
  );
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`name${at + 1}`, `Text${at + 1}`]));
  let deep: unknown = 'x';
  for (let i = 0; i < 10; i++) deep = [deep];
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(
      host.call(act, 'big'),
      Array.from({ length: 3000 }, (_, at) => at + 1),
    );
    assert.deepEqual(host.call(act, 'many'), many);
    assert.deepEqual(host.call(act, 'deep'), deep);
    assert.deepEqual(host.call(act, 'mixed'), { 1: 'a', b: 'c' });
    assert.deepEqual(host.call(act, 'odd'), { 2.5: 1 });
    assert.deepEqual(host.call(act, 'empty'), {});
    assert.deepEqual(host.call(act, 'marked'), []);
    assert.deepEqual(host.call(act, 'none'), [null]);
    const proto = host.call(act, 'proto') as object;
    assert.equal(Object.getPrototypeOf(proto), Object.prototype);
    assert.deepEqual(Object.getOwnPropertyNames(proto), ['__proto__']);
  }
});
