// Who may do what, with the real daemon: open until somebody is admin, and what was claimed stays so over a restart.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const folder = temporaryFolder('access');
const music = join(folder.path, 'music');
const state = join(folder.path, 'state');
after(() => folder.remove());

async function call(daemon: Daemon, method: string, path: string, body: object, cookie = '') {
  const response = await fetch(`${daemon.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  });
  await response.text();
  return { status: response.status, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

test('the first start says the code; who logs in with it is admin from then on, and guests play', async () => {
  writeMusic(music, 3, 20);
  let daemon = await startDaemon({ state, music });
  const set = (cookie = '') =>
    call(daemon, 'PUT', '/settings', { crossfade_s: 5 }, cookie).then((to) => to.status);
  try {
    assert.equal(await set(), 200);
    await daemon.until(
      'the code',
      async () => daemon.log(),
      (log) => /segue admin-code/.test(log),
    );
    const code = /Whoever logs in with ([\w-]+) is admin/.exec(daemon.log())?.[1] ?? '';
    assert.equal((await call(daemon, 'POST', '/session', { code: 'AAAA-AAAA' })).status, 403);
    const { status, cookie } = await call(daemon, 'POST', '/session', { code });
    assert.equal(status, 201);
    assert.deepEqual([await set(), await set(cookie)], [403, 200]);
    assert.equal((await call(daemon, 'POST', '/volume', { volume: 0.4 })).status, 200);
    assert.equal(await daemon.stop(), 0);
    daemon = await startDaemon({ state, music });
    assert.deepEqual([await set(), await set(cookie)], [403, 200]);
    assert.doesNotMatch(daemon.log(), /is admin/);
    const flows = await (
      await fetch(`${daemon.url}/dev/flows?what=Access.ask`, { headers: { cookie } })
    ).text();
    assert.match(flows, /EnforceAccessWhenAsked/);
    assert.ok(!flows.includes(cookie.split('=')[1] ?? ''));
  } finally {
    await daemon.stop();
  }
});
