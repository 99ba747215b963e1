// What the network door lets through, over the real Access concept and its rule; the local socket is not asked.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '../../support/fake-daemon.ts';
import { type Guarded, guard } from '../../support/guarded.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely here, and wrong shapes fail the test
type Json = any;
let daemon: FakeDaemon;
let guarded: Guarded;
before(async () => {
  daemon = await startFakeDaemon();
});
after(() => daemon.close());
beforeEach(() => {
  daemon.radio.answers.clear();
  daemon.radio.calls.length = 0;
  guarded = guard(daemon.radio);
});

async function call(method: string, path: string, body?: object, cookie?: string) {
  const response = await fetch(`${daemon.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    cookie: response.headers.get('set-cookie') ?? '',
    json: (text === '' ? null : JSON.parse(text)) as Json,
  };
}

/** The cookie of an admin, as a browser sends it back. */
async function login(): Promise<string> {
  const { status, cookie } = await call('POST', '/api/v1/session', { code: guarded.code(), name: 'a phone' });
  assert.equal(status, 201);
  return cookie.split(';')[0] ?? '';
}

const SETTING = ['PUT', '/api/v1/settings', { crossfade_s: 5 }] as const;

test('until somebody is admin nothing is asked, and everything is allowed', async () => {
  assert.equal((await call(...SETTING)).status, 200);
  assert.equal((await call('POST', '/api/v1/pause')).status, 200);
  assert.deepEqual((await call('GET', '/api/v1/session')).json, {
    role: 'guest',
    rights: ['see', 'control', 'admin'],
    claimed: false,
  });
  assert.ok(!daemon.radio.calls.some(({ name }) => name === 'Access.ask'));
});

test('then guests play and queue, and only an admin changes how it works', async () => {
  const admin = await login();
  assert.equal((await call('POST', '/api/v1/play')).status, 200);
  assert.equal((await call('POST', '/api/v1/queue', { passage: 'p9' })).status, 201);
  const refused = await call(...SETTING);
  assert.equal(refused.status, 403);
  assert.equal(refused.json.error.code, 'FORBIDDEN');
  assert.match(refused.json.error.message, /segue admin-code/);
  assert.ok(!daemon.radio.calls.some(({ name }) => name === 'Settings.set'));
  assert.equal((await call(...SETTING, admin)).status, 200);
  const set = daemon.radio.calls.find(({ name }) => name === 'Settings.set');
  assert.deepEqual(set?.origin, { door: 'http', who: 'admin' });
  guarded.guests.may = 'see';
  assert.equal((await call('POST', '/api/v1/play')).status, 403);
  assert.equal((await call('GET', '/api/v1/status')).status, 200);
  assert.equal((await call('POST', '/api/v1/play', {}, admin)).status, 200);
});

test('every route that changes something is guarded, and those of an admin are these', () => {
  const { routes } = daemon.http;
  const open = routes.filter(({ method, right }) => method !== 'GET' && right === 'see');
  assert.deepEqual(
    open.map(({ method, path }) => `${method} ${path}`),
    ['POST /api/v1/session', 'DELETE /api/v1/session'],
  );
  const admins = routes
    .filter(({ right }) => right === 'admin')
    .map(({ method, path }) => `${method} ${path}`);
  for (const path of [
    'PUT /api/v1/settings',
    'POST /api/v1/import',
    'POST /api/v1/backups',
    'GET /api/v1/sessions',
  ])
    assert.ok(admins.includes(path), path);
  for (const path of [
    'POST /api/v1/skip',
    'POST /api/v1/override',
    'POST /api/v1/queue',
    'GET /api/v1/settings',
  ])
    assert.ok(!admins.includes(path), path);
});

test('scripts’ routes ask too, where they may change something', async () => {
  await login();
  guarded.guests.may = 'see';
  assert.notEqual((await call('GET', '/x/mood')).status, 403);
  assert.equal((await call('POST', '/x/mood')).status, 403);
});

test('the cookie is out of reach of pages and other sites, and goes on when it is used', async () => {
  const { cookie, json } = await call('POST', '/api/v1/session', { code: guarded.code() });
  assert.match(cookie, /^segue_session=[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Strict$/);
  assert.deepEqual(json, { role: 'admin', session: 's1' });
  const own = cookie.split(';')[0] ?? '';
  const again = await call('GET', '/api/v1/session', undefined, `other=1; ${own}`);
  assert.equal(again.json.role, 'admin');
  assert.equal(again.cookie, cookie);
  assert.equal((await call('GET', '/api/v1/session', undefined, 'segue_session=short')).json.role, 'guest');
  const out = await call('DELETE', '/api/v1/session', undefined, own);
  assert.deepEqual(out.json, { left: true });
  assert.match(out.cookie, /^segue_session=; Path=\/; Max-Age=0; /);
  assert.equal((await call(...SETTING, own)).status, 403);
});

test('wrong codes are refused, and too many of them for a while', async () => {
  for (let n = 0; n < 5; n++) {
    const { status, json } = await call('POST', '/api/v1/session', { code: 'AAAA-AAAA' });
    assert.deepEqual([status, json.error.code], [403, 'WRONG_CODE']);
  }
  const late = await call('POST', '/api/v1/session', { code: guarded.code() });
  assert.deepEqual([late.status, late.json.error.code, late.cookie], [429, 'TOO_MANY_TRIES', '']);
  assert.equal((await call('POST', '/api/v1/session', { code: '' })).status, 400);
});

test('the code is shown on the machine itself alone', async () => {
  assert.equal((await call('POST', '/api/v1/admin-code')).status, 403);
  const admin = await login();
  assert.equal((await call('POST', '/api/v1/admin-code', {}, admin)).status, 403);
  const { code, out } = await daemon.run('admin-code');
  assert.equal(code, 0);
  assert.equal(out, `${guarded.code()}\n`);
  const renewed = await daemon.run('admin-code', '--renew');
  assert.notEqual(renewed.out, out);
  const chosen = await daemon.run('admin-code', 'Blue-Moon 42');
  assert.deepEqual([chosen.code, chosen.out, guarded.code()], [0, 'Blue-Moon 42\n', 'Blue-Moon 42']);
  const weak = await daemon.run('admin-code', 'moon');
  assert.equal(weak.code, 1);
  assert.match(weak.err, /8 to 32 letters/);
  assert.equal((await call('POST', '/api/v1/admin-code', { code: 'Blue-Moon 42' })).status, 403);
});

test('sessions are listed and ended by admins and on the machine itself, where nobody is asked', async () => {
  assert.equal((await daemon.run('sessions')).out, 'Nobody is logged in.\n');
  const admin = await login();
  assert.equal((await call('GET', '/api/v1/sessions')).status, 403);
  assert.equal((await call('GET', '/api/v1/sessions', undefined, admin)).json.sessions[0].name, 'a phone');
  assert.match((await daemon.run('sessions')).out, /^s1 {2}a phone {2}since /);
  assert.equal((await daemon.run('sessions', 'end', 's1')).out, 'Ended s1.\n');
  assert.equal((await daemon.run('sessions', 'end', 's1')).out, 'There is no session s1 any more.\n');
  assert.equal((await daemon.run('sessions', 'end', 'p1')).code, 1);
  assert.equal((await call(...SETTING, admin)).status, 403);
  assert.equal((await daemon.run('settings', 'set', 'crossfade_s', '6')).code, 0);
});

test('the developers’ door is open to an admin', async () => {
  assert.equal((await call('GET', '/dev/syncs')).status, 403);
  assert.equal((await call('GET', '/dev/syncs', undefined, await login())).status, 200);
});
