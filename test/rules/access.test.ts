// Who may do what over the network, and that the trace says so without saying a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Right } from '../../sync/vocabulary/access.ts';
import { guardedEngine } from '../support/guarded.ts';

const by = { door: 'test' } as const;

async function rig() {
  const guarded = guardedEngine();
  const { engine } = guarded;
  const entered = await engine.run(
    'Access',
    'enter',
    { code: guarded.code(), address: '10.0.0.2', name: 'a phone' },
    by,
  );
  const token = (entered as { token: string }).token;
  const ask = async (right: Right, who: string | null) => {
    const question = { token: who, right, what: 'POST /api/v1/skip' };
    const answer = await engine.request('Access', 'ask', question, ['Access.allow', 'Access.refuse'], by);
    return 'error' in answer ? answer.error : (answer as { role: string }).role;
  };
  return { ...guarded, token, ask };
}

test('EnforceAccessWhenAsked allows admins all, guests what the setting says, and refuses the rest', async () => {
  const { ask, token, guests } = await rig();
  assert.deepEqual([await ask('control', token), await ask('admin', token)], ['admin', 'admin']);
  assert.deepEqual([await ask('control', null), await ask('admin', null)], ['guest', 'FORBIDDEN']);
  assert.equal(await ask('admin', 'a'.repeat(43)), 'FORBIDDEN');
  guests.may = 'see';
  assert.deepEqual([await ask('control', null), await ask('control', token)], ['FORBIDDEN', 'admin']);
});

test('the trace says who was refused what by which rule, and neither code nor token', async () => {
  const { engine, ask, token, code } = await rig();
  await ask('control', token);
  await ask('admin', null);
  const flows = engine.trace.flows();
  const refused = flows.flatMap(({ records }) => records).find(({ name }) => name === 'Access.refuse');
  assert.equal(refused?.rule, 'EnforceAccessWhenAsked');
  assert.deepEqual(
    engine.trace.pathToRoot(refused?.id ?? '').map(({ name }) => name),
    ['Access.refuse', 'Access.ask'],
  );
  const next = (await engine.run('Access', 'ensureCode', { renew: false }, by)) as { code: string };
  assert.equal(next.code, code());
  const text = JSON.stringify(engine.trace.flows());
  assert.match(text, /POST \/api\/v1\/skip/);
  assert.ok(!text.includes(token) && !text.includes(next.code));
});
