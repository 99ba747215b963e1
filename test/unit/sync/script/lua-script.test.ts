// A script that is closed: it says so, and nothing of its state is kept by those who still know it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openLua } from '../../../../daemon/adapters/script/lua.ts';
import { ScriptFailure, type ScriptHost } from '../../../../sync/script/host.ts';
import { LuaScript } from '../../../../sync/script/lua-script.ts';
import { heapLeft } from '../../../support/garbage.ts';

it('a script that is closed keeps nothing of its state, and says that it is closed', async () => {
  let host: WeakRef<ScriptHost> | null = null;
  const script = LuaScript.load('a.lua', 'function api.things.get() return 1 end', () => {
    const opened = openLua(ScriptFailure);
    host = new WeakRef(opened);
    return opened;
  });
  assert.ok(script instanceof LuaScript);
  const serve = () =>
    script.serve([], 'api.things.get', [], {
      method: 'GET',
      path: '/x/things',
      headers: () => ({}),
      query: () => ({}),
      params: () => ({}),
      body: () => ({ value: {} }),
    });
  assert.deepEqual(serve(), { kind: 'value', value: 1 });
  script.close();
  await heapLeft();
  assert.equal((host as WeakRef<ScriptHost> | null)?.deref(), undefined);
  const answer = serve();
  assert.ok(answer instanceof ScriptFailure && answer.error === 'CLOSED');
  script.close();
});
